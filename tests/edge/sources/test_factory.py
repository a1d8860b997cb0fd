"""The kind of source that a text names, and the errors for unknown ones."""

from __future__ import annotations

import pytest

from edge.sources import open_source
from moodpi.errors import UsageError
from moodpi.text import MAX_REFERENCE_LENGTH, shortened
from tests.raising import raises


@pytest.mark.parametrize("text", ["/dev/video97", "97"])
def test_a_camera_that_does_not_exist_is_an_error(text, capfd):
    with (
        open_source(text) as source,
        raises("no_camera") as error,
    ):
        source.read()
    assert "/dev/video97" in str(error.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("text", ["", "picamera", "holiday", "ftp://camera/1", "a" * 5000])
def test_an_unknown_source_is_a_usage_error(text):
    with raises("unknown_source", UsageError):
        open_source(text)


@pytest.mark.parametrize(
    "text", ["holiday.mp4", "films/holiday", "/no/such/folder/", "cam:8080/video", "a/" * 5000]
)
def test_a_path_that_does_not_exist_is_no_such_file(text):
    with raises("no_such_file") as error:
        open_source(text)
    assert error.value.exit_code == 1
    assert shortened(text, MAX_REFERENCE_LENGTH) in str(error.value)


def test_a_single_picture_is_a_usage_error_that_names_the_right_command(portrait):
    with raises("single_picture", UsageError) as error:
        open_source(str(portrait))
    assert f"`moodpi recommend {portrait}`" in str(error.value)
