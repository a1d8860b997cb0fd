"""The OpenAPI 3.1 description of the HTTP interface, made from the code that implements it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from edge.daemon.commands import PAGE_COMMANDS, VERDICTS
from edge.frontends.web.errors import STATUS, ErrorCode
from edge.frontends.web.json_lines import MEDIA_TYPE as JSON_LINES
from edge.frontends.web.multipart import PHOTO_FIELD
from edge.frontends.web.openapi_schemas import SCHEMAS, object_schema, reference
from edge.frontends.web.photo_request import MAX_FACE, MAX_SEED, MAX_TRACKS
from edge.frontends.web.static_files import StaticFile
from edge.frontends.web.uploads import MAX_UPLOAD_BYTES
from edge.music.strategies import STRATEGIES
from edge.photos.limits import UPLOAD_LIMITS

Json = dict[str, Any]

ACCESS_ERRORS: tuple[ErrorCode, ...] = (
    "wrong_host",
    "wrong_origin",
    "no_token",
    "too_many_attempts",
)
BODY_ERRORS: tuple[ErrorCode, ...] = (
    "bad_request",
    "upload_incomplete",
    "upload_timeout",
    "too_large",
    "busy",
)
PHOTO_ERRORS: tuple[ErrorCode, ...] = (
    *BODY_ERRORS,
    "bad_form",
    "empty_upload",
    "too_many_pixels",
    "heic",
    "not_an_image",
    "undecodable",
)
MODEL_PARAMETERS: dict[str, tuple[str, Json]] = {
    "model": ("a trained model; GET /api/status lists them", {"type": "string"}),
    "format": ("one of the model's formats", {"type": "string"}),
}
COMPARE_PARAMETERS: dict[str, tuple[str, Json]] = {
    "face": (
        "the index of the face that decides, in the order of /api/classify",
        {"type": "integer", "minimum": 0, "maximum": MAX_FACE},
    ),
}
RECOMMEND_PARAMETERS: dict[str, tuple[str, Json]] = {
    **MODEL_PARAMETERS,
    "strategy": ("instead of the configured strategy", {"type": "string", "enum": [*STRATEGIES]}),
    "count": (
        "the number of tracks",
        {"type": "integer", "minimum": 1, "maximum": MAX_TRACKS},
    ),
    "seed": (
        "the same seed gives the same tracks",
        {"type": "integer", "minimum": 0, "maximum": MAX_SEED},
    ),
    **COMPARE_PARAMETERS,
}


@cache
def openapi_file() -> StaticFile:
    """GET /openapi.json."""
    return StaticFile.create(json.dumps(openapi_document()).encode(), "application/json")


def openapi_document() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "moodpi",
            "version": "1",
            "description": "Recommends tracks for the mood of a face in a photo. Photos are not "
            "stored.",
        },
        "servers": [{"url": "."}],
        "security": [{}, {"token": []}],
        "paths": {
            "/api/recommend": {
                "post": _photo_operation(
                    "Tracks for a photo, as moodpi recommend --json prints them",
                    RECOMMEND_PARAMETERS,
                    _timed_response("the mood and its tracks", "Recommendation"),
                    (*PHOTO_ERRORS, "no_face", "no_such_face"),
                )
            },
            "/api/classify": {
                "post": _photo_operation(
                    "All faces of a photo, as moodpi classify --json prints them",
                    MODEL_PARAMETERS,
                    _timed_response(
                        "the faces, clear ones before doubtful ones, then by size; may be empty",
                        "Classification",
                    ),
                    PHOTO_ERRORS,
                )
            },
            "/api/compare": {
                "post": _photo_operation(
                    "The answers of all installed model files to the face that decides",
                    COMPARE_PARAMETERS,
                    _response(
                        "JSON lines: {files: their number}, then one document a file: model, "
                        "format, accuracy, bytes, milliseconds and face, or model, format and "
                        "error",
                        JSON_LINES,
                    ),
                    (*PHOTO_ERRORS, "no_face", "no_such_face"),
                )
            },
            "/api/feedback": {"post": _feedback()},
            "/api/command": {"post": _command()},
            "/api/preview": {"post": _preview()},
            "/api/status": {
                "get": _operation(
                    "The installed models, and the status of the daemon",
                    _json_response("the status", reference("Status")),
                )
            },
            "/api/events": {
                "get": _operation(
                    "Server-sent events: status (the fields daemon, why, code and temperature of "
                    "/api/status), history (the events of the last hour, once), then each event",
                    _response("an endless stream", "text/event-stream"),
                    ("busy",),
                )
            },
            "/metrics": {
                "get": _operation(
                    "Metrics for Prometheus", _response("text exposition format", "text/plain")
                )
            },
            "/healthz": {
                "get": {
                    "security": [],
                    **_operation(
                        "Whether the server responds",
                        _response("it does", "text/plain"),
                        access_errors=("wrong_host", "wrong_origin"),
                    ),
                }
            },
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "required unless the server listens on loopback only",
                }
            },
        },
    }


def _photo_operation(
    summary: str,
    parameters: dict[str, tuple[str, Json]],
    response: Json,
    errors: tuple[ErrorCode, ...],
) -> Json:
    """An operation on a photo. response: that of status 200."""
    binary = {"type": "string", "format": "binary"}
    formats = ("image/jpeg", "image/png", "image/webp")
    form = object_schema({PHOTO_FIELD: binary}, closed=False)
    return {
        **_operation(summary, response, errors),
        "parameters": [
            {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
            for name, (about, schema) in parameters.items()
        ],
        "requestBody": {
            "required": True,
            "description": f"a photo of at most {MAX_UPLOAD_BYTES // 10**6} MB and "
            f"{UPLOAD_LIMITS.max_pixels // 10**6} megapixels (fewer in some formats); its format "
            "is detected from its content",
            "content": {
                **{kind: {"schema": binary} for kind in formats},
                "multipart/form-data": {"schema": form},
            },
        },
    }


def _timed_response(description: str, schema: str) -> Json:
    response = _json_response(description, reference(schema))
    response["headers"] = {
        "Server-Timing": {
            "description": "the time of each step in milliseconds",
            "schema": {"type": "string"},
        }
    }
    return response


def _feedback() -> Json:
    body = object_schema(
        {
            "verdict": {"type": "string", "enum": [*VERDICTS]},
            "track": {"type": "string", "description": "an id or an open.spotify.com link"},
            "artist": {"type": "string", "description": "a name"},
        },
        required=("verdict",),
    )
    recorded = {"type": "array", "items": reference("Feedback")}
    return {
        **_operation(
            "Like, skip or ban a track or an artist, as moodpi like, skip and ban do",
            _json_response("the recorded feedback", recorded),
            BODY_ERRORS,
        ),
        "requestBody": _json_body(
            {**body, "oneOf": [{"required": ["track"]}, {"required": ["artist"]}]}
        ),
    }


def _command() -> Json:
    about = "; ".join(f"{name}: {command.help}" for name, command in PAGE_COMMANDS.items())
    arguments = {
        argument.name: argument.json_schema()
        for command in PAGE_COMMANDS.values()
        for argument in command.arguments
    }
    name = {"type": "string", "enum": [*PAGE_COMMANDS], "description": about}
    body = object_schema({"command": name, **arguments}, required=("command",))
    return {
        **_operation(
            "Control the running daemon, as moodpi pause, resume, next and calibrate do",
            _json_response("the daemon's status after the command", reference("Daemon")),
            (*BODY_ERRORS, "no_daemon", "not_now"),
        ),
        "requestBody": _json_body(body),
    }


def _preview() -> Json:
    body = object_schema({"token": {"type": "string", "description": "of the link, once"}})
    return {
        "security": [],
        **_operation(
            "The camera's picture for a minute, for one viewer, as moodpi look --preview allows it",
            _response(
                "JSON lines a few times a second: {seconds: until the end, jpeg: in base64, null "
                "without a picture}",
                JSON_LINES,
            ),
            (*BODY_ERRORS, "not_now", "not_private", "wrong_link", "too_many_attempts"),
            access_errors=("wrong_host", "wrong_origin"),
        ),
        "requestBody": _json_body(body),
    }


def _operation(
    summary: str,
    response: Json,
    errors: tuple[ErrorCode, ...] = (),
    access_errors: tuple[ErrorCode, ...] = ACCESS_ERRORS,
) -> Json:
    codes: dict[int, list[ErrorCode]] = {}
    for code in (*access_errors, *errors):
        codes.setdefault(STATUS[code], []).append(code)
    return {
        "summary": summary,
        "responses": {
            "200": response,
            **{str(status): _error_response(codes[status]) for status in sorted(codes)},
        },
    }


def _error_response(codes: list[ErrorCode]) -> Json:
    response = _json_response(", ".join(codes), reference("Error"))
    if STATUS["busy"] in (STATUS[code] for code in codes):
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return response


def _json_response(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _response(description: str, content_type: str) -> Json:
    return {"description": description, "content": {content_type: {"schema": {"type": "string"}}}}


def _json_body(schema: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema}}}
