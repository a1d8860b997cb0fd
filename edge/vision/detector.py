"""Face detection in grey pictures with OpenCV's Haar cascades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, area, distance
from edge.vision.median import median
from edge.vision.rotation import rotate
from moodpi.errors import MoodpiError
from moodpi.files import descriptor_name
from moodpi.requirements import OPENCV, how_to_install

# alt2, not default: default takes shoulders for large faces, alt2 does not.
CASCADE = "haarcascade_frontalface_alt2.xml"
DEBIAN_CASCADES = Path("/usr/share/opencv4/haarcascades")
# A picture with a lower mean, in grey levels, is smoothed by a Gaussian with this standard
# deviation, in pixels. Otherwise its noise, which the equalization of the histogram amplifies,
# hides faces (`python -m tests.studies.view_thresholds`).
DIM = 50.0
SMOOTHING = 1.0
# The local search scales the known face to this width in pixels and accepts sizes between these
# shares of the previous one. It needs fewer overlapping hits because the face is already confirmed.
LOCAL_FACE_WIDTH = 40
LOCAL_SIZE_RANGE = (0.75, 1.35)
LOCAL_MIN_NEIGHBOURS = 3
# Second cascade of the local search. It still detects a known face that shouts or frowns, which
# alt2 often misses.
LOCAL_FALLBACK_CASCADE = "haarcascade_frontalface_default.xml"
# The search for a face that fills the picture. The shorter side is scaled to this many pixels and
# gets a border, in shares of that side. Faces have sizes between these shares of it. The hits of
# all passes count together. The numbers are chosen with `python -m tests.studies.close_ups`.
CLOSE_UP_SIDE = 96
CLOSE_UP_BORDER = 0.3
CLOSE_UP_SIZE_RANGE = (0.6, 1.25)
# Roll in degrees, and whether the picture is mirrored.
CLOSE_UP_PASSES = ((0, False), (0, True), (15, False), (-15, False))
CLOSE_UP_MIN_HITS = 3
# The cascade sees less around a face with a border than around one in a scene, and its boxes are
# smaller by this factor.
CLOSE_UP_GROWTH = 1.1
CLOSE_UP_MAX_ASPECT = 2


@dataclass(frozen=True)
class Detection:
    """A face that was detected.

    Attributes:
        box: Its position in the picture.
        hits: The overlapping windows that the cascade accepted. Clear faces have 20 and more, false
            ones seldom more than 12.

    """

    box: Box
    hits: int


class HaarFaceDetector:
    """Viola-Jones detector ("Rapid object detection using a boosted cascade", CVPR 2001).

    `roll` is the in-plane rotation in degrees by which the picture is turned counter-clockwise
    before the search: a head that leans to the picture's right is upright at a positive roll.

    Args:
        longest_side: The picture is scaled down to this many pixels before the search.
        min_face_size: Smallest side of a face, in pixels of the scaled picture.
        min_neighbours: Overlapping hits that make a face. A higher number gives fewer false ones.
        scale_factor: The ratio of successive sizes of the search. A higher number takes less time
            and gives fewer hits.

    """

    def __init__(
        self,
        longest_side: int = 960,
        min_face_size: int = 40,
        min_neighbours: int = 5,
        scale_factor: float = 1.1,
    ) -> None:
        self._longest_side = longest_side
        self._min_face_size = min_face_size
        self._min_neighbours = min_neighbours
        self._scale_factor = scale_factor
        self._cascade = _load_cascade(CASCADE)

    def detect(self, grey: NDArray[np.uint8], roll: float = 0.0) -> list[Box]:
        """The boxes of all faces in a uint8 picture [h, w], the largest first."""
        return [detection.box for detection in self.detections(grey, roll)]

    def detections(self, grey: NDArray[np.uint8], roll: float = 0.0) -> list[Detection]:
        """All faces in a uint8 picture [h, w] with their hits, the largest first."""
        scale = min(1.0, self._longest_side / max(grey.shape))
        if min(grey.shape) * scale < self._min_face_size:
            return []
        rotated, inverse = rotate(_shrink(grey, scale), roll)
        windows, hits = self._cascade.detectMultiScale2(
            _equalized(rotated),
            scaleFactor=self._scale_factor,
            minNeighbors=self._min_neighbours,
            minSize=(self._min_face_size, self._min_face_size),
        )
        found = [
            Detection(_to_picture(window, inverse, 1 / scale, (0, 0), grey.shape), int(count))
            for window, count in zip(windows, hits, strict=True)
        ]
        return sorted(found, key=lambda detection: area(detection.box), reverse=True)

    def detect_close_up(self, grey: NDArray[np.uint8]) -> Detection | None:
        """The face that fills a uint8 picture [h, w], with a border around it; None without one.

        The cascade needs some surroundings, which a tightly cropped face does not have.
        """
        height, width = grey.shape
        if max(height, width) > CLOSE_UP_MAX_ASPECT * min(height, width):
            return None
        scale = CLOSE_UP_SIDE / min(height, width)
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        size = (round(width * scale), round(height * scale))
        border = round(CLOSE_UP_BORDER * CLOSE_UP_SIDE)
        framed = cv2.copyMakeBorder(
            cv2.resize(grey, size, interpolation=interpolation),
            *(border, border, border, border),
            borderType=cv2.BORDER_REPLICATE,
        )
        hits = [
            hit
            for roll, mirrored in CLOSE_UP_PASSES
            for hit in self._close_up_hits(framed, roll, mirrored=mirrored)  # type: ignore[arg-type]
        ]
        if len(hits) < CLOSE_UP_MIN_HITS:
            return None
        x, y, side = (float(value) for value in median(hits))
        side *= CLOSE_UP_GROWTH
        corner = (x - border - side / 2, y - border - side / 2, side, side)
        return Detection(_to_picture(corner, None, 1 / scale, (0, 0), grey.shape), len(hits))

    def _close_up_hits(
        self, framed: NDArray[np.uint8], roll: float, *, mirrored: bool
    ) -> list[tuple[float, float, float]]:
        """The centre x and y and the side of each window that the cascade accepts in one pass."""
        picture = np.ascontiguousarray(framed[:, ::-1]) if mirrored else framed
        rotated, inverse = rotate(picture, roll)
        smallest, largest = (round(share * CLOSE_UP_SIDE) for share in CLOSE_UP_SIZE_RANGE)
        windows = self._cascade.detectMultiScale(
            _equalized(rotated),
            scaleFactor=1.1,
            minNeighbors=0,
            minSize=(smallest, smallest),
            maxSize=(largest, largest),
        )
        hits = []
        for window in windows:
            x, y = _middle(window, inverse)
            hits.append((framed.shape[1] - x if mirrored else x, y, float(window[2])))
        return hits

    def detect_near(
        self, grey: NDArray[np.uint8], box: Box, margin: float, roll: float = 0.0
    ) -> Box | None:
        """The new box of the face that was at `box`; None if it is not found.

        Searches around `box` only, for faces of about its size. margin: the searched border around
        the box, in widths of the box.
        """
        x, y, width, height = box
        margin_x, margin_y = round(margin * width), round(margin * height)
        left, top = max(0, x - margin_x), max(0, y - margin_y)
        patch = grey[top : y + height + margin_y, left : x + width + margin_x]
        scale = min(1.0, LOCAL_FACE_WIDTH / width)
        smallest, largest = (round(size * scale * width) for size in LOCAL_SIZE_RANGE)
        if min(patch.shape) * scale < smallest:  # also if the picture became smaller
            return None
        rotated, inverse = rotate(_shrink(patch, scale), roll)
        searched = _equalized(rotated)
        for cascade in (self._cascade, self._fallback_cascade) if roll == 0 else (self._cascade,):
            hits = cascade.detectMultiScale(
                searched,
                scaleFactor=1.05,
                minNeighbors=LOCAL_MIN_NEIGHBOURS,
                minSize=(smallest, smallest),
                maxSize=(largest, largest),
            )
            boxes = [_to_picture(hit, inverse, 1 / scale, (left, top), grey.shape) for hit in hits]
            if boxes:
                return min(boxes, key=lambda candidate: distance(candidate, box))
        return None

    @cached_property
    def _fallback_cascade(self) -> cv2.CascadeClassifier:
        """Loaded at its first use: photos never need it."""
        return _load_cascade(LOCAL_FALLBACK_CASCADE)


def _shrink(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale == 1:
        return grey
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _equalized(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the cascades search: about as many dark pixels as bright ones, and little noise."""
    if cv2.mean(picture)[0] < DIM:
        picture = cv2.GaussianBlur(picture, (0, 0), SMOOTHING)  # type: ignore[assignment]
    return cv2.equalizeHist(picture)  # type: ignore[return-value]


