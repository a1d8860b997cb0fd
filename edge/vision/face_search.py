"""What was necessary to find a face of a photo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FaceSearch:
    """What was necessary to find a face.

    Attributes:
        turn: The degrees by which the photo was turned counter-clockwise: 0, 90, 180 or 270.
        margin: Whether the face was found only with a margin around the photo.
        leaning: Whether it was found only by the search for heads that lean or turn aside.

    """

    turn: int = 0
    margin: bool = False
    leaning: bool = False

    @property
    def is_ordinary(self) -> bool:
        """Whether the face was found in the photo as it is."""
        return self == ORDINARY

    def to_json(self) -> dict[str, object]:
        """The fields of `search` in `moodpi classify --json`."""
        return {"turn": self.turn, "margin": self.margin, "leaning": self.leaning}

    def __str__(self) -> str:
        """Words for people; empty for a face that is found in the photo as it is."""
        turned = f"the photo turned {self.turn}° counter-clockwise" if self.turn else ""
        margin = f"a margin around {'it' if turned else 'the photo'}" if self.margin else ""
        leaning = "a search for heads that lean or turn" if self.leaning else ""
        how = " and ".join(filter(None, (turned, margin, leaning)))
        return f"found only with {how}" if how else ""


ORDINARY = FaceSearch()
