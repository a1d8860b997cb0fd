"""Class names of other data sets, mapped to the seven emotions."""

from __future__ import annotations

from collections.abc import Iterable

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError

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
FER2013_NUMBERS = {str(number): emotion for number, emotion in enumerate(EMOTIONS)}
# Li et al., "Reliable crowdsourcing and deep locality-preserving learning", 2017.
RAF_DB_NUMBERS = {
    "1": "surprise",
    "2": "fear",
    "3": "disgust",
    "4": "happy",
    "5": "sad",
    "6": "angry",
    "7": "neutral",
}
MAX_NUMBER_DIGITS = 2


def emotion_of_class(name: str) -> str | None:
    """The emotion that a class name stands for; None if it is none of the seven.

    Upper case, a leading number (`3_happy`) and synonyms (`Happiness`) are accepted.
    """
    plain = name.strip().lower().lstrip("0123456789").strip(" _-.")
    plain = SYNONYMS.get(plain, plain)
    return plain if plain in EMOTIONS else None


def is_class_number(name: str) -> bool:
    """Whether a name is a number of a class instead of a name, as in FER2013 and RAF-DB."""
    return name.isdecimal() and len(name) <= MAX_NUMBER_DIGITS


def emotions_of_classes(names: Iterable[str], place: str) -> dict[str, str]:
    """The emotion of each class name of one data set that stands for one.

    Numbers stand for FER2013's emotions only if they are exactly 0 to 6, because other data sets
    have other numbers.

    place: Where the names are, for the message.

    Raises MoodpiError for other numbers (code `other_numbering`).
    """
    names = set(names)
    numbers = sorted(filter(is_class_number, names), key=int)
    by_name = {name: emotion for name in names if (emotion := emotion_of_class(name))}
    if not numbers:
        return by_name
    if not by_name and numbers == list(FER2013_NUMBERS):
        return FER2013_NUMBERS
    fix = "rename each folder to its emotion"
    if numbers == list(RAF_DB_NUMBERS):
        fix += f"; in RAF-DB these are {listed(RAF_DB_NUMBERS)}"
    raise MoodpiError(
        f"{place} has the class folders {', '.join([*numbers, *sorted(by_name)])}: expected "
        f"emotions, or exactly FER2013's 0 to 6: {fix}",
        code="other_numbering",
    )


def listed(numbers: dict[str, str]) -> str:
    """`0 angry, 1 disgust, ...`."""
    return ", ".join(f"{number} {emotion}" for number, emotion in numbers.items())
