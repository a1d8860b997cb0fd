"""Draws docs/moodpi.svg from what `moodpi recommend` answers for the bundled portrait.

`python -m tests.pictures.overview`
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from html import escape
from typing import Any

import cv2

from models.palette import EMOTION_COLOURS
from moodpi.files import write_atomic
from tests.conftest import ROOT

PHOTO = "tests/data/eileen_collins.jpg"
STYLE = """
text{font-family:ui-rounded,"SF Pro Rounded",Nunito,system-ui,"Segoe UI",Roboto,sans-serif}
.card{fill:#fff;stroke:#e6dfd5}.ink{fill:#241f1a}.soft{fill:#655d54}.rail{fill:#f0ebe3}
.line{stroke:#e6dfd5;fill:none}
@media (prefers-color-scheme: dark){.card{fill:#1f1c18;stroke:#37312a}.ink{fill:#f6f1ea}
.soft{fill:#b5aa9d}.rail{fill:#2e2923}.line{stroke:#4a433a}}
"""
# Left edge and width of each card, in pixels.
CARDS = ((10, 220), (250, 240), (510, 220), (750, 330))
TITLES = (
    ("1 Face", "found by a Haar cascade"),
    ("2 Emotion", "int8 network, on the device"),
    ("3 Mood", "valence and arousal, over time"),
    ("4 Five tracks", "from a catalogue scored in advance"),
)


def main() -> None:
    """Recommend, draw, write."""
    command = ["recommend", PHOTO, "--seed", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "moodpi", *command],
        cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    parts = [*_cards(), *_face(answer), *_bars(answer), *_plane(answer), *_tracks(answer)]
    label = "A face in a box, seven probabilities, a point on valence and arousal, five tracks"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1090 330" role="img" '
        f'aria-label="{label}">\n<style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )
    write_atomic({ROOT / "docs" / "moodpi.svg": svg.encode()})


def _text(x: float, y: float, text: str, kind: str = "ink", size: int = 13, **more: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return (
        f'<text x="{x:g}" y="{y:g}" class="{kind}" font-size="{size}"{attributes}>'
        f"{escape(text)}</text>"
    )


def _cards() -> list[str]:
    parts = []
    for (x, width), (title, subtitle) in zip(CARDS, TITLES, strict=True):
        parts += [
            f'<rect class="card" x="{x}" y="10" width="{width}" height="310" rx="18"/>',
            _text(x + 18, 40, title, size=15, font_weight="700"),
            _text(x + 18, 60, subtitle, "soft", 12),
        ]
    return parts


def _face(answer: dict[str, Any]) -> list[str]:
    """The portrait around the face, with the detector's box."""
    picture = cv2.imread(str(ROOT / PHOTO))
    x, y, width, height = answer["faces"][0]
    side = round(2 * width)
    left, top = x + width // 2 - side // 2, max(0, y + height // 2 - side // 2)
    patch = cv2.resize(picture[top : top + side, left : left + side], (368, 368))
    _, jpeg = cv2.imencode(".jpg", patch, [cv2.IMWRITE_JPEG_QUALITY, 82])
    data = base64.b64encode(jpeg.tobytes()).decode()
    scale = 184 / side
    return [
        '<clipPath id="round"><rect x="28" y="78" width="184" height="184" rx="12"/></clipPath>',
        (
            f'<image x="28" y="78" width="184" height="184" clip-path="url(#round)" '
            f'href="data:image/jpeg;base64,{data}"/>'
        ),
        (
            f'<rect x="{28 + (x - left) * scale:.1f}" y="{78 + (y - top) * scale:.1f}" '
            f'width="{width * scale:.1f}" height="{height * scale:.1f}" rx="6" fill="none" '
            f'stroke="{EMOTION_COLOURS[answer["emotion"]]}" stroke-width="3"/>'
        ),
        _text(120, 292, "48 x 48 grey pixels, never stored", "soft", 12, text_anchor="middle"),
    ]


def _bars(answer: dict[str, Any]) -> list[str]:
    parts = []
    ranked = sorted(answer["probabilities"].items(), key=lambda pair: -pair[1])
    for row, (emotion, probability) in enumerate(ranked):
        y = 100 + 30 * row
        length = max(6.0, 90 * probability)
        parts += [
            _text(268, y, emotion, font_weight="700" if row == 0 else "400"),
            f'<rect class="rail" x="335" y="{y - 10}" width="90" height="11" rx="5.5"/>',
            (
                f'<rect x="335" y="{y - 10}" width="{length:.1f}" height="11" rx="5.5" '
                f'fill="{EMOTION_COLOURS[emotion]}"/>'
            ),
            _text(474, y, f"{probability:.1%}", "soft", 12, text_anchor="end"),
        ]
    return parts


def _plane(answer: dict[str, Any]) -> list[str]:
    x, y, radius = 620, 180, 84
    valence, arousal = answer["valence"], answer["arousal"]
    px, py = x + radius * valence, y - radius * arousal
    return [
        f'<circle class="line" cx="{x}" cy="{y}" r="{radius}"/>',
        f'<path class="line" d="M{x - radius} {y}h{2 * radius}M{x} {y - radius}v{2 * radius}"/>',
        _text(x, y - radius - 6, "excited", "soft", 11, text_anchor="middle"),
        _text(x, y + radius + 15, "calm", "soft", 11, text_anchor="middle"),
        _text(x + radius - 4, y + 14, "pleasant", "soft", 11, text_anchor="end"),
        _text(x - radius + 4, y + 14, "unpleasant", "soft", 11),
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="8" fill="{EMOTION_COLOURS[answer["emotion"]]}"/>',
        _text(px - 13, py + 4, answer["emotion"], size=12, font_weight="700", text_anchor="end"),
        _text(
            x,
            305,
            f"valence {valence:+.2f}, arousal {arousal:+.2f}",
            "soft",
            12,
            text_anchor="middle",
        ),
    ]


def _tracks(answer: dict[str, Any]) -> list[str]:
    parts = []
    for row, track in enumerate(answer["tracks"]):
        y = 82 + 46 * row
        colour = EMOTION_COLOURS[answer["emotion"]]
        parts += [
            f'<rect class="rail" x="766" y="{y}" width="298" height="40" rx="10"/>',
            f'<path fill="{colour}" d="M779 {y + 12}l13 8l-13 8z"/>',
            _text(803, y + 17, _cut(track["title"], 38), font_weight="700"),
            _text(803, y + 33, _cut(track["artist"], 42), "soft", 12),
        ]
    return parts


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


if __name__ == "__main__":
    main()
