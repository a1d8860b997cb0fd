"""Generated pictures and videos for the tests of sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge.frame import Frame
from edge.sources import FrameSource, open_source

WIDTH, HEIGHT = 96, 64


def picture(level: int) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


def video(path: Path, frames: int = 20, rate: float = 10.0, codec: str = "MJPG") -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate, (WIDTH, HEIGHT))
    assert writer.isOpened()
    random = np.random.default_rng(1)
    for index in range(frames):
        noise = random.integers(0, 8, (HEIGHT, WIDTH, 3), np.uint8)
        writer.write(picture(6 * index) + noise)
    writer.release()
    return path


def portrait_film(path: Path, portrait: Path, seconds: float = 3, rate: float = 10.0) -> Path:
    """The portrait, swaying and breathing, in a video of 480 x 360 pixels."""
    return face_film(path, [(seconds, cv2.imread(str(portrait)))], rate)


def face_film(path: Path, scenes: Sequence[tuple[float, np.ndarray]], rate: float = 10.0) -> Path:
    """Pictures of 512 x 512 pixels, each for some seconds, swaying and breathing as one film."""
    size = (480, 360)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, size)
    assert writer.isOpened()
    pictures = [picture for seconds, picture in scenes for _ in range(int(seconds * rate))]
    for place, picture in enumerate(pictures):
        phase = 2 * np.pi * place / (2 * rate)
        scale = 0.7 + 0.03 * np.cos(phase)
        shift = (size[0] / 2 - 256 * scale + 20 * np.sin(phase), 5 * np.cos(phase))
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
        writer.write(cv2.warpAffine(picture, matrix, size, borderValue=(60, 60, 60)))
    writer.release()
    return path


def every_frame(text: object, **options: Any) -> list[Frame]:
    with open_source(str(text), **options) as source:
        return list(iter(source.read, None))


def drain(source: FrameSource, into: list[Frame]) -> None:
    while (frame := source.read()) is not None:
        into.append(frame)
