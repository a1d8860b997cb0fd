"""`moodpi export` on the command line."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["simple_cn"], "unknown model 'simple_cn': did you mean 'simple_cnn'?"),
        (
            ["simple_cnn", "--formats", "int8.tflit"],
            "unknown format 'int8.tflit': did you mean 'int8.tflite'?",
        ),
        (["simple_cnn", "--formats", ""], "unknown format '': expected one of: float32.tflite, "),
        (["simple_cnn", "--wieghts", "x"], "did you mean '--weights'?"),
    ],
)
def test_a_wrong_argument_is_one_line(moodpi, arguments, complaint):
    done = moodpi("export", *arguments, "--data", "fer2013.csv")

    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_lists_the_options(moodpi):
    done = moodpi("export", "--help")

    assert done.returncode == 0
    for option in ("--formats", "--weights", "--data", "--output"):
        assert option in done.stdout
