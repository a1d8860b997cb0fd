"""Who may open the page: the settings of each answer."""

from __future__ import annotations

from typing import Any

PAGES: dict[str, dict[str, Any]] = {
    "home": {"web.enabled": True, "web.host": "0.0.0.0"},  # noqa: S104
    "this-machine": {"web.enabled": True, "web.host": "127.0.0.1"},
    "off": {"web.enabled": False},
}
