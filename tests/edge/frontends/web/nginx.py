"""A real nginx in front of the page."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import wait_for

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin")
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason="Debian's nginx-light is not installed")
CONFIGURATION = """
daemon off;
user root;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 10m;
    server {{
        listen 127.0.0.1:{port}{tls};
        {locations}
    }}
}}
"""


class Nginx:
    """An nginx on a port of its own.

    certificate, key: Their files, for HTTPS. url: Its address, without a slash at the end.
    """

    def __init__(
        self, folder: Path, certificate: Path | None = None, key: Path | None = None
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = int(free.getsockname()[1])
        self._tls = certificate and (
            f" ssl; ssl_certificate {certificate}; ssl_certificate_key {key}"
        )
        self.url = f"{'https' if certificate else 'http'}://localhost:{self._port}"
        self._folder = folder

    @contextmanager
    def serving(self, *locations: str) -> Iterator[None]:
        """Serve these `location` blocks until the block ends."""
        assert PROGRAM
        configuration = self._folder / "nginx.conf"
        configuration.write_text(
            CONFIGURATION.format(
                folder=self._folder,
                port=self._port,
                tls=self._tls or "",
                locations="\n".join(locations),
            )
        )
        process = subprocess.Popen([PROGRAM, "-c", configuration])
        try:
            wait_for(self._answers, "nginx")
            yield
        finally:
            process.terminate()
            process.wait(10)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
