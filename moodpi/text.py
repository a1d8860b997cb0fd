"""Text from outside moodpi: without control characters and with a maximum length."""

from __future__ import annotations

import re

# Control characters of Unicode (C0, C1), line and paragraph separators, characters that change the
# direction of text (bidirectional embeddings, overrides and isolates), and lone surrogates.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# Characters of a value that an error message quotes.
MAX_QUOTED_LENGTH = 80


def has_controls(text: str) -> bool:
    """Whether the text contains a control character or a lone surrogate."""
    return CONTROL.search(text) is not None


def escape_controls(text: str) -> str:
    r"""The text with each control character as an escape sequence: ESC becomes \x1b.

    A terminal or a log prints the result as one line and obeys no character of it.
    """
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def clean_text(text: str, max_length: int) -> str:
    """The text on one line: control characters and runs of white space become single spaces.

    A result longer than max_length characters is cut there and ends in an ellipsis. The time is
    linear in max_length, not in the length of the text.
    """
    # Four times as many characters are enough for text with a usual amount of white space.
    words = CONTROL.sub(" ", text[: 4 * max_length + 4]).split()
    line = " ".join(words)
    is_cut = len(line) > max_length or len(text) > 4 * max_length + 4
    return f"{line[: max_length - 1].rstrip()}…" if is_cut else line


def quoted(value: object, max_length: int = MAX_QUOTED_LENGTH) -> str:
    """A value for an error message: in single quotes, escaped, cut to max_length characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, or a deep list
        text = f"a long {type(value).__name__}"
    cut = f"{text[: max_length - 1]}…" if len(text) > max_length else text
    return f"'{escape_controls(cut)}'"
