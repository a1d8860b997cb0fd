"""The questions of `moodpi setup`: what was found here, a proposal, the settings of an answer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.config.load import Config
from edge.config.settings import PlayerSettings
from edge.ops.doctor.cameras import found_cameras
from edge.ops.doctor.sound import check_sound
from edge.ops.service.pages import PAGES
from edge.ops.service.unit_text import escape_path
from edge.players.music_server import valid_answer
from edge.players.subsonic_api import SubsonicApi
from edge.sources.factory import source_kind
from edge.sources.picamera import PICAMERA2
from moodpi.addresses import parse_url
from moodpi.errors import MoodpiError, UsageError, did_you_mean
from moodpi.paths import expand_home
from moodpi.text import quoted

# command needs a program: it is set in the file.
PLAYERS = {
    "print": "only print the tracks, with links",
    "mpd": "MPD or Mopidy",
    "mpv": "music files in a folder",
    "subsonic": "Navidrome, Gonic, Airsonic or another Subsonic server, through mpv",
}
RESTING_FACES = {"learn": True, "off": False}
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        option: The name of the option that answers it, without the dashes.
        key: The setting that it is about.
        text: The question.
        found: What was found here, as lines.
        proposal: The answer that is taken if none is given; empty if there is none.
        settings: The settings of an answer; UsageError if it is not valid.
        applies: Whether the question makes sense with the answers before it.
        is_secret: Whether the answer is a secret. Its option names a file that contains it.
    """

    option: str
    key: str
    text: str
    found: Callable[[], list[str]]
    proposal: Callable[[Config], str]
    settings: Callable[[str], Settings]
    applies: Callable[[Config], bool] = lambda _: True
    is_secret: bool = False

    def settings_of(self, answer: str, config: Config) -> Settings:
        """The settings of an answer, checked; none if it is what the file says.

        Raises UsageError, or MoodpiError for a file that does not exist.
        """
        if answer == self.proposal(config) and self.key in config.file_keys:
            return {}
        settings = self.settings(answer)
        config.override(settings)
        return settings


def _camera_lines() -> list[str]:
    cameras = [f"{device}: {name}" for device, name in found_cameras().items()]
    return cameras or ["no camera was found; a URL, a video or a folder works, too"]


def _proposed_camera(config: Config) -> str:
    cameras = found_cameras()
    is_chosen = "source.device" in config.file_keys or config.source.device in cameras
    return config.source.device if is_chosen else next(iter(cameras), PICAMERA2)


def _camera_settings(answer: str) -> Settings:
    source_kind(answer)
    is_path = not answer.isdecimal() and "://" not in answer and Path(answer).exists()
    return {"source.device": str(Path(answer).absolute()) if is_path else answer}


def _player_lines() -> list[str]:
    sound = check_sound()[0]
    programs = {"mpd": "mpd", "mpv": "mpv", "subsonic": "mpv"}
    installed = {name: shutil.which(program) is not None for name, program in programs.items()}
    players = [
        f"{name}: {meaning}" + ("" if installed.get(name, True) else " (not installed here)")
        for name, meaning in PLAYERS.items()
    ]
    return [f"sound: {sound.detail}", *players]


def _proposed_player(config: Config) -> str:
    if "player.kind" in config.file_keys:
        return config.player.kind
    return next((name for name in ("mpd", "mpv") if shutil.which(name)), config.player.kind)


def _player_settings(answer: str) -> Settings:
    return {"player.kind": _one_of("player", answer, PLAYERS)}


def _proposed_music(config: Config) -> str:
    if config.player.music:
        return config.player.music[0]
    folder = _expanded("~/Music")
    return str(folder) if folder.is_dir() else ""


def _music_settings(answer: str) -> Settings:
    folder = _expanded(answer).absolute()
    if not folder.is_dir():
        raise UsageError(
            f"{quoted(answer)}: no such folder: expected the folder with your songs",
            code="no_such_folder",
        )
    escape_path(folder)
    return {"player.music": (str(folder),)}


def _server_settings(answer: str) -> Settings:
    SubsonicApi(answer, "")
    return {"player.subsonic": answer}


def _needs_password(config: Config) -> bool:
    """Whether the player is a Subsonic server whose address has no password."""
    return config.player.kind == "subsonic" and not parse_url(config.player.subsonic).password


def subsonic_line(settings: PlayerSettings) -> str:
    """The number of songs of the configured Subsonic server, or why it has none for moodpi."""
    api = SubsonicApi(settings.subsonic, settings.subsonic_password)
    try:
        with valid_answer(api.name):
            api.connect()
            return f"{api.name}: {sum(1 for _ in api.songs()):,} songs"
    except MoodpiError as error:
        return str(error)


def _expanded(path: str) -> Path:
    """The path with the home folder of the person who called sudo."""
    person = os.environ.get("SUDO_USER") if os.geteuid() == 0 else None
    is_home = path == "~" or path.startswith("~/")
    return expand_home(f"~{person}{path[1:]}" if person and is_home else path)


def _proposed_page(config: Config) -> str:
    if not config.web.enabled:
        return "off"
    return "this-machine" if config.web.host == PAGES["this-machine"]["web.host"] else "home"


def _page_settings(answer: str) -> Settings:
    return PAGES[_one_of("page", answer, PAGES)]


def _resting_settings(answer: str) -> Settings:
    return {
        "mood.learn_resting_face": RESTING_FACES[_one_of("resting face", answer, RESTING_FACES)]
    }


def _one_of(what: str, answer: str, names: Mapping[str, object]) -> str:
    if answer not in names:
        raise UsageError(
            f"unknown {what} {quoted(answer)}: {did_you_mean(answer, names)}", code="unknown_answer"
        )
    return answer


QUESTIONS = (
    Question(
        "camera",
        "source.device",
        "Which camera?",
        _camera_lines,
        _proposed_camera,
        _camera_settings,
    ),
    Question(
        "player",
        "player.kind",
        f"What plays the music: {', '.join(PLAYERS)}?",
        _player_lines,
        _proposed_player,
        _player_settings,
    ),
    Question(
        "music",
        "player.music",
        "Which folder has your songs?",
        list,
        _proposed_music,
        _music_settings,
        lambda config: config.player.kind == "mpv",
    ),
    Question(
        "server",
        "player.subsonic",
        "Which address, with your user name, such as http://me@music.local:4533?",
        list,
        lambda config: config.player.subsonic,
        _server_settings,
        lambda config: config.player.kind == "subsonic",
    ),
    Question(
        "password-file",
        "player.subsonic_password",
        "Your password on that server?",
        list,
        lambda config: config.player.subsonic_password,
        lambda answer: {"player.subsonic_password": answer},
        _needs_password,
        is_secret=True,
    ),
    Question(
        "page",
        "web.enabled",
        f"Who may open the page: {', '.join(PAGES)}?",
        lambda: ["home: phones and computers in your network, with a token"],
        _proposed_page,
        _page_settings,
    ),
    Question(
        "resting-face",
        "mood.learn_resting_face",
        f"Your resting face: {', '.join(RESTING_FACES)}?",
        lambda: ["learn: over days, what the camera sees most counts as no mood"],
        lambda config: "learn" if config.mood.learn_resting_face else "off",
        _resting_settings,
    ),
)
