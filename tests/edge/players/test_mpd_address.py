"""The addresses of MPD servers, with passwords of any characters."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from edge.players.mpd_address import MpdAddress, parse_mpd_address
from moodpi.errors import UsageError
from moodpi.redaction import redact_address
from tests.edge.players.server_processes import MpdProcess
from tests.raising import raises

HOME = str(Path("~/socket").expanduser())


@pytest.mark.parametrize(
    ("text", "host", "port", "password"),
    [
        ("localhost", "localhost", 6600, ""),
        ("localhost:6601", "localhost", 6601, ""),
        ("secret@host", "host", 6600, "secret"),
        ("p@ss:w/rd@host:6601", "host", 6601, "p@ss:w/rd"),
        ("::1", "::1", 6600, ""),
        ("[::1]:6601", "::1", 6601, ""),
        ("secret@::1", "::1", 6600, "secret"),
        ("~/socket", HOME, 6600, ""),
        ("secret@~/socket", HOME, 6600, "secret"),
        ("/run/user@1/socket", "/run/user@1/socket", 6600, ""),
        ("secret@/run/user@1/socket", "/run/user@1/socket", 6600, "secret"),
        ("@mpd", "@mpd", 6600, ""),
        ("secret@@mpd", "@mpd", 6600, "secret"),
        ("100%25@host", "host", 6600, "100%25"),
        ("mpd://:p%40ss@host", "host", 6600, "p@ss"),
        ("mpd://secret@host:6601", "host", 6601, "secret"),
    ],
)
def test_an_address_has_the_forms_of_mpds_clients(text, host, port, password):
    assert parse_mpd_address(text) == MpdAddress(host, port, password)
    if password:
        assert password not in redact_address(text)
        assert password not in repr(parse_mpd_address(text))


@pytest.mark.parametrize(
    "text", ["host:0", "host:99999", "secret@host:x", "", "secret@", "http://secret@host"]
)
def test_an_impossible_address_is_an_error_without_the_password(text):
    with raises("invalid_address", UsageError) as error:
        parse_mpd_address(text)
    assert "secret" not in str(error.value)


def test_the_socket_of_an_unknown_user_is_an_error():
    with raises("no_home_folder", UsageError):
        parse_mpd_address("secret@~no-such-user/socket")


@pytest.mark.system
@pytest.mark.parametrize("form", ["{}@127.0.0.1:{}", "mpd://:{}@127.0.0.1:{}"])
def test_the_password_of_an_address_opens_a_server(tmp_path, form):
    server_class = pytest.importorskip("edge.players.mpd_player", reason="needs moodpi[mpd]")
    (tmp_path / "music").mkdir()
    process = MpdProcess(tmp_path / "server", tmp_path / "music")
    configuration = tmp_path / "server" / "server.conf"
    password = "s:e/c#r'e t"  # noqa: S105
    lines = f'password "{password}@read,add,control,admin"\ndefault_permissions "read"\n'
    configuration.write_text(configuration.read_text() + lines)
    shown = quote(password, safe="") if form.startswith("mpd:") else password
    try:
        process.start()
        server = server_class.MpdServer(form.format(shown, process.port))
        server.connect()
        server.set_paused(paused=False)
        server.close()
        wrong = server_class.MpdServer(form.format(f"x{shown}", process.port))
        with raises("server_refused") as error:
            wrong.connect()
        assert password not in f"{error.value} {wrong.name}"
    finally:
        process.kill()
