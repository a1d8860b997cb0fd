"""A song of a player's library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moodpi.text import MAX_NAME_LENGTH, clean_text

# Of a song with more artist tags, the first ones are used.
MAX_TAG_VALUES = 20
# The URI of a song on a Subsonic server is this and its id: the address of its stream contains
# credentials. Only moodpi understands it.
SUBSONIC_PREFIX = "subsonic:"


@dataclass(frozen=True, slots=True)
class Song:
    """A song as its tags describe it.

    Attributes:
        uri: The player's name for it.
        artists: The artists, one for each artist tag.
        revision: A text that changes with the file. Empty if the player has none.
        is_tagged: Whether title and artists come from tags, and not from the names of the file and
            its folders.
    """

    uri: str
    title: str
    artists: tuple[str, ...]
    revision: str = ""
    is_tagged: bool = True


def song_of_tags(
    uri: str, titles: Sequence[str], artists: Sequence[str], revision: str
) -> Song | None:
    """The song with these tags, cleaned and cut; None without a title or an artist."""
    title, *_ = [*_clean(titles[:1]), ""]
    names = tuple(_clean(artists[:MAX_TAG_VALUES]))
    return Song(uri, title, names, revision) if title and names else None


def _clean(texts: Sequence[str]) -> list[str]:
    cleaned = (clean_text(text, MAX_NAME_LENGTH) for text in texts)
    return [text for text in cleaned if text]
