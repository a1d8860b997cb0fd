"""Makes the icons of "Add to Home Screen" from the page's icon.svg, in Debian's Chromium.

`python -m tests.pictures.icons`.
"""

from __future__ import annotations

import io

from PIL import Image

from edge.frontends.web.static_files import STATIC
from moodpi.files import write_atomic
from tests.pictures.chromium import chromium

SIZES = (192, 512)
# A phone may cut a maskable icon to a circle of 80 % of its size.
PADDING = 0.1
COLOURS = 32
BACKGROUND = "#fbf8f3"


def main() -> None:
    """Write an icon of each size."""
    svg = (STATIC / "icon.svg").read_text()
    with chromium() as browser:
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            style = f"margin:0;padding:{PADDING * size}px;background:{BACKGROUND}"
            page.set_content(f'<body style="{style}">{svg}</body>')
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            stream = io.BytesIO()
            picture.quantize(COLOURS).save(stream, "PNG", optimize=True)
            write_atomic({STATIC / f"icon-{size}.png": stream.getvalue()})


if __name__ == "__main__":
    main()
