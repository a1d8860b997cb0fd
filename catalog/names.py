"""When two spellings name one artist or one song: the keys that duplicates are found by."""

from __future__ import annotations

import ast
import re
import unicodedata

# How CSVs write a missing name; case counts, so that an artist called Nan is not lost.
MISSING = frozenset({"", "NaN", "nan", "NA", "N/A", "<NA>", "null", "NULL"})

# What would turn a terminal's or a page's text around (Unicode UAX 9), or is no character at all.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_GUEST = re.compile(r"\s*(?:;|\b(?:feat\.?|ft\.?|featuring)\s).*$", re.IGNORECASE)
_BRACKETED_GUEST = re.compile(
    r"\s*[(\[](?:feat\.?|ft\.?|featuring|with)\s[^)\]]*[)\]]", re.IGNORECASE
)
_EDITION = re.compile(
    r"\s*[-(\[][^-(\[]*"
    r"\b(?:remaster(?:ed)?|(?:single|album|mono|stereo|radio) (?:version|edit|mix))\b"
    r"[^-(\[]*$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[\W_]+")
_THE = re.compile(r"^the (?=\S)")
_JOINT = re.compile(r",\s+|\s+(?:&|\+|/|x|and|with|vs\.?)\s+", re.IGNORECASE)


def tidy(name: str) -> str | None:
    """A name without stray white space and control characters, or None where it is missing."""
    tidied = " ".join(_UNSEEN.sub(" ", name).split())
    return None if tidied in MISSING else tidied


def credit(artists: str) -> str:
    """The artists as people write them: `A;B` and `['A', 'B']` become `A, B`."""
    parts = _listed(artists) or artists.split(";")
    return ", ".join(part.strip() for part in parts if part.strip()) or artists


def lead(artists: str) -> str:
    """The first artist of a raw credit, without guests."""
    if listed := _listed(artists):
        artists = listed[0]
    return _GUEST.sub("", artists) or artists


def _listed(artists: str) -> list[str]:
    """The names of a list as Python prints one, `['A', "B's"]`; empty where it is none."""
    if not (artists.startswith("[") and artists.endswith("]")):
        return []
    try:
        listed = ast.literal_eval(artists)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [name for name in listed if isinstance(name, str) and name.strip()]


def first_named(artist: str) -> str:
    """The first of several who share a credit: `Major Lazer & DJ Snake` is led by Major Lazer.

    A band's name may be cut as well (`Simon & Garfunkel`), so this is only for comparing credits.
    """
    return _JOINT.split(artist)[0] or artist


def artist_key(artist: str) -> str:
    """What spellings of one artist have in common: `The Beatles` and `beatles` are one."""
    return _THE.sub("", fold(artist))


def title_key(title: str) -> str:
    """What releases of one recording have in common: guests, remasters and single edits apart."""
    return fold(_EDITION.sub("", _BRACKETED_GUEST.sub("", title)) or title)


def fold(text: str) -> str:
    """Lower case without accents and punctuation; a text of nothing else stays as it is."""
    if text.isascii():
        plain = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    plain = plain.replace("'", "").replace("&", " and ")
    return _NOT_WORD.sub(" ", plain).strip() or text.casefold()
