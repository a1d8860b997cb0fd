"""Makes the icons of "Add to Home Screen" from the page's icon.svg, in Debian's Chromium.

`python -m tests.pictures.icons`.
"""

from __future__ import annotations

import io
import shutil

from PIL import Image
from playwright.sync_api import sync_playwright

from edge.frontends.web.static_files import STATIC
from moodpi.errors import MoodpiError
from moodpi.files import write_atomic

SIZES = (192, 512)
# A phone may cut a maskable icon to a circle of 80 % of its size.
PADDING = 0.1
COLOURS = 32
BACKGROUND = "#fbf8f3"


def main() -> None:
    """Write an icon of each size."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise MoodpiError("chromium is not installed: apt install chromium")
    svg = (STATIC / "icon.svg").read_text()
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            style = f"margin:0;padding:{PADDING * size}px;background:{BACKGROUND}"
            page.set_content(f'<body style="{style}">{svg}</body>')
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            stream = io.BytesIO()
            picture.quantize(COLOURS).save(stream, "PNG", optimize=True)
            write_atomic({STATIC / f"icon-{size}.png": stream.getvalue()})
        browser.close()


if __name__ == "__main__":
    main()
