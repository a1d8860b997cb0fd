"""Text from outside moodpi: without control characters and with a maximum length."""

from __future__ import annotations

import re

# The maximum lengths of texts from outside, in characters. A longer name is cut where it enters;
# a longer value, which has no meaning when it is cut, is refused.

# A title, an artist, a credit, an album or a genre: in tags, a player's library, a catalogue.
MAX_NAME_LENGTH = 500
# A field of a CSV file. A credit in it can be a list, of which each artist has a name.
MAX_CSV_FIELD_LENGTH = 4_000
# A reference of a listener: a track's id or link, or an artist's name.
MAX_REFERENCE_LENGTH = 500
# A text in the configuration, such as a path or a URL.
MAX_SETTING_LENGTH = 4_096
# The texts in a list of the configuration.
MAX_SETTING_ITEMS = 1_000
# A line of a log, an error message.
MAX_MESSAGE_LENGTH = 2_000
# A value that an error message quotes.
MAX_QUOTED_LENGTH = 80

# Control characters of Unicode (C0, C1), line and paragraph separators, characters that change the
# direction of text (marks, embeddings, overrides, isolates), the byte order mark, lone surrogates.
CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def has_controls(text: str) -> bool:
    """Whether the text contains a control character or a lone surrogate."""
    return CONTROL.search(text) is not None


def checked_text(value: object, max_length: int) -> str:
    """The value, if it is a text of at most max_length characters without control characters.

    For values that were written by moodpi and are read back. Raises ValueError for any other.
    """
    if not isinstance(value, str) or len(value) > max_length or has_controls(value):
        raise ValueError(f"{quoted(value)}: expected a text of at most {max_length} characters")
    return value


def escape_controls(text: str) -> str:
    r"""The text with each control character as an escape sequence: ESC becomes \u001b.

    A terminal or a log prints the result as one line and interprets no character of it. An escaped
    JSON document is still JSON with the same value.
    """
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def clean_text(text: str, max_length: int) -> str:
    """The text on one line: control characters and runs of white space become single spaces.

    A result longer than max_length characters is cut there and ends in an ellipsis.
    """
    text = text.strip()
    # Four times as many characters are enough for text with a usual amount of white space.
    start = text[: 4 * max_length]
    line = " ".join(CONTROL.sub(" ", start).split())
    is_cut = len(line) > max_length or len(text) > len(start)
    return f"{line[: max_length - 1].rstrip()}…" if is_cut else line


def shortened(text: str, max_length: int = MAX_MESSAGE_LENGTH) -> str:
    """The text; the middle of one longer than max_length characters is an ellipsis."""
    if len(text) <= max_length:
        return text
    half = (max_length - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def quoted(value: object, max_length: int = MAX_QUOTED_LENGTH) -> str:
    """A value for an error message: in single quotes, escaped, cut to max_length characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, or a deep list
        text = f"a long {type(value).__name__}"
    cut = f"{text[: max_length - 1]}…" if len(text) > max_length else text
    return f"'{escape_controls(cut)}'"
