"""A secret in any setting appears neither in the printed configuration nor in an error or a log."""

from __future__ import annotations

import json
import logging
import random
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.config.dump import to_toml
from edge.config.load import Config, load_config
from edge.music.recommendation import Recommendation
from edge.ops.doctor.data import check_configuration
from edge.ops.doctor.player import check_player
from edge.players import player_class
from edge.sources import open_source
from moodpi.errors import MoodpiError

# A word that no other text contains. A secret has other characters around it.
WORD_LENGTH = 10
PUNCTUATION = "@:/?#%+!$*-_ ~.,"
NAMES = ("password", "token", "api_key", "code", "auth", "loginpas", "sig", "Pwd", "pass%77ord")

# Setting to the forms of its value. {} is the secret.
FORMS = {
    "source.device": (
        "rtsp://me:{}@127.0.0.1:1/1",
        "http://:{}@127.0.0.1:1/video",
        "rtps://me:{}@127.0.0.1/1",
        "me:{}@127.0.0.1",
        "http://127.0.0.1:1/video?size=1&NAME={}",
        "rtsp://127.0.0.1:1/user=me&NAME={}",
    ),
    "player.command": (
        ["/nonexistent/curl", "-u", "me:{}", "http://127.0.0.1"],
        ["/nonexistent/mysql", "-p{}"],
        ["/nonexistent/notify", "--NAME={}"],
        ["/nonexistent/notify", "--NAME", "{}"],
        ["/nonexistent/curl", "-H", "Authorization: Bearer {}"],
        ["/nonexistent/curl", "-d", '{{"NAME": "{}"}}'],
        ["/nonexistent/ffplay", "http://me:{}@127.0.0.1/"],
    ),
    "player.mpv_options": (
        ["--http-proxy=http://me:{}@127.0.0.1:1"],
        ["--http-header-fields=Authorization: Bearer {}"],
        ["--ytdl-raw-options=username=me,password={}"],
    ),
    "player.mpd": ("{}@127.0.0.1:1", "me:{}@127.0.0.1:1", "mpd://:{}@127.0.0.1"),
    "player.mpd_password": ("{}",),
    "player.subsonic": ("http://me:{}@127.0.0.1:1",),
    "player.subsonic_password": ("{}",),
    "mqtt.host": ("mqtt://me:{}@127.0.0.1", "me:{}@127.0.0.1", "{}@127.0.0.1"),
    "mqtt.password": ("{}",),
    "web.host": ("http://me:{}@127.0.0.1", "{}@127.0.0.1"),
    "web.names": (["http://me:{}@page.example"],),
    "recommend.catalog": ("http://me:{}@127.0.0.1/tracks.sqlite",),
}
CASES = [(setting, form) for setting, forms in FORMS.items() for form in forms]


def filled(form: str | list[str], secret: str, name: str) -> str | list[str]:
    if isinstance(form, list):
        return [str(filled(part, secret, name)) for part in form]
    return form.replace("{{", "{").replace("}}", "}").replace("{}", secret).replace("NAME", name)


def generated(count: int, seed: int) -> Iterator[tuple[str, str | list[str], str]]:
    """A setting, its value, and the word of the secret in it."""
    draw = random.Random(seed)
    for number in range(count):
        setting, form = CASES[number % len(CASES)]
        word = "".join(draw.choices(string.ascii_letters, k=WORD_LENGTH))
        before, after = ("".join(draw.choices(PUNCTUATION, k=draw.randint(0, 2))) for _ in "ab")
        # A secret of a URL that starts with / would be its path.
        secret = f"{draw.choice(string.ascii_letters)}{before}{word}{after}"
        yield setting, filled(form, secret, draw.choice(NAMES)), word


def written(path: Path, setting: str, value: object) -> Path:
    section, key = setting.split(".")
    path.write_text(f"[{section}]\n{key} = {json.dumps(value)}\n")
    return path


def printed(path: Path) -> str:
    """What `moodpi config` prints: the configuration or why it is refused."""
    try:
        return to_toml(load_config(path))
    except MoodpiError as error:
        return str(error)


def error_of(call: Callable[[], object]) -> str:
    try:
        call()
    except MoodpiError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("count", [300, pytest.param(5_000, marks=pytest.mark.long)])
def test_the_configuration_and_its_errors_show_no_secret(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(16)
    path = tmp_path / "moodpi.toml"
    monkeypatch.setenv("MOODPI_CONFIG", str(path))
    for setting, value, word in generated(count, seed=7):
        assert word not in printed(written(path, setting, value))
        section, key = setting.split(".")
        typo = draw.choice([f"{section}.{key}s", f"{section}x.{key}", f"{section}.{key[1:]}"])
        assert word not in error_of(lambda: load_config(written(path, typo, value)))  # noqa: B023
        for wrong in ([value], {"a": value}, [[value]], [{"a": value}, 1]):
            assert word not in error_of(lambda: load_config(written(path, setting, wrong)))  # noqa: B023
            assert word not in str(check_configuration())
        path.write_text(f"{section} = {json.dumps(value)}\n")
        assert word not in error_of(lambda: load_config(path))
        text = written(path, setting, value).read_text()
        # Not within the value, where it would be another secret.
        cut = draw.choice([*range(text.index("=") + 3), len(text) - 2])
        path.write_text(
            text[:cut] + draw.choice(['"', "\\", "]", "\x00", "=", ""]) + text[cut + 1 :]
        )
        assert word not in error_of(lambda: load_config(path))


def failure(setting: str, config: Config) -> str:
    """What moodpi prints when it uses a setting that does not work."""
    match setting:
        case "source.device":
            return error_of(lambda: open_source(config.source.device).__enter__())
        case "player.command":
            player = player_class("command")(config.player, None)
            return error_of(lambda: player.play(Recommendation(0, 0, "match", (), "happy")))
        case "player.mpd" | "player.mpd_password":
            return str(check_player())
        case "mqtt.host":
            from edge.frontends.mqtt.bridge import MqttBridge

            bridge = MqttBridge(config.mqtt)
            try:
                bridge._client.connect(config.mqtt.host, 1)
            except (OSError, ValueError):  # what paho's thread passes to the callback
                bridge._on_connect_fail(bridge._client, None)
        case "web.host":
            from edge.frontends.web.server import WebServer

            return error_of(lambda: WebServer(config))
        case "recommend.catalog":
            return error_of(config.catalog_file)
    return ""


def test_failing_connections_show_no_secret(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for module, extra in (("paho.mqtt", "mqtt"), ("uvicorn", "web"), ("mpd", "mpd")):
        pytest.importorskip(module, reason=f"needs moodpi[{extra}]")
    path = tmp_path / "moodpi.toml"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("MOODPI_CONFIG", str(path))
    caplog.set_level(logging.DEBUG)
    words, shown = [], []
    for setting, value, word in generated(len(CASES), seed=8):
        words.append(word)
        written(path, setting, value)
        if setting.startswith("player.mpd"):
            path.write_text(path.read_text() + 'kind = "mpd"\n')
        try:
            shown.append(failure(setting, load_config(path)))
        except MoodpiError as error:  # the value is refused
            shown.append(str(error))
    text = "\n".join([*shown, caplog.text, *capfd.readouterr()])
    assert "127.0.0.1" in text
    assert [word for word in words if word in text] == []
