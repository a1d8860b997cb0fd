"""How long Debian's Chromium needs to show the page, and the processor time that takes.

python -m tests.benchmarks.first_paint [LOADS]

Each load has an empty cache and a renderer of its own. Other programs on the machine lengthen the
times, but not the processor time.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.machine import describe
from tests.edge.frontends.web.conftest import serving
from tests.pictures.chromium import chromium

LOADS = 20
VIEWS = ("photo", "live", "compare")
TICKS = os.sysconf("SC_CLK_TCK")
PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) =>
    list.getEntriesByName("first-contentful-paint").forEach(resolve))
    .observe({ type: "paint", buffered: true }))"""
# Times in milliseconds since the navigation began.
TIMES = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const parts = [page, ...performance.getEntriesByType("resource")]
        .filter(({ name }) => !name.includes("/api/"));
    const paint = (name) => performance.getEntriesByName(name)[0].startTime;
    return {
        painted: paint("first-paint"), content: paint("first-contentful-paint"),
        files: parts.length,
        bytes: parts.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
        sent: parts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    };
}"""


def measure(loads: int = LOADS) -> Iterator[str]:
    """A row for each view of the page, and one for its size."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        chromium() as browser,
    ):
        session = browser.new_browser_cdp_session()
        for view in VIEWS:
            url = f"{server.url}/#{view}"
            _load(browser, session, url, server.process.pid)  # the first one starts the browser
            rows = [_load(browser, session, url, server.process.pid) for _ in range(loads)]
            yield _row(view, rows)
        last = rows[-1]
    kilobytes = last["bytes"] / 1e3, last["sent"] / 1e3
    yield f"the page: {last['files']} files, {kilobytes[0]:.0f} kB, sent as {kilobytes[1]:.0f} kB"


def _load(browser: Any, session: Any, url: str, server: int) -> dict[str, float]:
    """The times of one load, and the processor time until the page is ready, in milliseconds."""
    before = _browser_time(session), _server_time(server)
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("body.ready")
    page.evaluate(PAINTED)
    times: dict[str, float] = page.evaluate(TIMES)
    times["browser"] = _browser_time(session) - before[0]
    times["server"] = _server_time(server) - before[1]
    context.close()
    return times


def _browser_time(session: Any) -> float:
    """The processor time of all processes of the browser that run, in milliseconds."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return 1e3 * sum(float(process["cpuTime"]) for process in processes)


def _server_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1e3 * (int(fields[11]) + int(fields[12])) / TICKS


def _row(view: str, rows: list[dict[str, float]]) -> str:
    p50 = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    fastest = min(row["painted"] for row in rows)
    server = statistics.mean(row["server"] for row in rows)
    return (
        f"{view:<8} first paint p50 {p50['painted']:.0f} ms, shortest {fastest:.0f} ms, "
        f"content {p50['content']:.0f} ms; "
        f"processor time: browser {p50['browser']:.0f} ms, moodpi {server:.0f} ms"
    )


if __name__ == "__main__":
    print(describe())
    for line in measure(int(sys.argv[1]) if len(sys.argv) > 1 else LOADS):
        print(line, flush=True)
