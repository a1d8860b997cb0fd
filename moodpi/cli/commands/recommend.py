"""`moodpi recommend`: tracks for a photo of a face or for a named emotion."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import (
    add_config_option,
    add_mirror_option,
    add_model_options,
    add_recommend_options,
    model_overrides,
    recommend_overrides,
)
from moodpi.cli.commands.selection import PlaylistOutput, select_tracks
from moodpi.errors import EXIT_DONE, MoodpiError, UsageError
from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    from edge.config.load import Config
    from edge.mood.affect import Affect
    from edge.music.recommendation import Recommendation
    from edge.vision.classified_face import ClassifiedFace

BAR_WIDTH = 24


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("photo", nargs="?", type=Path, metavar="PHOTO", help="a photo of a face")
    parser.add_argument("--emotion", metavar="E", help="an emotion instead of a photo")
    add_model_options(parser)
    add_mirror_option(parser)
    add_recommend_options(parser)
    add_config_option(parser)
    parser.add_argument(
        "--remember",
        action="store_true",
        help="avoid tracks in the history and add the new ones to it",
    )
    parser.add_argument(
        "--playlist",
        type=Path,
        metavar="FILE",
        help="also write the tracks to FILE.m3u8, .m3u or .xspf, chosen from the player's songs",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Classify the face, recommend tracks for its emotion and print both."""
    from edge.mood.affect import Affect
    from edge.music.selector import EACH_ARTIST_ONCE, all_tracks

    if (arguments.photo is None) == (arguments.emotion is None):
        raise UsageError(
            "expected either PHOTO or --emotion E (see moodpi recommend --help)",
            code="photo_or_emotion",
        )
    config = _config(arguments)
    playlist = PlaylistOutput(arguments.playlist, config) if arguments.playlist else None
    if arguments.photo is None:
        faces: list[ClassifiedFace] = []
        affect = Affect.from_emotion(arguments.emotion)
    else:
        faces = _classify(arguments, config)
        affect = Affect.from_probabilities(faces[0].probabilities)
    playable = playlist.playable if playlist else all_tracks
    recommendation = select_tracks(
        config, affect, arguments.seed, playable, EACH_ARTIST_ONCE, remember=arguments.remember
    )
    if arguments.json:
        from edge.frontends.documents import recommendation_json

        document = recommendation_json(affect, faces, recommendation)
        print_json(document)
    else:
        _print(arguments.photo, affect, faces, recommendation)
    if playlist:
        playlist.write(recommendation)
    return EXIT_DONE


def _config(arguments: argparse.Namespace) -> Config:
    """The configuration with the values of the options."""
    from edge.config.load import load_config

    config = load_config(arguments.config).override(
        {**model_overrides(arguments), **recommend_overrides(arguments)}
    )
    if arguments.target and config.recommend.strategy == "match":
        raise UsageError(
            f"--target {arguments.target} has no effect with the strategy match: "
            "add --strategy lift or --strategy journey",
            code="target_without_effect",
        )
    return config


def _classify(arguments: argparse.Namespace, config: Config) -> list[ClassifiedFace]:
    """The faces of the photo, the one that decides first. Raises MoodpiError if it has none."""
    from edge.photos.decoder import PhotoDecoder
    from edge.photos.limits import FILE_LIMITS
    from edge.photos.photo import read_photo

    with PhotoDecoder(FILE_LIMITS) as decoder:
        # The decoder and this process load their libraries at the same time.
        decoder.start()
        from edge.vision.mirror import photo_classifier
        from edge.vision.photo_pipeline import NO_FACE_FIX, PhotoPipeline
        from edge.vision.photo_search import PhotoSearch

        grey = read_photo(arguments.photo, decoder)
    classifier = photo_classifier(config, mirror=arguments.mirror)
    faces = PhotoPipeline(classifier, PhotoSearch.load()).analyse(grey)
    if not faces:
        raise MoodpiError(
            f"no face found in {arguments.photo}: {NO_FACE_FIX}, or --emotion",
            code="no_face",
        )
    return faces


def _print(
    photo: Path | None,
    affect: Affect,
    faces: list[ClassifiedFace],
    recommendation: Recommendation,
) -> None:
    from edge.players.print_player import track_lines

    if faces:
        _print_face(photo, faces)
    print_lines(
        f"Mood: {affect.emotion}  "
        f"(valence {recommendation.valence:+.2f}, arousal {recommendation.arousal:+.2f})",
        "",
        f"Tracks ({recommendation.strategy}):",
        *track_lines(recommendation),
    )


def _print_face(photo: Path | None, faces: list[ClassifiedFace]) -> None:
    """Print the position of the first face and its probabilities as a bar chart."""
    from edge.vision.boxes import area
    from models.emotions import EMOTIONS

    face = faces[0]
    sizes = [area(each.box) for each in faces if each.box]
    reason = "largest" if sizes[:1] == [max(sizes, default=0)] else "clearest"
    others = f"the {reason} of {len(faces)}" if len(faces) > 1 else ""
    notes = "".join(f", {note}" for note in (others, str(face.search)) if note)
    if face.box:
        print_lines("{}: face at x {}, y {}, {} x {} pixels{}".format(photo, *face.box, notes), "")
    ranked = sorted(zip(face.probabilities, EMOTIONS, strict=True), reverse=True)
    for probability, emotion in ranked:
        bar = "█" * round(float(probability) * BAR_WIDTH)
        print_lines(f"  {emotion:<9}{bar:<{BAR_WIDTH}} {float(probability):5.1%}")
    print_lines("")
