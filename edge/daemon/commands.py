"""The commands of a running daemon: the one list that every interface to it is made from.

The control socket validates requests with it. MQTT, `POST /api/command`, its OpenAPI description
and the command line take names, arguments, choices and help texts from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from edge.config.names import StrategyName
from models.emotions import EMOTIONS
from moodpi.errors import UsageError, did_you_mean
from moodpi.text import CONTROL, quoted

# The most characters of an argument, and the most texts of a list.
MAX_ARGUMENT_LENGTH, MAX_ARGUMENT_TEXTS = 500, 100

# What a listener can express about a track or an artist, and its help text. A test compares the
# names with edge.music.profile.
VERDICTS = {
    "like": "recommend more like a track, an artist or the last list",
    "skip": "recommend less like a track, an artist or the last list",
    "ban": "never recommend a track or an artist again",
}
FORGET_CHOICES = ("feedback", "played")
CALIBRATE_ACTIONS = ("start", "delete")


@dataclass(frozen=True)
class Argument:
    """One named argument of a command: a text, or a list of texts.

    choices: the accepted texts; empty if any text is accepted. Null is the same as leaving the
    argument out.
    """

    name: str
    help: str
    choices: tuple[str, ...] = ()
    required: bool = False
    is_list: bool = False

    def validate(self, value: object) -> None:
        """Raise UsageError if the argument cannot have this value."""
        if value is None:
            if self.required:
                raise UsageError(f"{self.name} is missing: {self.help}", code="missing_argument")
            return
        texts = value if isinstance(value, list) else [value]
        if (
            self.is_list != isinstance(value, list)
            or len(texts) > MAX_ARGUMENT_TEXTS
            or not all(map(_is_short_text, texts))
        ):
            expected = f"a text without control characters, of at most {MAX_ARGUMENT_LENGTH}"
            if self.is_list:
                expected = f"a list of at most {MAX_ARGUMENT_TEXTS}, each {expected}"
            raise UsageError(
                f"{self.name} = {quoted(value)}: expected {expected}", code="invalid_argument"
            )
        for text in texts if self.choices else ():
            if text not in self.choices:
                hint = did_you_mean(str(text), self.choices)
                raise UsageError(
                    f"unknown {self.name} {quoted(text)}: {hint}", code="invalid_argument"
                )

    def json_schema(self) -> dict[str, Any]:
        """The argument's JSON Schema, for OpenAPI."""
        text: dict[str, Any] = {"type": "string"}
        if self.choices:
            text["enum"] = [*self.choices]
        schema = {"type": "array", "items": text} if self.is_list else text
        return {**schema, "description": self.help}


@dataclass(frozen=True)
class Command:
    """One command of the daemon.

    controls_playback: whether it changes only what is playing. MQTT and the page offer these.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()
    controls_playback: bool = False

    def validate(self, fields: Mapping[str, object]) -> None:
        """Raise UsageError for an unknown, missing or invalid argument."""
        names = [argument.name for argument in self.arguments]
        for name in fields:
            if name not in names:
                expected = f"expected {', '.join(names)}" if names else "it takes no arguments"
                raise UsageError(
                    f"{self.name} has no argument {quoted(name)}: {expected}",
                    code="unknown_argument",
                )
        for argument in self.arguments:
            argument.validate(fields.get(argument.name))


COMMANDS = {
    command.name: command
    for command in (
        Command("status", "show what the running moodpi sees and plays"),
        Command("look", "judge what the camera sees, to aim it"),
        Command("preview", "make a link that shows the camera to one viewer for a minute"),
        Command(
            "pause",
            "pause the music until resume; the camera stays on",
            controls_playback=True,
        ),
        Command("resume", "resume the music for the current mood", controls_playback=True),
        Command("next", "play other tracks for the same mood", controls_playback=True),
        Command(
            "strategy",
            "choose tracks by another strategy until the configuration is read again",
            (
                Argument(
                    "strategy",
                    "match: music like the mood; lift: music of a better mood; journey: in small "
                    "steps to the better mood",
                    choices=get_args(StrategyName),
                    required=True,
                ),
            ),
            controls_playback=True,
        ),
        Command(
            "play",
            "play these tracks now, until the mood changes or they end",
            (
                Argument("tracks", "the ids of the tracks, separated by commas", required=True),
                Argument("emotion", "the emotion they are for", choices=EMOTIONS, required=True),
            ),
        ),
        Command(
            "feedback",
            "record a like, skip or ban",
            (
                Argument("verdict", "like, skip or ban", choices=tuple(VERDICTS), required=True),
                Argument(
                    "track",
                    "a track's id or open.spotify.com link, or its number in the last list; "
                    "without track and artist, the track that is playing, or else the last list",
                ),
                Argument(
                    "artist",
                    "instead of track: an artist's name, or the id, link or number of one of their "
                    "tracks",
                ),
                Argument(
                    "subject",
                    "track, or artist for the artist of the track (track)",
                    choices=("track", "artist"),
                ),
            ),
        ),
        Command(
            "calibrate",
            "measure the resting face for ten seconds, so that it counts as no mood",
            (
                Argument(
                    "action",
                    "start: look at the camera as usual for ten seconds; delete: delete the "
                    "resting face (start)",
                    choices=CALIBRATE_ACTIONS,
                ),
            ),
        ),
        Command(
            "taste",
            "show what moodpi learned from likes, skips and bans, or forget it",
            (
                Argument(
                    "forget",
                    "feedback: likes, skips and bans; played: which tracks were played",
                    choices=FORGET_CHOICES,
                    is_list=True,
                ),
            ),
        ),
    )
}
PLAYBACK_COMMANDS = {
    name: command for name, command in COMMANDS.items() if command.controls_playback
}
# MQTT has no way to show why one of the others was refused.
PAGE_COMMANDS = {
    **PLAYBACK_COMMANDS,
    **{name: COMMANDS[name] for name in ("calibrate", "play")},
}


def find_command(name: object, commands: Mapping[str, Command] = COMMANDS) -> Command:
    """The command of that name. Raises UsageError for an unknown one."""
    if not isinstance(name, str) or name not in commands:
        hint = did_you_mean(name if isinstance(name, str) else "", commands)
        raise UsageError(f"unknown command {quoted(name)}: {hint}", code="unknown_command")
    return commands[name]


def _is_short_text(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= MAX_ARGUMENT_LENGTH
        and CONTROL.search(value) is None
    )
