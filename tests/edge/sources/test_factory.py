"""Which kind of source a text means, and what is said of one that is not there."""

from __future__ import annotations

import pytest

from edge.sources import open_source
from moodpi.errors import MoodpiError, UsageError


@pytest.mark.parametrize("text", ["/dev/video97", "97"])
def test_a_camera_that_is_not_there_is_one_clear_error(text, capfd):
    with (
        open_source(text) as source,
        pytest.raises(MoodpiError, match="no camera at /dev/video97: "),
    ):
        source.read()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("text", ["", "picamera", "holiday", "ftp://camera/1", "a" * 5000])
def test_a_source_that_is_nothing_known_is_a_usage_error(text):
    with pytest.raises(UsageError, match=f"no source '{text}'"):
        open_source(text)


@pytest.mark.parametrize(
    "text", ["holiday.mp4", "films/holiday", "/no/such/folder/", "cam:8080/video", "a/" * 5000]
)
def test_a_path_to_nothing_is_no_such_file_as_for_any_command(text):
    with pytest.raises(MoodpiError, match=f"no such file or folder: {text}: exp") as caught:
        open_source(text)
    assert caught.value.exit_code == 1


def test_a_single_picture_is_a_usage_error_that_names_the_right_command(portrait):
    with pytest.raises(UsageError, match=rf"single picture: .*`moodpi recommend {portrait}`"):
        open_source(str(portrait))
