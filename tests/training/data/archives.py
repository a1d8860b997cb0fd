"""Archives of CSV files, as people share FER2013."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping

# The pixels of a grey face in a row of the CSV.
GREY = " ".join(["7"] * 48 * 48)


def csv_bytes(*rows: str, header: str = "emotion,pixels,Usage") -> bytes:
    """A CSV in which `{grey}` of a row stands for the pixels of a grey face."""
    return "".join(f"{line}\n" for line in (header, *rows)).replace("{grey}", GREY).encode()


def tar_bytes(members: Mapping[str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_bytes(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# By name of the form: the file's name, and its content made from that of a CSV.
FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("fer2013.csv", bytes),
    "gzip": ("fer2013.csv.gz", gzip.compress),
    "gzip named csv": ("fer2013.csv", gzip.compress),
    "tar": ("fer2013.tar", lambda csv: tar_bytes({"fer2013/fer2013.csv": csv})),
    "tar named csv": ("fer2013.csv", lambda csv: tar_bytes({"fer2013/fer2013.csv": csv})),
    "tar.gz": (
        "fer2013.tar.gz",
        lambda csv: gzip.compress(
            tar_bytes(
                {"fer2013/README": b"x", "fer2013/fer2013.csv": csv, "fer2013/fer2013.bib": b"@x"}
            )
        ),
    ),
    "tar of macOS": (
        "fer2013.tar",
        lambda csv: tar_bytes({"./._fer2013.csv": b"\0\5\x16\7", "./fer2013.csv": csv}),
    ),
    "zip": ("fer2013.zip", lambda csv: zip_bytes({"fer2013/fer2013.csv": csv})),
    "zip named csv": ("fer2013.csv", lambda csv: zip_bytes({"fer2013.csv": csv})),
    "zip of macOS": (
        "fer2013.zip",
        lambda csv: zip_bytes(
            {"fer2013.csv": csv, "__MACOSX/._fer2013.csv": b"\0\5\x16\7", ".DS_Store": b"x"}
        ),
    ),
}
