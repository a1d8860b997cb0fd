"""Tables: files of rows in any format. One module for each format.

`open_table` finds out the format from the first bytes of a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalog.building.tables.csv_table import CsvTable
from catalog.building.tables.table import Rejection, Table, TableChunk
from moodpi.errors import MoodpiError

__all__ = ["Rejection", "Table", "TableChunk", "open_table"]

# The first bytes of files that people take for tables, and what to do with them.
OTHER_FORMATS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook: unpack it, or save it as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save it as CSV",
    b"\x1f\x8b": "a gzip archive: unpack it with gunzip",
    b"SQLite format 3\0": "an SQLite database: export its table of tracks as CSV",
}
PARQUET = b"PAR1"


def open_table(path: Path, chosen: Mapping[str, str]) -> Table:
    """Open a file of tracks.

    chosen: By known column, the name that it has in the file; see `find_columns`.

    Raises MoodpiError if the file cannot be read, is empty, or is not a table.
    """
    try:
        if path.exists() and not path.is_file():
            raise MoodpiError(f"cannot read {path}: it is not a file", code="unreadable_file")
        with path.open("rb") as stream:
            start = stream.read(16)
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error
    for magic, description in OTHER_FORMATS.items():
        if start.startswith(magic):
            raise MoodpiError(f"{path} is {description}", code="not_a_csv")
    if start.startswith(PARQUET):
        # pyarrow takes a quarter of a second to import, and is not installed with every extra.
        from catalog.building.tables.parquet_table import ParquetTable

        return ParquetTable(path)
    return CsvTable(path, chosen)
