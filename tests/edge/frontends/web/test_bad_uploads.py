"""What is no photo of a face is answered with a reason; the server stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edge.frontends.web.bad_uploads import bad_uploads

httpx = pytest.importorskip("httpx")

pytestmark = pytest.mark.system
FIRST_WORDS = 60
GROWTH_MB = 10


def test_three_hundred_bad_uploads_get_a_reason_and_change_nothing(serve, portrait: Path) -> None:
    uploads = dict(bad_uploads(portrait))
    assert len(uploads) >= 300
    with serve() as served, httpx.Client(base_url=served.url, timeout=60) as client:
        for _ in range(2):
            _send_all(client, uploads)  # what is loaded or kept for once is there
        before = served.megabytes
        wrong = _send_all(client, uploads)
        assert wrong == []
        assert served.megabytes - before < GROWTH_MB
        good = client.post("/api/recommend", content=portrait.read_bytes())
        assert good.json()["emotion"] == "happy"
        assert served.log.read_text() == ""


def _send_all(client, uploads: dict[str, bytes]) -> list[str]:
    """What was answered otherwise than 4xx with a sentence and a word."""
    wrong = []
    for name, content in uploads.items():
        answer = client.post("/api/recommend", content=content)
        said = answer.json()
        if not 400 <= answer.status_code < 500 or not said.get("error") or not said.get("code"):
            wrong.append(f"{name}: {answer.status_code} {answer.text[:FIRST_WORDS]}")
    return wrong
