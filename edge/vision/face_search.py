"""What was necessary to find a face of a photo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FaceSearch:
    """What was necessary to find a face.

    Attributes:
        turn: The degrees by which the photo was turned counter-clockwise: 0, 90, 180 or 270.
        margin: Whether the face was found only with a margin around the photo.

    """

    turn: int = 0
    margin: bool = False

    @property
    def is_ordinary(self) -> bool:
        """Whether the face was found in the photo as it is."""
        return self == ORDINARY

    def to_json(self) -> dict[str, object]:
        """The fields of `search` in `moodpi classify --json`."""
        return {"turn": self.turn, "margin": self.margin}

    def __str__(self) -> str:
        """Words for people; empty for a face that is found in the photo as it is."""
        turned = f"the photo turned {self.turn}° counter-clockwise" if self.turn else ""
        margin = f"a margin around {'it' if turned else 'the photo'}" if self.margin else ""
        how = " and ".join(filter(None, (turned, margin)))
        return f"found only with {how}" if how else ""


ORDINARY = FaceSearch()
