"""Which model file classifies: what was measured with one does not hold for another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from models.registry import Artefact


@dataclass(frozen=True)
class ModelIdentity:
    """One file of one model.

    Attributes:
        name: The model and its format, for people.
        sha256: The checksum of the file, in hexadecimal digits.
    """

    name: str
    sha256: str

    @classmethod
    def of(cls, artefact: Artefact) -> ModelIdentity:
        """The identity of an artefact, whose file exists."""
        content = artefact.path.read_bytes()
        return cls(f"{artefact.model} {artefact.format}", hashlib.sha256(content).hexdigest())
