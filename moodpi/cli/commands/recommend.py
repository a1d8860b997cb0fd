"""`moodpi recommend`: five tracks for a photo of a face, or for an emotion."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_model_options, add_recommend_options
from moodpi.errors import EXIT_DONE, MoodpiError, UsageError

if TYPE_CHECKING:
    from edge.mood.affect import Affect
    from edge.music.profile import History
    from edge.music.recommendation import Recommendation
    from edge.vision.classified_face import ClassifiedFace

BAR_WIDTH = 24


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("photo", nargs="?", type=Path, metavar="PHOTO", help="a photo of a face")
    parser.add_argument("--emotion", metavar="E", help="an emotion instead of a photo")
    add_model_options(parser)
    add_recommend_options(parser)
    parser.add_argument(
        "--remember",
        action="store_true",
        help="bring nothing that came before, and note what comes now",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Feel, choose, print."""
    from edge.mood.affect import Affect

    if (arguments.photo is None) == (arguments.emotion is None):
        raise UsageError(
            "give a PHOTO or --emotion E, one of the two (see moodpi recommend --help)"
        )
    if arguments.emotion is not None:
        faces: list[ClassifiedFace] = []
        affect = Affect.from_emotion(arguments.emotion)
    else:
        faces = _read_faces(arguments)
        affect = Affect.from_probabilities(faces[0].probabilities)
    chosen = _choose(arguments, affect)
    if arguments.json:
        from edge.frontends.documents import recommendation_json

        print(json.dumps(recommendation_json(affect, faces, chosen), ensure_ascii=False, indent=1))
    else:
        _print(arguments.photo, affect, faces, chosen)
    return EXIT_DONE


def _choose(arguments: argparse.Namespace, affect: Affect) -> Recommendation:
    from catalog.reloading import ReloadingCatalog
    from edge.config.load import load_config
    from edge.music.profile import FileHistory, NoHistory, read_taste
    from edge.music.profile.store import profile_file
    from edge.music.selector import TrackSelector

    options = {
        "recommend.strategy": arguments.strategy,
        "recommend.target": arguments.target,
        "recommend.count": arguments.count,
        "recommend.catalog": arguments.catalog,
    }
    config = load_config(arguments.config).override(options)
    settings = config.recommend
    if arguments.target and settings.strategy == "match":
        raise UsageError(f"--target {arguments.target} leads nowhere: add --strategy lift")
    with ExitStack() as stack:
        catalog = stack.enter_context(ReloadingCatalog(config.catalog_file()))
        if arguments.remember:
            history: History = stack.enter_context(FileHistory(profile_file()))
        else:
            history = NoHistory(read_taste(profile_file()))
        return TrackSelector(catalog, history, settings, arguments.seed).select(affect)


def _read_faces(arguments: argparse.Namespace) -> list[ClassifiedFace]:
    from edge.vision.classifier import EmotionClassifier
    from edge.vision.detector import HaarFaceDetector
    from edge.vision.photo import read_photo
    from edge.vision.photo_pipeline import PhotoPipeline

    grey = read_photo(arguments.photo)
    classifier = EmotionClassifier.load(arguments.model, arguments.format)
    faces = PhotoPipeline(classifier, HaarFaceDetector()).analyse(grey)
    if not faces:
        raise MoodpiError(
            f"{arguments.photo}: no face found, expected one that looks at the camera: "
            "try a brighter, closer photo, or --emotion"
        )
    return faces


def _print(
    photo: Path | None, affect: Affect, faces: list[ClassifiedFace], chosen: Recommendation
) -> None:
    from edge.players.print_player import track_lines

    if faces:
        _print_face(photo, faces)
    print(f"Mood: {affect.emotion}  (valence {chosen.valence:+.2f}, arousal {chosen.arousal:+.2f})")
    print(f"\nTracks ({chosen.strategy}):")
    for line in track_lines(chosen):
        print(line)


def _print_face(photo: Path | None, faces: list[ClassifiedFace]) -> None:
    from models.emotions import EMOTIONS

    face = faces[0]
    others = f", the largest of {len(faces)}" if len(faces) > 1 else ""
    if face.box:
        print("{}: face at x {}, y {}, {} x {} pixels{}\n".format(photo, *face.box, others))
    ranked = sorted(zip(face.probabilities, EMOTIONS, strict=True), reverse=True)
    for probability, emotion in ranked:
        bar = "█" * round(float(probability) * BAR_WIDTH)
        print(f"  {emotion:<9}{bar:<{BAR_WIDTH}} {float(probability):5.1%}")
    print()
