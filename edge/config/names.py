"""The names that settings accept. A test compares them with the tables of the implementations."""

from __future__ import annotations

import re
from typing import Literal

FaceChoiceName = Literal["largest", "center", "household"]
StrategyName = Literal["match", "lift", "journey"]
TargetName = Literal[
    "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "calm", "brighter"
]
PlayerKind = Literal["print", "mpd", "mpv", "subsonic", "command"]

# A range of local times such as 22:30-07:00. It can pass midnight.
HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
# A host name of at most 63 characters between two dots, an address, or a URL of MQTT.
HOST = re.compile(
    r"(?=.{1,253}$)[^\s.\x00-\x1f\x7f]{1,63}(?:\.[^\s.\x00-\x1f\x7f]{1,63})*\.?"
    r"|mqtts?://[^\x00-\x1f\x7f]{1,2000}"
)
# What a broker accepts as an id, a user name, a password and a prefix of topics.
MQTT_ID = re.compile(r"[a-zA-Z0-9_-]+")
MQTT_USERNAME = re.compile(r"[^\x00-\x1f\x7f]{1,500}")
MQTT_PASSWORD = re.compile(r"[^\x00]{1,1000}")
MQTT_PREFIX = re.compile(r"[^+#\x00-\x1f\x7f]{1,200}")

# The path of the page.
WEB_ROOT = re.compile(r"(?:/[A-Za-z0-9._~-]{1,100}){1,8}/?")
# RFC 6454, section 6.2, with a host of letters, digits and hyphens, or an address.
ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def parse_origin(text: str) -> str:
    """The origin in lower case. Raises ValueError for any other text."""
    if ORIGIN.fullmatch(text) is None:
        raise ValueError(f"{text!r}: expected an origin")
    return text.lower()
