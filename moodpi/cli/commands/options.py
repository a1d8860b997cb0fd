"""Options of several commands."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from moodpi.text import quoted


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add --model and --format; the default is the configuration."""
    parser.add_argument("--model", metavar="M", help="trained model (default: simple_cnn)")
    parser.add_argument(
        "--format", metavar="F", help="exported file of the model (default: int8.tflite)"
    )


def add_mirror_option(parser: argparse.ArgumentParser) -> None:
    """Add --no-mirror."""
    parser.add_argument(
        "--no-mirror",
        dest="mirror",
        action="store_false",
        help="do not average over a face and its mirror image",
    )


def model_overrides(arguments: argparse.Namespace) -> dict[str, str | None]:
    """The values of --model and --format for Config.override."""
    return {"model.name": arguments.model, "model.format": arguments.format}


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """Add --config."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="configuration file (default: see `moodpi config --help`)",
    )


def add_recommend_options(parser: argparse.ArgumentParser) -> None:
    """Add --strategy, --target, -n, --seed and --catalog; the default is the configuration."""
    parser.add_argument(
        "--strategy",
        metavar="S",
        help="match: music like the mood; lift: like a better mood; "
        "journey: from one to the other (default: match)",
    )
    parser.add_argument(
        "--target",
        metavar="T",
        help="target of lift and journey: an emotion, calm or brighter (default: chosen by mood)",
    )
    parser.add_argument(
        "-n", dest="count", type=positive, metavar="N", help="number of tracks (default: 5)"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="seed of the random choice")
    parser.add_argument("--catalog", metavar="FILE", help="catalogue (default: the one of moodpi)")


def recommend_overrides(arguments: argparse.Namespace) -> dict[str, object]:
    """The values of add_recommend_options, except --seed, for Config.override."""
    return {
        "recommend.strategy": arguments.strategy,
        "recommend.target": arguments.target,
        "recommend.count": arguments.count,
        "recommend.catalog": arguments.catalog,
    }


def add_faces_options(parser: argparse.ArgumentParser) -> None:
    """Add --data, --votes and --split, the labelled faces for an evaluation."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FER2013",
        help="fer2013.csv, plain or in .gz, .tar.gz, .zip, or a folder with test/CLASS/*.png",
    )
    parser.add_argument(
        "--votes", type=Path, metavar="CSV", help="FER+ votes, row for row with the CSV"
    )
    parser.add_argument(
        "--split",
        metavar="S",
        help="split to measure on (default: PublicTest or Validation, else the only split, else a "
        "tenth of Training)",
    )


def positive(text: str) -> int:
    """The value of an option as an integer of at least 1. argparse adds the option to its error."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"invalid value {quoted(text)}: expected a whole number from 1"
        )
    return int(text)


def limit_image_size() -> None:
    """Limit the size of images that OpenCV decodes. Call this before the first import of cv2."""
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(120_000_000))
