"""The JSON Schemas of the HTTP interface's requests and responses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from edge.daemon.commands import VERDICTS
from edge.daemon.status import DaemonStatus
from edge.events import RunCounts
from edge.frontends.web.errors import STATUS
from models.emotions import EMOTIONS

Json = dict[str, Any]


def object_schema(
    properties: Json,
    *,
    required: Collection[str] | None = None,
    closed: bool = True,
    description: str = "",
) -> Json:
    """An object. required: all properties by default. closed: no other properties are allowed."""
    schema: Json = {
        "type": "object",
        "required": list(properties if required is None else required),
        "properties": properties,
    }
    if closed:
        schema["additionalProperties"] = False
    if description:
        schema["description"] = description
    return schema


def reference(name: str) -> Json:
    """A reference to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Json) -> Json:
    """The schema, or null."""
    return {"oneOf": [schema, {"type": "null"}]}


def _array(items: Json, **keywords: Any) -> Json:
    return {"type": "array", "items": items, **keywords}


# The counters of the daemon, which are fields of its status.
COUNTS = [field.name for field in fields(RunCounts)]
STATUS_FIELDS = [*(f.name for f in fields(DaemonStatus) if f.name != "counts"), *COUNTS]
TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
SHARE: Json = {"type": "number", "minimum": 0, "maximum": 1}
AXIS: Json = {"type": "number", "minimum": -1, "maximum": 1}
LOG_PROBABILITY: Json = {"type": "number", "maximum": 0}
UNIX_TIME: Json = {"type": "number", "description": "seconds since 1970, UTC"}
SECONDS: Json = {"type": "number", "minimum": 0, "description": "seconds"}
BOX = _array(
    {"type": "integer"},
    minItems=4,
    maxItems=4,
    description="x, y, width, height in pixels of the upright photo",
)

SEARCH = object_schema(
    {
        "turn": {"type": "integer", "enum": [0, 90, 180, 270]},
        "margin": {"type": "boolean"},
        "leaning": {"type": "boolean"},
    },
    description="how the face was found, if not in the photo as it is: turned counter-clockwise by "
    "so many degrees, with a margin around it, or by the search for heads that lean or turn",
)

