"""A made-up FER2013 file: random faces with the real file's columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

PIXELS = 48 * 48
WriteCsv = Callable[..., Path]


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Write rows `emotion,pixels,Usage` under FER2013's header, or under another."""

    def write(*rows: str, header: str = "emotion,pixels,Usage") -> Path:
        path = tmp_path / "fer2013.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def fer_rows() -> list[str]:
    """160 Training and 40 PublicTest rows of noise, all seven emotions in turn."""
    random = np.random.default_rng(0)
    return [
        f"{index % 7},{' '.join(map(str, random.integers(0, 256, PIXELS)))},"
        f"{'Training' if index < 160 else 'PublicTest'}"
        for index in range(200)
    ]
