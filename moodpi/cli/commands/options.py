"""Options that several commands share, declared once."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from moodpi.errors import UsageError


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """--model and --format; None keeps the configuration's value."""
    parser.add_argument("--model", metavar="M", help="trained model (simple_cnn)")
    parser.add_argument("--format", metavar="F", help="its exported file (int8.tflite)")


def model_overrides(arguments: argparse.Namespace) -> dict[str, str | None]:
    """The values of --model and --format for Config.override."""
    return {"model.name": arguments.model, "model.format": arguments.format}


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """--config: the configuration file."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration (see `moodpi config`)"
    )


def add_recommend_options(parser: argparse.ArgumentParser) -> None:
    """--strategy, --target, -n, --seed and --catalog; None keeps the configuration's value."""
    parser.add_argument(
        "--strategy",
        metavar="S",
        help="match: music like the mood; lift: towards a better one; "
        "journey: from here to there in steps (match)",
    )
    parser.add_argument(
        "--target",
        metavar="T",
        help="where lift and journey lead: an emotion, calm or brighter (what suits the mood)",
    )
    parser.add_argument("-n", dest="count", type=positive, metavar="N", help="tracks (5)")
    parser.add_argument("--seed", type=int, metavar="S", help="the same seed, the same tracks")
    parser.add_argument(
        "--catalog", metavar="FILE", help="catalogue (the one that ships with moodpi)"
    )


def add_faces_options(parser: argparse.ArgumentParser) -> None:
    """--data, --votes and --split: the labelled faces that a model is judged by."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FER2013",
        help="fer2013.csv, plain, .gz or .zip, or a folder with test/CLASS/*.png",
    )
    parser.add_argument("--votes", type=Path, metavar="CSV", help="FER+'s votes, row for row")
    parser.add_argument(
        "--split", metavar="S", help="of the data (PublicTest, or a tenth cut off Training)"
    )


def positive(text: str) -> int:
    """An option's value as a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(
            f"invalid value '{text}': expected a whole number from 1", code="invalid_number"
        )
    return int(text)


def bound_pictures() -> None:
    """A second wall behind a picture's header: read when OpenCV is first imported."""
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(120_000_000))