SCHEMAS: dict[str, Json] = {
    "Error": object_schema(
        {
            "error": {"type": "string", "minLength": 1, "description": "one sentence"},
            "code": {"type": "string", "enum": sorted(STATUS)},
        }
    ),
    "Emotion": {"type": "string", "enum": [*EMOTIONS]},
    "Probabilities": object_schema(dict.fromkeys(EMOTIONS, SHARE)),
    "Face": object_schema(
        {
            "box": nullable(BOX),
            "emotion": reference("Emotion"),
            "confidence": SHARE,
            "probabilities": reference("Probabilities"),
            "search": SEARCH,
        },
        required=("box", "emotion", "confidence", "probabilities"),
    ),
    "Track": object_schema(
        {
            "id": {"type": "string", "pattern": "^[0-9A-Za-z]{22}$"},
            "title": TEXT,
            "artist": TEXT,
            "album": {"type": ["string", "null"]},
            "valence": AXIS,
            "arousal": AXIS,
            "why": TEXT,
            "url": TEXT,
        }
    ),
    "Recommendation": object_schema(
        {
            "emotion": reference("Emotion"),
            "confidence": SHARE,
            "probabilities": nullable(reference("Probabilities")),
            "valence": AXIS,
            "arousal": AXIS,
            "faces": _array(BOX, description="the face that decided comes first"),
            "strategy": TEXT,
            "tracks": _array(reference("Track")),
            "search": SEARCH,
        },
        required=(
            "emotion",
            "confidence",
            "probabilities",
            "valence",
            "arousal",
            "faces",
            "strategy",
            "tracks",
        ),
    ),
    "Classification": object_schema(
        {"image": {"type": "null"}, "faces": _array(reference("Face"))}
    ),
    "Feedback": object_schema(
        {
            "subject": {"type": "string", "enum": ["track", "artist"]},
            "name": TEXT,
            "verdict": {"type": "string", "enum": [*VERDICTS]},
        }
    ),
    "Status": object_schema(
        {
            "version": TEXT,
            "uptime": SECONDS,
            "temperature": {"type": ["number", "null"], "description": "degrees Celsius"},
            "models": {"type": "object", "additionalProperties": _array(TEXT)},
            "strategies": _array(TEXT),
            "defaults": {
                "type": "object",
                "description": "model, format, strategy and count of the configuration",
            },
            "daemon": nullable(reference("Daemon")),
            "why": {"type": "string", "description": "why there is no daemon"},
            "code": {"type": "string", "description": "the name of that reason, or empty"},
        },
        required=(
            "version",
            "uptime",
            "temperature",
            "models",
            "strategies",
            "defaults",
            "daemon",
        ),
    ),
    "Daemon": object_schema(
        {
            "time": UNIX_TIME,
            "uptime": SECONDS,
            "frame_rate": {
                "type": ["number", "null"],
                "description": "frames per second over the last seconds",
            },
            **dict.fromkeys(COUNTS, COUNT),
            "analysis_seconds": SECONDS,
            "paused": {"type": "boolean"},
            "pause_reason": {"type": "string", "description": "why nothing plays, or empty"},
            "player_error": {"type": "string", "description": "why the player fails, or empty"},
            "camera_error": {"type": "string", "description": "why the camera fails, or empty"},
            "song_analysis": {"type": "string", "description": "its progress, or empty"},
            "strategy": TEXT,
            "source": {"type": "string", "description": "the camera or the file"},
            "player": {"type": "string", "description": "the kind of the player"},
            "songs": nullable(object_schema({"total": COUNT, "playable": COUNT})),
            "resting_face": nullable(reference("RestingFace")),
            "preview": nullable(reference("Preview")),
            "presence": nullable(reference("Event")),
            "mood": nullable(reference("Event")),
            "tracks": nullable(reference("Event")),
            "playing": nullable(reference("Event")),
            "ratings": {
                "type": "object",
                "additionalProperties": {"enum": [*VERDICTS]},
                "description": "verdicts on the listed and the playing track, by id",
            },
        },
        required=STATUS_FIELDS,
        closed=False,
        description="the status of the daemon, as moodpi status --json prints it",
    ),
    "Preview": object_schema(
        {
            "state": {"enum": ["link", "watched"]},
            "seconds": {"type": "number", "description": "how long this lasts"},
        },
        description="somebody can open a link to the camera's picture, or watches it",
    ),
    "RestingFace": object_schema(
        {
            "origin": {"enum": ["calibrated", "learned", None]},
            "applied": {"type": "boolean"},
            "why": {"type": "string", "description": "why it is not applied, or empty"},
            "model": {"type": ["string", "null"]},
            "time": nullable(UNIX_TIME),
            "seconds": SECONDS,
            "mean_log_probabilities": nullable(
                object_schema(dict.fromkeys(EMOTIONS, LOG_PROBABILITY))
            ),
            "calibration": nullable(
                object_schema(
                    {
                        "state": {"enum": ["running", "done", "refused"]},
                        "progress": SHARE,
                        "error": {"type": "string", "description": "why it was refused, or empty"},
                        "code": TEXT,
                    },
                    description="the last calibration since the start of the daemon",
                )
            ),
        },
        closed=False,
        description="what the face shows at rest, which counts as no mood",
    ),
    "Event": object_schema(
        {
            "event": {"enum": ["mood", "affect", "presence", "tracks", "playing"]},
            "time": UNIX_TIME,
            "present": {"type": "boolean"},
            "emotion": nullable(reference("Emotion")),
            "confidence": SHARE,
            "belief": SHARE,
            "share": SHARE,
            "valence": AXIS,
            "arousal": AXIS,
            "why": TEXT,
            "strategy": TEXT,
            "tracks": _array(reference("Track")),
            "track": nullable(reference("Track")),
        },
        required=("event", "time"),
        closed=False,
        description="one line of moodpi run --json; each kind of event has its own fields",
    ),
}