def _middle(window: Sequence[float], inverse: NDArray[np.float64] | None) -> tuple[float, float]:
    """The centre of a window in the rotated picture, in coordinates of the original."""
    x, y, width, height = (float(value) for value in window)
    middle = np.array([x + width / 2, y + height / 2, 1.0])
    if inverse is not None:
        middle[:2] = inverse @ middle
    return float(middle[0]), float(middle[1])


def _to_picture(
    window: Sequence[float],
    inverse: NDArray[np.float64] | None,
    factor: float,
    offset: tuple[int, int],
    shape: tuple[int, ...],
) -> Box:
    """Map a window in the rotated and scaled patch to an upright box within the picture."""
    x, y = _middle(window, inverse)
    width, height = float(window[2]), float(window[3])
    left = round((x - width / 2) * factor) + offset[0]
    top = round((y - height / 2) * factor) + offset[1]
    right = min(shape[1], left + round(width * factor))
    bottom = min(shape[0], top + round(height * factor))
    left, top = max(0, left), max(0, top)
    return left, top, right - left, bottom - top


def _load_cascade(name: str) -> cv2.CascadeClassifier:
    if not hasattr(cv2, "CascadeClassifier"):
        raise MoodpiError(
            f"OpenCV {cv2.__version__} has no CascadeClassifier, expected 4.x: "
            f"{how_to_install(OPENCV)}",
            code="unsupported_opencv",
        )
    bundled = Path(cv2.__file__).parent / "data"
    for folder in (bundled, DEBIAN_CASCADES):
        path = folder / name
        if path.is_file():
            with descriptor_name(path) as readable:
                cascade = cv2.CascadeClassifier(readable)
            if not cascade.empty():
                return cascade
    raise MoodpiError(
        f"{name} found neither in {bundled} nor in {DEBIAN_CASCADES}: "
        f"{how_to_install(OPENCV)}, or apt install opencv-data",
        code="no_cascade",
    )
