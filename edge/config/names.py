"""The names that settings accept. A test compares them with the tables of the implementations."""

from __future__ import annotations

from typing import Literal

FaceChoiceName = Literal["largest", "center", "household"]
StrategyName = Literal["match", "lift", "journey"]
TargetName = Literal[
    "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "calm", "brighter"
]
PlayerKind = Literal["print", "mpd", "mpv", "command"]

# A range of local times such as 22:30-07:00. It can pass midnight.
HOURS = r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)"
# A host name of at most 63 characters between two dots, or an address.
HOST = r"(?=.{1,253}$)[^\s.\x00-\x1f\x7f]{1,63}(?:\.[^\s.\x00-\x1f\x7f]{1,63})*\.?"
