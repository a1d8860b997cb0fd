"""Invalid uploads get an error, and do not change the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edge.frontends.web.bad_uploads import bad_uploads

httpx = pytest.importorskip("httpx")

pytestmark = pytest.mark.system
MAX_EXCERPT = 60
GROWTH_MB = 10


def test_three_hundred_bad_uploads_get_errors_and_change_nothing(serve, portrait: Path) -> None:
    uploads = dict(bad_uploads(portrait))
    assert len(uploads) >= 300
    with serve() as served, httpx.Client(base_url=served.url, timeout=60) as client:
        for _ in range(2):
            _send_all(client, uploads)  # fills caches
        before = served.megabytes
        wrong = _send_all(client, uploads)
        assert wrong == []
        assert served.megabytes - before < GROWTH_MB
        good = client.post("/api/recommend", content=portrait.read_bytes())
        assert good.json()["emotion"] == "happy"
        assert served.log.read_text() == ""


def _send_all(client, uploads: dict[str, bytes]) -> list[str]:
    """The uploads that did not get a 4xx response with a message and a code."""
    wrong = []
    for name, content in uploads.items():
        response = client.post("/api/recommend", content=content)
        body = response.json()
        if not 400 <= response.status_code < 500 or not body.get("error") or not body.get("code"):
            wrong.append(f"{name}: {response.status_code} {response.text[:MAX_EXCERPT]}")
    return wrong
