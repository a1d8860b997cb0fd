"""The page in Debian's Chromium, driven by Playwright."""

from __future__ import annotations

from typing import Any


class opened:  # noqa: N801
    def __init__(self, browser, url: str, **how: Any) -> None:
        self._context = browser.new_context(**how)
        self._url = url
        self._complaints: list[str] = []

    def __enter__(self) -> Any:
        page = self._context.new_page()
        page.on("console", lambda said: self._complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("request", self._stays_here)
        page.goto(self._url)
        page.wait_for_selector("body.ready")
        return page

    def __exit__(self, kind: object, *_: object) -> None:
        self._context.close()
        # A refusal that the test asked for is one line of Chromium's own.
        odd = [
            line
            for line in self._complaints
            if "the server responded with a status of 4" not in line
        ]
        assert kind is not None or odd == []

    def _stays_here(self, request) -> None:
        here = "/".join(self._url.split("/")[:3])
        if not request.url.startswith((here, "blob:", "data:")):
            self._complaints.append(f"asked {request.url}")
