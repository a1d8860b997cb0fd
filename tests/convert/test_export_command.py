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
        (["simple_cnn", "--name", "resnet50v2"], "none of moodpi's models"),
        (["simple_cnn", "--name", "../mine"], "expected up to 32 of a-z"),
    ],
)
def test_a_wrong_argument_is_one_line(moodpi, arguments, complaint):
    done = moodpi("export", *arguments, "--data", "fer2013.csv")

    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_data_is_required_except_to_restore(moodpi, tmp_path):
    assert "--data is missing" in moodpi("export", "simple_cnn").stderr

    done = moodpi("export", "simple_cnn", "--restore", "-o", tmp_path)
    assert done.returncode == 1
    assert "no previous version of 'simple_cnn'" in done.stderr


def test_help_lists_the_options(moodpi):
    done = moodpi("export", "--help")

    assert done.returncode == 0
    for option in ("--formats", "--weights", "--data", "--output", "--name", "--replace"):
        assert option in done.stdout
