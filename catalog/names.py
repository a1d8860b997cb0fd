"""Cleans names of artists and titles, and makes keys by which duplicates are found."""

from __future__ import annotations

import ast
import re
import unicodedata

from moodpi.text import MAX_NAME_LENGTH, clean_text

# How tables write a missing value. Case matters: an artist called Nan is not missing.
MISSING = frozenset({"", "NaN", "nan", "NA", "N/A", "#N/A", "<NA>", "null", "NULL", "\\N", "[]"})

_FEATURED = re.compile(r";|\b(?:feat\.?|ft\.?|featuring)\s", re.IGNORECASE)
_BRACKETED_FEATURED = re.compile(
    r"[(\[](?:feat\.?|ft\.?|featuring|with)\s[^)\]]{0,500}+[)\]]", re.IGNORECASE
)
_EDITION = re.compile(
    r"\b(?:remaster(?:ed)?|(?:single|album|mono|stereo|radio) (?:version|edit|mix))\b",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\W_]+")
_THE = re.compile(r"^the (?=\S)")
# The apostrophes and dashes of word processors, of MusicBrainz and of Hawaiian.
_TYPEWRITER = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bb\u02bc\u00b4\u0060\u2032", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
# A pair of a backslash and a character that Python's repr writes, or else a backslash alone.
_ESCAPE = re.compile(r"(\\[\\'\"nrtxuU])|\\")
# What ast.literal_eval raises for text that is no literal, such as `[{[]}]` or `[1e999 + 1j]`.
_NO_LITERAL = (ArithmeticError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError)
_JOINT_SEPARATOR = re.compile(r", | (?:&|\+|/|x|and|with|vs\.?) ", re.IGNORECASE)


def clean_name(name: str, max_length: int = MAX_NAME_LENGTH) -> str | None:
    """A name without extra white space and control characters, or None if it is missing.

    A name longer than max_length characters is cut.
    """
    cleaned = clean_text(name, max_length)
    return None if cleaned in MISSING else cleaned


def format_credit(artists: str) -> str:
    """The credit as people write it: `A;B` and `['A', 'B']` become `A, B`."""
    parts = _parse_list(artists) or artists.split(";")
    return ", ".join(part.strip() for part in parts if part.strip()) or artists


def first_genre(genres: str) -> str:
    """The first genre of several: `pop` of `['pop', 'rock']`, `pop;rock` and `pop,rock`."""
    return format_credit(genres).partition(",")[0].rstrip()


def first_artist(artists: str) -> str:
    """The first artist of a raw credit, without featured artists."""
    if listed := _parse_list(artists):
        artists = listed[0]
    return _FEATURED.split(artists, maxsplit=1)[0].rstrip() or artists


def _parse_list(artists: str) -> list[str]:
    """The names in a Python list literal, `['A', "B's"]`. Empty for any other text.

    A backslash that is not escaped is a character of the name.
    """
    if not (artists.startswith("[") and artists.endswith("]")):
        return []
    try:
        listed = ast.literal_eval(_ESCAPE.sub(lambda match: match[1] or r"\\", artists))
    except _NO_LITERAL:
        return []
    return [name for name in listed if isinstance(name, str) and name.strip()]


def first_joint_artist(artist: str) -> str:
    """The first artist of a joint credit: `Major Lazer` of `Major Lazer & DJ Snake`.

    Use it only to compare credits: it also splits the name of a band (`Simon & Garfunkel`).
    """
    return _JOINT_SEPARATOR.split(" ".join(artist.split()), maxsplit=1)[0] or artist


def straighten(text: str) -> str:
    """The text as a typewriter writes it: apostrophes and dashes of one kind, no full width."""
    if text.isascii():
        return text.replace("`", "'")
    return unicodedata.normalize("NFKC", text.translate(_TYPEWRITER))


def artist_key(artist: str) -> str:
    """A key equal for all spellings of an artist: `The Beatles` and `beatles` have one key."""
    return merging_artist_key(straighten(artist))


def merging_artist_key(artist: str) -> str:
    """The key by which the building of a catalogue merges tracks.

    It tells typographic apostrophes apart: without that, the shipped catalogue would be another.
    """
    return _THE.sub("", fold(artist))


def title_key(title: str) -> str:
    """A key equal for all releases of a recording: no guests, remasters or single edits."""
    return fold(_without_edition(_BRACKETED_FEATURED.sub("", title)).strip() or title)


def _without_edition(title: str) -> str:
    """The title without its last remark, in brackets or after a dash, if that names an edition."""
    start = max(title.rfind(mark) for mark in "-([")
    return title[:start] if start >= 0 and _EDITION.search(title, start + 1) else title


def fold(text: str) -> str:
    """The text in lower case, without accents and punctuation.

    A text of nothing but punctuation is only lower-cased.
    """
    if text.isascii():
        plain = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    plain = plain.replace("'", "").replace("&", " and ")
    return _PUNCTUATION.sub(" ", plain).strip() or text.casefold()
