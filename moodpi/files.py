"""Files written whole or not at all: aside first, then swapped in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from moodpi.errors import MoodpiError


def swap_in(contents: Mapping[Path, bytes]) -> None:
    """Write every file beside its place, then rename them into place in the order given.

    MoodpiError that names the file if one cannot be written; then none has been touched.
    """
    aside = {path: path.with_name(path.name + ".part") for path in contents}
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside[path].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path in contents:
            aside[path].replace(path)
    except OSError as error:
        raise MoodpiError(f"cannot write {path}: {error.strerror}") from error
    finally:
        for part in aside.values():
            with suppress(OSError):
                part.unlink()
