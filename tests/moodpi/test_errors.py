"""Messages of errors."""

from __future__ import annotations

import os

from moodpi.errors import MoodpiError


def test_a_message_is_valid_in_every_encoding_of_unicode() -> None:
    name = os.fsdecode(b"caf\xe9")
    message = str(MoodpiError(f"cannot read {name} é"))
    assert message == "cannot read caf\\udce9 é"
    message.encode()
