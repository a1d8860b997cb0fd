"""A real `moodpi serve` on a free port, with its own folder, and a browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with a browser last: its event loop stays in the main thread."""
    files = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in files)


@dataclass(frozen=True)
class Served:
    """A running server. greeting: the lines that it printed; state: its state folder."""

    url: str
    process: subprocess.Popen[str]
    state: Path
    greeting: list[str]
    log: Path

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def get(self, path: str, **options: Any) -> Any:
        return httpx.get(self.url + path, timeout=60, **options)

    def request(self, method: str, path: str) -> Any:
        return httpx.request(method, self.url + path, timeout=60)

    def post(self, path: str, content: Any = None, **options: Any) -> Any:
        return httpx.post(self.url + path, content=content, timeout=60, **options)


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[Served]:
    """The server, until the block ends; then it gets SIGTERM, as from systemd.

    variables: added to its environment, which has its own home and state folder.
    """
    state, log = folder / "state", folder / "log"
    own = ("MOODPI", "XDG_", "STATE_DIRECTORY")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    scheme = "https" if "--tls-cert" in options else "http"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "moodpi", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env={
                **inherited,
                "HOME": str(folder),
                "PYTHONPATH": str(ROOT),
                "STATE_DIRECTORY": str(state),
                **variables,
            },
        )
    try:
        greeting = [process.stdout.readline()]
        if "token is in" not in greeting[0] and "this machine only" not in greeting[0]:
            greeting += [process.stdout.readline() for _ in range(2)]
        port = re.search(r":(\d+)/", greeting[0])[1]
        yield Served(f"{scheme}://127.0.0.1:{port}", process, state, greeting, log)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on loopback, shared by the tests that do not change it."""
    with serving(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Any]:
    """Starts a server with other options, for a `with` statement."""
    return lambda *options: serving(tmp_path, *options)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed")
    # Long enough for a busy machine; in milliseconds.
    playwright.expect.set_options(timeout=20_000)
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """The files of a certificate for localhost and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes", "-newkey", "rsa:2048"]
    subprocess.run(
        ["openssl", "req", "-x509", *subject, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return certificate, key
