"""Loads the configuration: the defaults, overridden by one moodpi.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from edge.config.rule import Rule
from edge.config.section import InvalidSettingError, checked_section, shown_value
from edge.config.settings import (
    FacesSettings,
    ModelSettings,
    MoodSettings,
    MqttSettings,
    PlayerSettings,
    PrivacySettings,
    RecommendSettings,
    SourceSettings,
    WebSettings,
)
from moodpi.errors import ConfigurationError, MoodpiError, UsageError, did_you_mean
from moodpi.files import read_limited
from moodpi.paths import expand_home
from moodpi.text import MAX_QUOTED_LENGTH, clean_text, escape_controls, shortened

ENVIRONMENT_VARIABLE = "MOODPI_CONFIG"
MAX_FILE_BYTES = 250_000
# The time of tomllib grows with the square of the parts of a dotted key.
MAX_DOTS = 200
MAX_REASON_LENGTH = 200
SYSTEM_FILE = Path("/etc/moodpi/moodpi.toml")

SECTIONS: dict[str, type[Any]] = {
    "source": SourceSettings,
    "faces": FacesSettings,
    "model": ModelSettings,
    "mood": MoodSettings,
    "recommend": RecommendSettings,
    "player": PlayerSettings,
    "web": WebSettings,
    "privacy": PrivacySettings,
    "mqtt": MqttSettings,
}


@dataclass(frozen=True)
class Config:
    """Every setting.

    Attributes:
        origin: The file that was read; None for the defaults.
        file_keys: The dotted keys that the file sets.
        option_keys: The dotted keys that the command line sets.

    """

    source: SourceSettings = field(default_factory=SourceSettings)
    faces: FacesSettings = field(default_factory=FacesSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    mood: MoodSettings = field(default_factory=MoodSettings)
    recommend: RecommendSettings = field(default_factory=RecommendSettings)
    player: PlayerSettings = field(default_factory=PlayerSettings)
    web: WebSettings = field(default_factory=WebSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    origin: Path | None = None
    file_keys: frozenset[str] = frozenset()
    option_keys: frozenset[str] = frozenset()

    def override(self, values: Mapping[str, Any]) -> Config:
        """A copy with some settings replaced, as command line options do.

        Args:
            values: Dotted key to value; None keeps the setting as it is.

        Raises:
            UsageError: A value is invalid.

        """
        tables: dict[str, dict[str, Any]] = {}
        for dotted, value in values.items():
            if value is not None:
                section, key = dotted.split(".")
                tables.setdefault(section, {})[key] = value
        try:
            changed = {
                name: checked_section(getattr(self, name), name, t) for name, t in tables.items()
            }
        except InvalidSettingError as error:
            raise UsageError(str(error), code=error.code) from None
        overridden = {dotted for dotted, value in values.items() if value is not None}
        return replace(
            self,
            **changed,
            file_keys=self.file_keys - overridden,
            option_keys=self.option_keys | overridden,
        )

    @contextmanager
    def attribute_errors_to(self, *keys: str) -> Iterator[None]:
        """Raise a UsageError of the block as a ConfigurationError if the file sets one of `keys`.

        A wrong name is the user's mistake in the file, not on the command line.
        """
        try:
            yield
        except UsageError as error:
            in_file = [key for key in keys if key in self.file_keys]
            if not in_file:
                raise
            raise ConfigurationError(
                f"{self.origin}: {' or '.join(in_file)}: {error}", code=error.code
            ) from error

    def catalog_file(self) -> Path | None:
        """The catalogue to use; None for the one that moodpi ships.

        Raises:
            ConfigurationError: The file sets a catalogue that does not exist.

        """
        if not self.recommend.catalog:
            return None
        path = Path(self.recommend.catalog)
        if "recommend.catalog" in self.file_keys and not path.exists():
            shown = shown_value(str(path), Rule("catalogue file"))
            raise ConfigurationError(
                f"{self.origin}: recommend.catalog = {shown}: no such file; create it "
                "with `moodpi catalog build`, or remove the line to use the catalogue of moodpi",
                code="no_such_catalog",
            )
        return path

    def settings(self) -> Iterator[tuple[str, Field[Any], Any]]:
        """Each setting: the name of its section, its dataclass field and its value."""
        for name in SECTIONS:
            section = getattr(self, name)
            for setting in fields(section):
                yield name, setting, getattr(section, setting.name)


def load_config(path: Path | None = None) -> Config:
    """The configuration from `path`, or from the first file of the search order.

    The search order: $MOODPI_CONFIG, /etc/moodpi/moodpi.toml, moodpi/moodpi.toml under
    $XDG_CONFIG_HOME (~/.config). Without a file, all settings have their defaults.

    Raises:
        ConfigurationError: It names the file, the key, its value and what was expected.

    """
    path = path or find_config_file()
    return Config() if path is None else parse_config(read_config_file(path), path)


def parse_config(text: str, path: Path) -> Config:
    """The configuration that `text` holds; `path` is its file. Raises ConfigurationError."""
    tables = _parse(text, path)
    try:
        return _build(tables, path)
    except InvalidSettingError as error:
        raise ConfigurationError(f"{path}: {error}", code=error.code) from None


def user_config_file() -> Path:
    """The user's own configuration, the last file of the search order."""
    home = os.environ.get("XDG_CONFIG_HOME") or expand_home("~/.config")
    return Path(home) / "moodpi" / "moodpi.toml"


def find_config_file() -> Path | None:
    """The first file of the search order; None if there is none."""
    if named := os.environ.get(ENVIRONMENT_VARIABLE):
        return Path(named)
    return next((path for path in (SYSTEM_FILE, user_config_file()) if path.exists()), None)


def read_config_file(path: Path) -> str:
    """The text of a configuration file. Raises ConfigurationError."""
    try:
        text = read_limited(path, MAX_FILE_BYTES).decode()
    except FileNotFoundError:
        raise ConfigurationError(
            f"no such configuration file: {_name(path)}", code="no_such_configuration"
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {_name(path)}: {error.strerror}", code="unreadable_configuration"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path} is not UTF-8 text (byte {error.start})", code="not_utf8"
        ) from error
    except MoodpiError as error:
        raise ConfigurationError(str(error), code=error.code) from error
    # Line ends of any system, as in Python's text files.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _name(path: Path) -> str:
    return escape_controls(shortened(str(path), MAX_REASON_LENGTH))


def _parse(text: str, path: Path) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAX_DOTS:
            raise ConfigurationError(
                f"{path}: line {number} has more than {MAX_DOTS} dots: write a long list on "
                "several lines",
                code="invalid_toml",
            )
    try:
        return tomllib.loads(text)
    # tomllib raises a plain ValueError for an integer of more than 4300 digits.
    except (ValueError, RecursionError) as error:
        last = f"(at line {len(text.splitlines()) or 1}, the end of the file)"
        reason = clean_text(str(error), MAX_REASON_LENGTH).replace("(at end of document)", last)
        raise ConfigurationError(
            f"{path} is not valid TOML: {reason}", code="invalid_toml"
        ) from error


def _build(tables: dict[str, Any], path: Path) -> Config:
    sections = {}
    file_keys = set()
    for name, table in tables.items():
        if name not in SECTIONS:
            hint = did_you_mean(name, SECTIONS)
            shown = clean_text(name, MAX_QUOTED_LENGTH)
            raise InvalidSettingError(f"{shown}: unknown section: {hint}", "unknown_section")
        sections[name] = checked_section(SECTIONS[name](), name, table)
        file_keys |= {f"{name}.{key}" for key in table}
    return Config(**sections, origin=path, file_keys=frozenset(file_keys))
