"""The code blocks of the documentation."""

from __future__ import annotations

import re


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of a text in one language, without their indentation."""
    found = re.findall(rf"^([ ]*)```{language}\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]
