from __future__ import annotations

import re

from models.emotions import EMOTIONS
from models.palette import EDGE, EMOTION_COLOURS, INK, PAPER, SOFT
from tests.conftest import ROOT

PAGE = ROOT / "edge" / "frontends" / "web" / "static" / "page.css"


def test_figures_have_the_colours_of_the_page() -> None:
    light, _, _ = PAGE.read_text().partition("@media (prefers-color-scheme: dark)")
    page = dict(re.findall(r"--([\w-]+): (#\w+);", light))
    named = {"paper": PAPER, "ink": INK, "soft": SOFT, "edge": EDGE, **EMOTION_COLOURS}
    assert {name: page[name] for name in named} == named
    assert set(EMOTION_COLOURS) == set(EMOTIONS)
