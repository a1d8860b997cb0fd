"""A QR code for a terminal."""

from __future__ import annotations

from importlib.util import find_spec

# Light modules beside the code, on each side. ISO/IEC 18004 asks for 4; phones need fewer.
QUIET_ZONE = 2
# A terminal is dark: what it draws is light. By the upper and the lower module, 1 is dark.
HALVES = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}


def qr_lines(text: str) -> list[str]:
    """The QR code of a text (ISO/IEC 18004), two rows of modules in each line.

    Empty without segno, which an installation of an older version may lack.
    """
    if find_spec("segno") is None:
        return []
    import segno

    rows = [list(row) for row in segno.make_qr(text).matrix_iter(border=QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(HALVES[modules] for modules in zip(*pair, strict=True)) for pair in pairs]
