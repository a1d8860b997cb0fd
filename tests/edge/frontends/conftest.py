"""A person in front of a camera, and the daemon that watches it, shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> FakePerson:
    return FakePerson(tmp_path_factory.mktemp("person"), portrait)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory, person: FakePerson) -> Iterator[RunningDaemon]:
    with (
        portrait_camera(person.picture) as url,
        RunningDaemon(tmp_path_factory.mktemp("r"), url, FAST_MOODS) as daemon,
    ):
        yield daemon
