"""The link that opens the page, and its QR code."""

from __future__ import annotations

import re
from pathlib import Path
from stat import S_IMODE

import cv2
import numpy as np
import pytest

from edge.config.settings import WebSettings
from edge.frontends.web.access_token import FILE_NAME
from edge.frontends.web.login_link import configured_link
from edge.frontends.web.qr_code import HALVES, qr_lines
from moodpi.errors import ConfigurationError
from tests.raising import raises

EVERYWHERE = "0.0.0.0"  # noqa: S104


def picture_of(lines: list[str]) -> np.ndarray:
    """What a phone sees of a dark terminal, ten pixels a module."""
    halves = {character: modules for modules, character in HALVES.items()}
    rows = [[halves[c][half] for c in line] for line in lines for half in (0, 1)]
    modules = np.pad(np.array(rows, np.uint8), 4)
    return np.kron(255 * (1 - modules), np.ones((10, 10), np.uint8)).astype(np.uint8)


@pytest.mark.parametrize("length", [1, 40, 80])
def test_a_phone_reads_the_code(length: int) -> None:
    pytest.importorskip("segno", reason="not applicable: segno is not installed")
    link = f"http://pi.local:8377/login#{'aB-9_' * length}"[: 28 + length]
    assert cv2.QRCodeDetector().detectAndDecode(picture_of(qr_lines(link)))[0] == link


def test_the_link_is_the_same_each_time_and_only_its_user_reads_the_token(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    first = configured_link(WebSettings(host=EVERYWHERE), folder)
    assert first == configured_link(WebSettings(host=EVERYWHERE), folder)
    assert re.fullmatch(r"http://([\w-]+\.local|[\d.]+):8377/login#[\w-]{32}", first)
    assert S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_page_of_this_machine_needs_no_token(tmp_path: Path, host: str) -> None:
    link = configured_link(WebSettings(host=host), tmp_path)
    assert link.endswith(":8377/")
    assert not list(tmp_path.iterdir())


def test_behind_a_proxy_it_needs_one(tmp_path: Path) -> None:
    link = configured_link(WebSettings(trusted_proxies=("127.0.0.1",)), tmp_path)
    assert "login#" in link


def test_a_port_that_changes_has_no_link(tmp_path: Path) -> None:
    with raises("no_fixed_port", ConfigurationError):
        configured_link(WebSettings(port=0), tmp_path)


def test_serve_prints_the_link(moodpi, tmp_path: Path) -> None:
    options = ("--link", "--host", EVERYWHERE, "--port", "8400")
    done = moodpi("serve", *options)
    token = (tmp_path / ".local" / "state" / "moodpi" / FILE_NAME).read_text().strip()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(f":8400/login#{token}")
    assert moodpi("serve", *options).stdout == done.stdout
