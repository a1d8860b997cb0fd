"""User name and password of an RTSP camera, which FFmpeg sends."""

from __future__ import annotations

import base64
import re
import socket

import pytest

from edge.sources import open_source
from moodpi.errors import UsageError
from tests.edge.sources.hostile_camera import hostile_camera
from tests.raising import raises


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        ("me:p@ss/w?rd#1 \"'%", b"me:p@ss/w?rd#1 \"'%"),
        ("m%C3%BCller:%25ab", "müller:%ab".encode()),
        ("me:%FFx", b"me:\xffx"),
    ],
)
def test_a_camera_gets_the_password_and_no_output_does(credentials, expected, capfd):
    received: list[bytes] = []

    def refuse(connection: socket.socket, sequence: bytes, request: bytes) -> None:
        received.extend(re.findall(rb"Authorization: Basic (.*)\r\n", request))
        challenge = b'\r\nWWW-Authenticate: Basic realm="c"\r\n\r\n'
        connection.sendall(b"RTSP/1.0 401 Unauthorized\r\n" + sequence + challenge)

    with hostile_camera(refuse, "rtsp", with_request=True) as camera:
        url = f"rtsp://{credentials}@127.0.0.1:{camera.port}/1"
        with raises("no_stream") as error, open_source(url) as source:
            source.read()
    assert {base64.b64decode(header) for header in received} == {expected}
    shown = str(error.value) + "".join(capfd.readouterr())
    assert credentials.partition(":")[2] not in shown


def test_a_password_that_ffmpeg_would_cut_is_refused():
    with raises("invalid_address", UsageError) as error:
        open_source(f"rtsp://me:{'x' * 125}@cam/1")
    assert "xxx" not in str(error.value)
