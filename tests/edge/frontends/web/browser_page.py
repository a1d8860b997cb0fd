"""The page in Debian's Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def opened(browser: Any, url: str, **context_options: Any) -> Iterator[Any]:
    """The page at `url`, ready to use.

    Fails at the end if it logged anything to the console, except that a response has a status of
    4xx, or if it requested anything from another host.
    """
    problems: list[str] = []
    host = "/".join(url.split("/")[:3])

    def check_host(request: Any) -> None:
        if not request.url.startswith((host, "blob:", "data:")):
            problems.append(f"requested {request.url}")

    context = browser.new_context(**context_options)
    try:
        page = context.new_page()
        page.on("console", lambda message: problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", check_host)
        page.goto(url)
        page.wait_for_selector("body.ready")
        yield page
    finally:
        context.close()
    assert [line for line in problems if "responded with a status of 4" not in line] == []


def wait_for_result(page: Any) -> None:
    """Wait until the answer to a photo is shown."""
    page.locator("body:not(.busy) #result").wait_for(timeout=20_000)
