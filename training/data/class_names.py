"""What the seven emotions are called in other people's data."""

from __future__ import annotations

from models.emotions import EMOTIONS

OTHER_NAMES = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "afraid": "fear",
    "scared": "fear",
    "happiness": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "neutrality": "neutral",
}


def emotion_called(name: str) -> str | None:
    """The emotion of a class in any usual spelling (`Happiness`, `3_happy`, `3`); None for none."""
    plain = name.strip().lower()
    if plain.isdecimal():
        return EMOTIONS[int(plain)] if int(plain) < len(EMOTIONS) else None
    plain = plain.lstrip("0123456789").strip(" _-.")
    plain = OTHER_NAMES.get(plain, plain)
    return plain if plain in EMOTIONS else None
