"""The configuration in force: the defaults, and what one moodpi.toml says differently."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from edge.config.rule import rule_of
from edge.config.settings import (
    FacesSettings,
    ModelSettings,
    MoodSettings,
    MqttSettings,
    PlayerSettings,
    RecommendSettings,
    SourceSettings,
    WebSettings,
)
from moodpi.errors import ConfigurationError, UsageError, did_you_mean

ENVIRONMENT = "MOODPI_CONFIG"
# What stands for a secret wherever it would be shown.
HIDDEN = "***"
SYSTEM_FILE = Path("/etc/moodpi/moodpi.toml")

SECTIONS: dict[str, type[Any]] = {
    "source": SourceSettings,
    "faces": FacesSettings,
    "model": ModelSettings,
    "mood": MoodSettings,
    "recommend": RecommendSettings,
    "player": PlayerSettings,
    "web": WebSettings,
    "mqtt": MqttSettings,
}


@dataclass(frozen=True)
class Config:
    """Every setting. origin: the file that was read, if any. given: the dotted keys it sets."""

    source: SourceSettings = field(default_factory=SourceSettings)
    faces: FacesSettings = field(default_factory=FacesSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    mood: MoodSettings = field(default_factory=MoodSettings)
    recommend: RecommendSettings = field(default_factory=RecommendSettings)
    player: PlayerSettings = field(default_factory=PlayerSettings)
    web: WebSettings = field(default_factory=WebSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    origin: Path | None = None
    given: frozenset[str] = frozenset()

    def override(self, values: Mapping[str, Any]) -> Config:
        """These dotted keys replaced, as options of the command line do; None leaves one as it is.

        Raises UsageError for a value that the setting does not take.
        """
        tables: dict[str, dict[str, Any]] = {}
        for dotted, value in values.items():
            if value is not None:
                section, key = dotted.split(".")
                tables.setdefault(section, {})[key] = value
        try:
            changed = {name: _section(getattr(self, name), name, t) for name, t in tables.items()}
        except _RefusedError as error:
            raise UsageError(str(error)) from None
        taken = {dotted for dotted, value in values.items() if value is not None}
        return replace(self, **changed, given=self.given - taken)

    @contextmanager
    def blamed_for(self, *keys: str) -> Iterator[None]:
        """A name that does not exist is the configuration's error if that is where it stands."""
        try:
            yield
        except UsageError as error:
            named = [key for key in keys if key in self.given]
            if not named:
                raise
            raise ConfigurationError(f"{self.origin}: {' or '.join(named)}: {error}") from error

    def catalog_file(self) -> Path | None:
        """The catalogue to use; None for the one that ships with moodpi.

        Raises ConfigurationError where a configuration names one that is not there.
        """
        if not self.recommend.catalog:
            return None
        path = Path(self.recommend.catalog)
        if "recommend.catalog" in self.given and not path.exists():
            raise ConfigurationError(
                f"{self.origin}: recommend.catalog = {_shown(str(path))}: no such file, expected a "
                "catalogue that `moodpi catalog build` made, or nothing for moodpi's own"
            )
        return path

    def settings(self) -> Iterator[tuple[str, Field[Any], Any]]:
        """Each setting as its section's name, its field, and its value."""
        for name in SECTIONS:
            section = getattr(self, name)
            for setting in fields(section):
                yield name, setting, getattr(section, setting.name)


class _RefusedError(Exception):
    """A value that a setting does not take; who gave it decides which error it becomes."""


def load_config(path: Path | None = None) -> Config:
    """Read `path`, or else the first file of the search order; the defaults if there is none.

    The order: $MOODPI_CONFIG, /etc/moodpi/moodpi.toml, moodpi/moodpi.toml under
    $XDG_CONFIG_HOME (~/.config). Raises ConfigurationError naming file, key, value and what was
    expected.
    """
    path = path or find_config_file()
    if path is None:
        return Config()
    tables = _parse(path)
    try:
        return _build(tables, path)
    except _RefusedError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def search_order() -> list[Path]:
    """The places a configuration is looked for when none is named, first to last."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return [SYSTEM_FILE, Path(home) / "moodpi" / "moodpi.toml"]


def find_config_file() -> Path | None:
    """The file that is read when none is named; None for the defaults."""
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    return next((path for path in search_order() if path.exists()), None)


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"no such configuration file: {path}") from None
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text (byte {error.start})") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = f"(at line {len(text.splitlines()) or 1}, the end of the file)"
        reason = str(error).replace("(at end of document)", last)
        raise ConfigurationError(f"{path} is not valid TOML: {reason}") from error


def _build(tables: dict[str, Any], path: Path) -> Config:
    sections = {}
    given = set()
    for name, table in tables.items():
        if name not in SECTIONS:
            raise _RefusedError(f"{name}: unknown section: {did_you_mean(name, SECTIONS)}")
        sections[name] = _section(SECTIONS[name](), name, table)
        given |= {f"{name}.{key}" for key in table}
    return Config(**sections, origin=path, given=frozenset(given))


def _section(before: Any, name: str, table: Any) -> Any:
    """The section with `table`'s values; _RefusedError with dotted key, value and expectation."""
    if not isinstance(table, dict):
        raise _RefusedError(f"{name} = {_shown(table)}: expected a section, [{name}]")
    known = {setting.name: setting for setting in fields(before)}
    values = {}
    for key, value in table.items():
        if key not in known:
            raise _RefusedError(
                f"{name}.{key} = {_shown(value)}: unknown key: {did_you_mean(key, known)}"
            )
        values[key] = _checked(f"{name}.{key}", known[key], value)
    after = replace(before, **values)
    for key, setting in known.items():
        other = rule_of(setting).at_most
        if other and getattr(after, key) > getattr(after, other):
            raise _RefusedError(
                f"{name}.{key} = {getattr(after, key)}: expected at most "
                f"{name}.{other} ({getattr(after, other)})"
            )
    return after


def _checked(dotted: str, setting: Field[Any], value: Any) -> Any:
    kind: type = type(setting.default)
    rule = rule_of(setting)
    taken = float(value) if kind is float and type(value) is int else value
    taken = tuple(taken) if isinstance(taken, list) else taken
    if type(taken) is kind and rule.accepts(taken):
        return taken
    names = [choice for choice in rule.choices if isinstance(choice, str)]
    near = get_close_matches(value, names, n=1) if isinstance(value, str) else []
    hint = f", did you mean '{near[0]}'?" if near else ""
    shown = HIDDEN if rule.secret else _shown(value)
    raise _RefusedError(f"{dotted} = {shown}: expected {rule.expected(kind)}{hint}")


def _shown(value: Any) -> str:
    """A value as TOML writes it, cut where it is long."""
    as_json = isinstance(value, bool | str | list)
    text = json.dumps(value, ensure_ascii=False, default=str) if as_json else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
