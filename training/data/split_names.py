"""Names of splits in `Usage` columns, folder names and file names, mapped to moodpi's."""

from __future__ import annotations

TRAINING = "Training"
# The splits that choose the best epoch, by preference: FER2013's, or one made from Training.
VALIDATION_SPLITS = ("PublicTest", "Validation")
SPLITS = (TRAINING, *VALIDATION_SPLITS, "PrivateTest", "Test")
SYNONYMS = {
    "train": TRAINING,
    "valid": "Validation",
    "val": "Validation",
    "dev": "Validation",
    "testing": "Test",
}
_SPLIT_BY_NAME = {**{name.lower(): name for name in SPLITS}, **SYNONYMS}


def split_of_name(name: str) -> str | None:
    """The split of a name such as `train`, `Public Test` or `private_test`; None for others."""
    plain = name.strip().lower().translate(str.maketrans("", "", " _-"))
    return _SPLIT_BY_NAME.get(plain)


def split_of_file(name: str) -> str | None:
    """FER2013's split of a file name, as in `PublicTest_123.jpg`, or None."""
    prefix, separator, _ = name.partition("_")
    return prefix if separator and prefix in (TRAINING, "PublicTest", "PrivateTest") else None
