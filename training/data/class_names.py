"""Class names of other data sets, mapped to the seven emotions."""

from __future__ import annotations

from models.emotions import EMOTIONS

SYNONYMS = {
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


def emotion_of_class(name: str) -> str | None:
    """The emotion that a class name stands for; None if it is none of the seven.

    Upper case, a leading number (`3_happy`), the number alone (`3`, FER2013's order) and synonyms
    (`Happiness`) are accepted.
    """
    plain = name.strip().lower()
    if plain.isdecimal():
        return EMOTIONS[int(plain)] if int(plain) < len(EMOTIONS) else None
    plain = plain.lstrip("0123456789").strip(" _-.")
    plain = SYNONYMS.get(plain, plain)
    return plain if plain in EMOTIONS else None
