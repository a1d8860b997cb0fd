"""The first bytes of a catalogue file: that it is a whole catalogue of this version."""

from __future__ import annotations

from pathlib import Path

from catalog.schema import APPLICATION_ID, VERSION
from moodpi.errors import MoodpiError
from moodpi.files import open_file

REBUILD = "build it again with `moodpi catalog build`"
# The header of an SQLite file (SQLite file format, section 1.3).
HEADER_BYTES = 100
MAGIC = b"SQLite format 3\0"


def check_header(path: Path) -> None:
    """Raise MoodpiError unless the file at `path` is a complete catalogue of this version."""
    try:
        with open_file(path) as stream:
            header = stream.read(HEADER_BYTES)
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise MoodpiError(f"no catalogue at {path}: {REBUILD}", code="no_such_file") from error
    except OSError as error:
        raise MoodpiError(
            f"cannot read the catalogue {path}: {error.strerror}", code="catalog_unreadable"
        ) from error
    application = int.from_bytes(header[68:72], "big")
    if not header.startswith(MAGIC) or application != APPLICATION_ID:
        raise MoodpiError(f"{path} is not a moodpi catalogue: {REBUILD}", code="not_a_catalog")
    version = int.from_bytes(header[60:64], "big")
    if version != VERSION:
        raise MoodpiError(
            f"the catalogue {path} has version {version}, this moodpi reads {VERSION}: {REBUILD}",
            code="catalog_version",
        )
    page = int.from_bytes(header[16:18], "big")
    expected = int.from_bytes(header[28:32], "big") * (65_536 if page == 1 else page)
    if size != expected:
        raise MoodpiError(
            f"the catalogue {path} is damaged ({size} bytes of {expected}): {REBUILD}",
            code="catalog_damaged",
        )
