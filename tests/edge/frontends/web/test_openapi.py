"""The OpenAPI document describes the server: schemathesis sends allowed and other requests."""

from __future__ import annotations

import json

import pytest

httpx = pytest.importorskip("httpx")
schemathesis = pytest.importorskip("schemathesis")
hypothesis = pytest.importorskip("hypothesis")
pytest.importorskip("starlette")
from edge.frontends.web.openapi import openapi_document  # noqa: E402

# Endless, so it has a test of its own.
STREAM = "/api/events"
DOCUMENT = openapi_document()
OPERATIONS = [
    (method, path)
    for path, methods in DOCUMENT["paths"].items()
    if path != STREAM
    for method in methods
]
# A schema cannot state that a photo has a face or that a track is in the catalogue.
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

pytestmark = pytest.mark.system
MODES = schemathesis.GenerationMode


@pytest.mark.parametrize("mode", [MODES.POSITIVE, MODES.NEGATIVE], ids=["allowed", "not allowed"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_response_matches_the_document(server, method: str, path: str, mode) -> None:
    described = schemathesis.openapi.from_url(server.url + "/openapi.json")[path][method]
    if mode is MODES.NEGATIVE and method == "get":
        pytest.skip("not applicable: no parameters")

    @hypothesis.settings(max_examples=40, deadline=None, database=None, derandomize=True)
    @hypothesis.given(case=described.as_strategy(generation_mode=mode))
    def ask(case) -> None:
        case.call_and_validate(timeout=60, excluded_checks=[checks.positive_data_acceptance])

    ask()


def test_the_event_stream_begins_with_the_status(server) -> None:
    with httpx.stream("GET", server.url + STREAM, timeout=20) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line, _ in zip(stream.iter_lines(), range(4), strict=False)]
    assert lines[2] == "event: status"
    assert json.loads(lines[3].removeprefix("data: "))["daemon"] is None


def test_a_recommendation_matches_its_schema(server, portrait) -> None:
    jsonschema = pytest.importorskip("jsonschema_rs")
    document = server.get("/openapi.json").json()
    answer = server.post("/api/recommend", portrait.read_bytes()).json()
    wanted = {"$ref": "#/components/schemas/Recommendation", "components": document["components"]}
    assert jsonschema.is_valid(wanted, answer)
    assert not jsonschema.is_valid(wanted, answer | {"emotion": "hungry"})
