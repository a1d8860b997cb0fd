"""Films docs/page-live.webp: the live page next to the film of a face that moodpi watches.

`python -m tests.pictures.animation` takes a minute and a half. moodpi, its player and the page are
real; the face is the bundled portrait with other mouths (tests/edge/expressions.py).
"""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import httpx
from PIL import Image, ImageDraw, ImageFont, ImageOps

from models.palette import PAPER, SOFT
from moodpi.files import write_atomic
from tests.conftest import ROOT
from tests.pictures.chromium import chromium
from tests.pictures.live_run import RATE, SCRIPT, WAIT, live_run, write_film, write_songs

# How much faster than the film the animation is.
SPEED = 3
# The page in its own pixels, and how many of the picture's there are for one.
PAGE, SCALE = {"width": 880, "height": 760}, 0.8
# The part of the film around the face, left, top, right and bottom; its size in the picture.
FACE, FILM, EDGE = (120, 20, 360, 200), (240, 180), 16
CAPTION = f"What moodpi sees, {SPEED} times as fast"
# Between two pictures of the animation, in the film; in seconds.
INTERVAL = 0.6
SECONDS = sum(seconds for seconds, _ in SCRIPT[:-1])
MAX_BYTES = 1_000_000
QUALITY = 45


def main() -> None:
    """Run, film, write."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        film, music = write_film(folder), write_songs(folder)
        with live_run(folder / "home", str(film), music, options=["--realtime"]) as (url, _):
            pictures = _pictures(browser, url, film)
    stream = io.BytesIO()
    pictures[0].save(
        stream,
        "WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * INTERVAL / SPEED),
        loop=0,
        quality=QUALITY,
        method=6,
    )
    assert stream.tell() < MAX_BYTES, f"{stream.tell()} bytes"
    write_atomic({ROOT / "docs" / "page-live.webp": stream.getvalue()})


def _pictures(browser: Any, url: str, film: Path) -> list[Image.Image]:
    """The page and the film at the same times, from shortly before the face appears."""
    page = browser.new_page(viewport=PAGE, device_scale_factor=SCALE)
    page.goto(f"{url}/#live")
    page.wait_for_selector("#live-content:not([hidden])")
    start = time.monotonic() - _position(url)
    pictures = []
    position = WAIT - 1.0
    while position < SECONDS:
        time.sleep(max(0.0, start + position - time.monotonic()))
        pictures.append(_side_by_side(_frame(film, position), page.screenshot()))
        position += INTERVAL
    page.close()
    return pictures


def _position(url: str) -> float:
    """How much of the film moodpi has read, in seconds."""
    status = httpx.get(f"{url}/api/status", timeout=20).json()["daemon"]
    return float((status["frames"] + status["dropped"]) / RATE)


def _frame(film: Path, position: float) -> Image.Image:
    """The film's picture at that time."""
    video = cv2.VideoCapture(str(film))
    video.set(cv2.CAP_PROP_POS_FRAMES, int(position * RATE))
    _, frame = video.read()
    video.release()
    return Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).crop(FACE).resize(FILM)


def _side_by_side(frame: Image.Image, screenshot: bytes) -> Image.Image:
    page = Image.open(io.BytesIO(screenshot)).convert("RGB")
    canvas = Image.new("RGB", (FILM[0] + 2 * EDGE + page.width, page.height), PAPER)
    canvas.paste(ImageOps.expand(frame, 1, "white"), (EDGE, EDGE))
    place = (EDGE, EDGE + FILM[1] + EDGE)
    ImageDraw.Draw(canvas).text(place, CAPTION, SOFT, ImageFont.load_default(13))
    canvas.paste(page, (FILM[0] + 2 * EDGE, 0))
    return canvas


if __name__ == "__main__":
    main()
