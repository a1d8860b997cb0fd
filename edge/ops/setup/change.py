"""The change of moodpi.toml that the answers of `moodpi setup` make."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import Field, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edge.config.dump import setting_line
from edge.config.load import (
    SYSTEM_FILE,
    Config,
    find_config_file,
    parse_config,
    read_config_file,
    user_config_file,
)
from edge.config.rule import rule_of
from edge.ops.doctor.player import REQUIRED_PACKAGES
from edge.ops.service.configuration import with_settings
from edge.ops.service.files import shipped_file
from edge.ops.service.steps import Step, WriteFile, WriteSecret
from edge.ops.service.system_service import (
    CONFIGURATION,
    UNIT,
    UNITS,
    USER,
    source_step,
    system_player_steps,
    system_start_steps,
)
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install


@dataclass(frozen=True)
class ConfigurationFile:
    """A configuration to edit.

    Attributes:
        path: The file; it need not exist.
        text: Its content, or that of the file that moodpi ships.
        config: The settings of the text.
    """

    path: Path
    text: str
    config: Config

    @classmethod
    def open(cls, path: Path | None) -> ConfigurationFile:
        """The file `path`, or that in use, or a new one: the service's for root, else the user's.

        Raises:
            ConfigurationError: The file is not valid.
            MoodpiError: The file, or a new one in its folder, cannot be written.
        """
        path = path or find_config_file()
        if path is None:
            path = SYSTEM_FILE if os.geteuid() == 0 else user_config_file()
        # A link stays a link.
        path = path.resolve()
        folder = next(each for each in path.parents if each.is_dir())
        if not os.access(folder, os.W_OK):
            raise MoodpiError(
                f"{path} cannot be written: use sudo, or name a file of your own with --config",
                code="cannot_write",
            )
        text = read_config_file(path) if path.exists() else shipped_file("moodpi.toml")
        return cls(path, text, parse_config(text, path))

    def edited(self, values: dict[str, Any]) -> str:
        """The text with these settings. Those in effect already are not written."""
        current = {f"{name}.{key.name}": value for name, key, value in self.config.settings()}
        new = {key: value for key, value in values.items() if value != current[key]}
        return with_settings(
            self.text, {k: list(v) if isinstance(v, tuple) else v for k, v in new.items()}
        )

    def difference(self, text: str) -> list[str]:
        """The changed settings, without secrets: `-` before the old line, `+` before the new."""
        after = parse_config(text, self.path)
        lines, section = [f"{self.path}:"], ""
        for name, key, old, new in _changes(self.config, after):
            if name != section:
                lines.append(f" [{name}]")
                section = name
            if f"{name}.{key.name}" in self.config.file_keys:
                lines.append(f"-{setting_line(key, old)}")
            lines.append(f"+{setting_line(key, new)}")
        return lines


def _changes(before: Config, after: Config) -> Iterator[tuple[str, Field[Any], Any, Any]]:
    """The section, the setting, its old and its new value of each line that was written."""
    for (name, key, old), (_, _, new) in zip(before.settings(), after.settings(), strict=True):
        dotted = f"{name}.{key.name}"
        if old != new or (dotted in before.file_keys) != (dotted in after.file_keys):
            yield name, key, old, new


def lacks_player(config: Config) -> bool:
    """Whether the part of the player is not installed, without which moodpi does not start."""
    kind = config.player.kind
    return kind in REQUIRED_PACKAGES and find_spec(REQUIRED_PACKAGES[kind]) is None


def missing_parts(config: Config) -> list[str]:
    """What the settings need and is not installed, and how to install it."""
    lines = []
    extras = [config.player.kind] if lacks_player(config) else []
    if config.web.enabled and find_spec("starlette") is None:
        extras.append("web")
    if extras:
        fix = how_to_install(*(f"moodpi[{extra}]" for extra in extras))
        parts = f"the part{'s' if len(extras) > 1 else ''} {' and '.join(extras)}"
        lines.append(f"moodpi needs {parts} for this: {fix}")
    programs = {"mpv": ("mpv", "ffmpeg"), "subsonic": ("mpv",)}.get(config.player.kind, ())
    lines += [
        f"{program} is not installed yet: sudo apt install {program}"
        for program in programs
        if shutil.which(program) is None
    ]
    return lines


def setup_steps(file: ConfigurationFile, text: str) -> Iterator[Step]:
    """The steps that write the text and, for the system's service, restart it with access to the
    music, and to a film or a folder as the source.

    A service that lacks its player would not start again: it is left as it runs.
    """
    config = parse_config(text, file.path)
    is_system = file.path == CONFIGURATION and (UNITS / UNIT).exists()
    if any(rule_of(key).redacted(new) != new for _, key, _, new in _changes(file.config, config)):
        group = USER if is_system else None
        yield WriteSecret("write the configuration", file.path, text, group)
    else:
        yield WriteFile("write the configuration", file.path, text)
    if not is_system:
        return
    player = config.player
    yield source_step(config.source.device)
    music = Path(player.music[0]) if player.kind == "mpv" and player.music else None
    yield from system_player_steps(player.kind, player.mpd, music)
    if not lacks_player(config):
        yield from system_start_steps(player.kind)
