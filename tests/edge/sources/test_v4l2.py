"""The names of USB cameras."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.sources import open_source
from edge.sources.factory import source_kind
from edge.sources.v4l2 import V4l2Source
from edge.system.signals import StopRequest
from tests.edge.footage import every_frame, video
from tests.raising import raises

ABSENT = [
    "/dev/video97",
    "/dev/v4l/by-id/usb-ACME_HD_Webcam_0001-video-index0",
    "/dev/v4l/by-path/platform-xhci-hcd.0-usb-0:1:1.0-video-index0",
    "/dev/webcam",
    "/dev/../dev/webcam",
]


@pytest.mark.parametrize("text", ABSENT)
def test_a_camera_that_is_not_plugged_in_is_waited_for(text):
    stop, waits = StopRequest(), []

    def wait() -> None:
        waits.append(1)
        if len(waits) == 3:
            stop.request()

    with open_source(text, stop=stop, must_open=False) as source:
        source.call_while_waiting(wait)
        assert source.read() is None
        assert text in source.error


@pytest.mark.parametrize("text", ABSENT)
def test_a_camera_that_must_open_is_an_error(text):
    with open_source(text) as source, raises("no_camera"):
        source.read()


@pytest.mark.parametrize("text", ["/dev/null", "/dev/zero"])
def test_another_device_is_no_camera(text, capfd):
    with open_source(text) as source, raises("no_camera"):
        source.read()
    assert capfd.readouterr().err == ""


def test_a_link_to_a_device_is_a_device(tmp_path):
    link = tmp_path / "webcam.mp4"
    link.symlink_to("/dev/null")
    assert source_kind(str(link)) is V4l2Source


def test_a_film_below_dev_is_a_film(tmp_path):
    shared = Path("/dev/shm")  # noqa: S108
    if not shared.is_dir():
        pytest.skip("not applicable: no /dev/shm")
    film = shared / f"moodpi-{tmp_path.name}.avi"
    try:
        assert len(every_frame(video(film, 5))) == 5
    finally:
        film.unlink()
