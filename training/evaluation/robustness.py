"""The robustness card: the accuracy on faces under fixed, seeded changes of five strengths each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data.faces import Faces

SEED = 1
FaceImages = NDArray[np.uint8]
Change = Callable[[FaceImages, float, np.random.Generator], FaceImages]
# The rows of a pair of glasses in a face crop begin at this share of its side.
GLASSES_TOP = 0.36
GLASSES_GREY = 20


@dataclass(frozen=True)
class RobustnessTest:
    """One kind of change.

    Attributes:
        name: The change and its unit.
        strengths: Its strengths, the weakest first.
        change: Changes faces uint8 [n, 48, 48] with a strength.

    """

    name: str
    strengths: tuple[float, ...]
    change: Change


@dataclass(frozen=True)
class RobustnessCard:
    """The top-1 accuracy of one model.

    Attributes:
        faces: The number of faces.
        unchanged: On unchanged faces, 0 to 1.
        changed: By name of the change: strength and top-1, the weakest first.

    """

    faces: int
    unchanged: float
    changed: Mapping[str, tuple[tuple[float, float], ...]]

    def to_json(self) -> dict[str, Any]:
        """The card as JSON values."""
        return asdict(self)

    def markdown(self) -> list[str]:
        """The card as a table in Markdown: strength and top-1 in each cell."""
        rows = [
            f"| {name} | "
            + " | ".join(f"{strength:g}: {100 * top1:.1f}" for strength, top1 in results)
            + " |"
            for name, results in self.changed.items()
        ]
        return [
            f"top-1 in % on {self.faces} faces: {100 * self.unchanged:.1f} without a change",
            "",
            "| change | strength: top-1 | | | | |",
            "|---|---|---|---|---|---|",
            *rows,
        ]


def measure_robustness(
    logits: Callable[[FaceImages], NDArray[np.float32]], faces: Faces
) -> RobustnessCard:
    """Apply every change of TESTS in every strength and classify the changed faces."""

    def top1(images: FaceImages) -> float:
        return round(float(np.mean(logits(images).argmax(axis=1) == faces.labels)), 5)

    return RobustnessCard(
        len(faces),
        top1(faces.images),
        {
            test.name: tuple(
                (strength, top1(changed(test, strength, faces.images)))
                for strength in test.strengths
            )
            for test in TESTS
        },
    )


def changed(test: RobustnessTest, strength: float, images: FaceImages) -> FaceImages:
    """The faces uint8 [n, 48, 48] after a change; the same for the same faces and strength."""
    return test.change(images, strength, np.random.default_rng(SEED))


def _noise(images: FaceImages, sigma: float, random: np.random.Generator) -> FaceImages:
    return _to_bytes(images + random.normal(0, sigma, images.shape))


def _darkness(images: FaceImages, factor: float, _: np.random.Generator) -> FaceImages:
    return _to_bytes(images * factor)


def _contrast(images: FaceImages, factor: float, _: np.random.Generator) -> FaceImages:
    mean = images.mean(axis=(1, 2), keepdims=True)
    return _to_bytes((images - mean) * factor + mean)


def _side_light(images: FaceImages, gradient: float, random: np.random.Generator) -> FaceImages:
    ramp = np.linspace(-gradient, gradient, images.shape[2])
    sides = random.choice((-1, 1), (len(images), 1, 1))
    return _to_bytes(images * (1 + sides * ramp))


def _blur(images: FaceImages, sigma: float, _: np.random.Generator) -> FaceImages:
    return np.stack([cv2.GaussianBlur(face, (0, 0), sigma) for face in images]).astype(np.uint8)


def _few_pixels(images: FaceImages, side: float, _: np.random.Generator) -> FaceImages:
    size = (round(side), round(side))
    small = [cv2.resize(face, size, interpolation=cv2.INTER_AREA) for face in images]
    whole = (images.shape[2], images.shape[1])
    return np.stack([cv2.resize(face, whole) for face in small]).astype(np.uint8)


def _rotation(images: FaceImages, degrees: float, random: np.random.Generator) -> FaceImages:
    centre = ((images.shape[2] - 1) / 2, (images.shape[1] - 1) / 2)
    return np.stack(
        [
            _warp(face, cv2.getRotationMatrix2D(centre, sign * degrees, 1))
            for face, sign in zip(images, random.choice((-1, 1), len(images)), strict=True)
        ]
    )


def _off_centre(images: FaceImages, share: float, random: np.random.Generator) -> FaceImages:
    angles = random.uniform(0, 2 * np.pi, len(images))
    shifts = share * images.shape[1] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.stack(
        [
            _warp(face, np.array([[1, 0, dx], [0, 1, dy]]))
            for face, (dx, dy) in zip(images, shifts, strict=True)
        ]
    )


def _jpeg(images: FaceImages, quality: float, _: np.random.Generator) -> FaceImages:
    options = (cv2.IMWRITE_JPEG_QUALITY, round(quality))
    files = [cv2.imencode(".jpg", face, options)[1] for face in images]
    return np.stack([cv2.imdecode(file, cv2.IMREAD_GRAYSCALE) for file in files]).astype(np.uint8)


def _glasses(images: FaceImages, share: float, _: np.random.Generator) -> FaceImages:
    side = images.shape[1]
    top, height = round(GLASSES_TOP * side), round(share * side)
    covered = images.copy()
    covered[:, top : top + height, side // 8 : -(side // 8)] = GLASSES_GREY
    return covered


def _warp(face: FaceImages, matrix: cv2.typing.MatLike) -> FaceImages:
    moved = cv2.warpAffine(
        face, matrix, (face.shape[1], face.shape[0]), borderMode=cv2.BORDER_REFLECT_101
    )
    return moved.astype(np.uint8, copy=False)


def _to_bytes(images: NDArray[np.floating]) -> FaceImages:
    return np.clip(np.rint(images), 0, 255).astype(np.uint8)


TESTS = (
    RobustnessTest("noise, sigma in grey levels", (5, 10, 20, 30, 40), _noise),
    RobustnessTest("darkness, factor", (0.7, 0.5, 0.35, 0.25, 0.15), _darkness),
    RobustnessTest("low contrast, factor", (0.7, 0.5, 0.35, 0.25, 0.15), _contrast),
    RobustnessTest("light from the side, gradient", (0.2, 0.4, 0.6, 0.8, 1.0), _side_light),
    RobustnessTest("blur, sigma in pixels", (0.5, 1.0, 1.5, 2.0, 3.0), _blur),
    RobustnessTest("few pixels, across", (40, 32, 24, 16, 12), _few_pixels),
    RobustnessTest("rotation, degrees", (5, 10, 20, 30, 45), _rotation),
    RobustnessTest("off-centre box, share of the side", (0.04, 0.08, 0.12, 0.16, 0.2), _off_centre),
    RobustnessTest("JPEG, quality", (70, 40, 20, 10, 5), _jpeg),
    RobustnessTest("glasses, height as share", (0.04, 0.08, 0.12, 0.16, 0.2), _glasses),
)
