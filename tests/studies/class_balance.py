"""What the share of the class balance does to the accuracy on faces that nobody trained on.

`python -m tests.studies.class_balance FER2013.csv[.gz] VOTES.csv` classifies the unseen faces of
PublicTest with the int8 file of each model, and their mirror images. The balance inside the file is
replaced by each share of a list. The columns are top-1 of single faces and of the mean with the
mirror image, the mean recall of the seven emotions, recall and precision of disgust, and top-1 on
the majority votes of FER+, all but the first with the mirror image. Before, it prints the share of
each emotion in Training.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert.class_balance import logit_shift
from edge.runtimes import load_runtime
from models.emotions import EMOTIONS
from models.registry import MODELS_FOLDER
from training.data.duplicates import unseen_rows
from training.data.faces import Faces
from training.data.loading import load_faces
from training.evaluation.temperature import softmax

MODELS = ("simple_cnn", "resnet50v2")
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
DISGUST = EMOTIONS.index("disgust")
# A step of the probabilities of an int8 file.
STEP = 1 / 256


def main() -> None:
    """Print a table for each model."""
    splits = load_faces(Path(sys.argv[1]), Path(sys.argv[2]))
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
    labels = splits["Training"].labels
    shares = np.bincount(labels, minlength=len(EMOTIONS)) / len(labels)
    print("Training: " + ", ".join(f"{e} {s:.1%}" for e, s in zip(EMOTIONS, shares, strict=True)))
    shift = logit_shift(labels, share=1)
    for model in MODELS:
        print(
            f"{model}: share | top-1 | mirrored | mean recall | disgust: recall, precision | FER+"
        )
        single, averaged = _logits(MODELS_FOLDER / model / "int8.tflite", faces.images, shift)
        for share in SHARES:
            plain, mirrored = (
                (logits + share * shift).argmax(axis=1) for logits in (single, averaged)
            )
            print(f"{share:g} | {_percent(plain == faces.labels)} | {_row(mirrored, faces)}")


def _logits(
    file: Path, images: NDArray[np.uint8], shift: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The logits [n, 7] without the balance of the file: of the faces, and of the mean."""
    runtime = load_runtime(file)
    description = runtime.description()
    own = description["class_balance"] * shift

    def unbalanced(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        found = np.stack([runtime.infer(np.ascontiguousarray(f)[None, ..., None]) for f in faces])
        return np.log(found + STEP / 2) * description["temperature"] - own

    face, mirror = unbalanced(images), unbalanced(images[:, :, ::-1])
    return face, np.log((softmax(face) + softmax(mirror)) / 2)


def _row(predicted: NDArray[np.int64], faces: Faces) -> str:
    right = predicted == faces.labels
    recalls = [right[faces.labels == label].mean() for label in range(len(EMOTIONS))]
    voted = faces.votes.any(axis=1)
    return " | ".join(
        (
            _percent(right),
            _percent(np.array(recalls)),
            f"{_percent(right[faces.labels == DISGUST])}, {_percent(right[predicted == DISGUST])}",
            _percent(predicted[voted] == faces.votes[voted].argmax(axis=1)),
        )
    )


def _percent(shares: NDArray[np.bool_ | np.float64]) -> str:
    return f"{100 * float(np.mean(shares)):.1f}%"


if __name__ == "__main__":
    main()
