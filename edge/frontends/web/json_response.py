"""JSON as the page sends it."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


def to_json(content: Any) -> bytes:
    """The content as JSON in UTF-8.

    A lone surrogate, which has no encoding in UTF-8, becomes a question mark: a title or a name
    can contain one.
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


class SafeJsonResponse(JSONResponse):
    """A response with the content as JSON."""

    def render(self, content: Any) -> bytes:
        return to_json(content)
