"""Hand-made pictures that take much memory or time, or crash, in a decoder without a check."""

from __future__ import annotations

from collections.abc import Iterator

from tests.edge.photos.bombs import bmp, jpeg, other, png, tiff, webp

MODULES = {"JPEG": jpeg, "PNG": png, "WebP": webp, "BMP": bmp, "TIFF": tiff, "other": other}


def all_bombs() -> Iterator[tuple[str, bytes]]:
    """Names with the format in front, and contents."""
    for kind, module in MODULES.items():
        for name, content in module.bombs():
            yield f"{kind}: {name}", content
