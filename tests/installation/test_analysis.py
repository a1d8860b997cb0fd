"""The analysis of songs as a service that starts by itself. The tests run in order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR
from tests.edge.players.server_processes import free_port
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.installation.conftest import checkout_copy
from tests.installation.container import TOOLS, Container
from tests.installation.debian_system import PLAYERS, clean_root, missing_requirements, root_copy
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation]

INSTALL = "/mnt/moodpi/install.sh --wheels /mnt/wheels --with web --player mpv --music /srv/music"
UNIT = "moodpi-analysis"
SONGS = 60
CONFIGURATION = """[source]
device = "{camera}"
[player]
mpv_options = ["--ao=null"]
[web]
enabled = true
port = {port}
"""
# The shipped timer waits for ten minutes and six hours, and systemd up to a minute longer.
TIMER = "[Timer]\nOnActiveSec=\nOnActiveSec=1\nOnUnitInactiveSec=5\nAccuracySec=100ms\n"
# The temperature of the processor is that of a file.
THERMAL = "[Service]\nBindReadOnlyPaths=/opt/thermal:/sys/class/thermal\n"
PAGE = """from urllib.request import urlopen
print(urlopen("http://127.0.0.1:{port}/api/status").read().decode())"""


@pytest.fixture(scope="module")
def person(portrait: Path, tmp_path_factory: pytest.TempPathFactory) -> FakePerson:
    return FakePerson(tmp_path_factory.mktemp("person"), portrait)


@pytest.fixture(scope="module")
def port() -> int:
    """The port of the page: the container has the network of the host."""
    return free_port()


@pytest.fixture(scope="module")
def home(
    wheels: Path, person: FakePerson, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """A booted Debian 12 with songs that no catalogue knows and a camera that sees `person`."""
    if why := missing_requirements(*TOOLS):
        pytest.skip(why)
    music = tmp_path_factory.mktemp("music")
    write_wav(music / "song 1.wav", chords(MAJOR, seconds=11))
    # With the damaged one, SONGS files.
    for number in range(2, SONGS):
        (music / f"song {number}.wav").hardlink_to(music / "song 1.wav")
    (music / "damaged.wav").write_bytes(b"RIFF")
    music.chmod(0o755)
    root = root_copy(clean_root(*PLAYERS), tmp_path_factory.mktemp("home"))
    release = checkout_copy(tmp_path_factory.mktemp("release"))
    mounts = {release: "/mnt/moodpi", wheels: "/mnt/wheels", music: "/srv/music"}
    container = Container(root, mounts)
    try:
        with portrait_camera(person.picture) as camera:
            container.boot()
            write(
                container, "/etc/moodpi/moodpi.toml", CONFIGURATION.format(camera=camera, port=port)
            )
            write(container, f"/etc/systemd/system/{UNIT}.timer.d/soon.conf", TIMER)
            write(container, f"/etc/systemd/system/{UNIT}.service.d/thermal.conf", THERMAL)
            set_temperature(container, 40)
            yield container
    finally:
        container.power_off()
        shutil.rmtree(root)


def write(home: Container, path: str, text: str) -> None:
    home.output(f"mkdir -p $(dirname {path}) && printf %s {quote(text)} > {path}")


def set_temperature(home: Container, celsius: int) -> None:
    write(home, "/opt/thermal/thermal_zone0/temp", f"{1000 * celsius}")


def query(home: Container, statement: str) -> int:
    """The number that a statement returns, or the rows that it changes; 0 before the first song."""
    code = (
        "import sqlite3; d = sqlite3.connect('/var/lib/moodpi/analysis.sqlite', timeout=20)\n"
        f"c = d.execute({statement!r}); print((c.fetchone() or [c.rowcount])[0]); d.commit()"
    )
    return int(home.run(f"python3 -c {quote(code)}").stdout or 0)


def analyzed(home: Container) -> int:
    return query(home, "SELECT count(*) FROM song")


def kept(home: Container) -> int:
    """The songs that test_it_resumes_after_being_killed has marked."""
    return query(home, "SELECT count(*) FROM song WHERE reason = 'kept'")


def status(home: Container) -> dict[str, Any]:
    status_now: dict[str, Any] = json.loads(home.output("moodpi status --json"))
    return status_now


def unit(home: Container, name: str) -> str:
    """One property of the unit of the analysis."""
    return home.output(f"systemctl show {UNIT} --property={name} --value")


def test_it_starts_by_itself_and_waits_while_somebody_is_in_view(
    home: Container, port: int
) -> None:
    home.output(INSTALL)
    pause = "pausing: somebody is in view"
    wait_for(lambda: pause in status(home)["song_analysis"], "it waits")
    assert pause in home.output("moodpi status")
    assert pause in home.run("moodpi doctor").stdout
    assert pause in home.output(f"python3 -c {quote(PAGE.format(port=port))}")
    assert analyzed(home) < SONGS


def test_it_has_the_lowest_priority_and_limits_of_its_own(home: Container) -> None:
    process = unit(home, "MainPID")
    assert home.output(f"ps -o user=,nice= -p {process}").split() == ["moodpi", "19"]
    assert (unit(home, "MemoryMax"), unit(home, "PrivateDevices")) == ("262144000", "yes")
    assert process != home.property("MainPID")
    verified = home.run(f"systemd-analyze verify --man=no {UNIT}.service {UNIT}.timer 2>&1")
    assert verified.stdout == ""
    home.output(
        f"systemd-analyze security --offline=true --threshold=14 /etc/systemd/system/{UNIT}.service"
    )


def test_it_resumes_after_being_killed(home: Container, person: FakePerson) -> None:
    person.leave()
    wait_for(lambda: analyzed(home) > 3, "it analyzes songs")
    query(home, "UPDATE song SET reason = 'kept'")
    home.output(f"systemctl kill --kill-whom=main --signal=KILL {UNIT}")
    before = analyzed(home)
    wait_for(lambda: analyzed(home) > before, "it is started again")
    assert kept(home) > 3


def test_it_waits_while_the_processor_is_hot(home: Container) -> None:
    set_temperature(home, 80)
    wait_for(lambda: "80 C" in status(home)["song_analysis"], "it waits")
    before = analyzed(home)
    assert before < SONGS
    assert unit(home, "ActiveState") == "active"
    assert analyzed(home) == before
    skipped = home.output(f"journalctl -u {UNIT} --output=cat").count("damaged.wav")
    assert skipped == 1, "it is named once, not at every start"


def test_the_daemon_plays_the_songs_without_a_restart(home: Container, person: FakePerson) -> None:
    process = home.property("MainPID")
    person.smile()
    wait_for(lambda: (status(home)["playing"] or {}).get("track"), "it plays a song")
    assert status(home)["playing"]["track"]["title"].startswith("song ")
    assert home.property("MainPID") == process
    assert home.property("NRestarts") == "0"


def test_it_continues_after_a_reboot(home: Container, person: FakePerson) -> None:
    person.leave()
    before = kept(home)
    home.power_off()
    home.boot()
    set_temperature(home, 40)
    complete = f"{SONGS} of {SONGS} songs: 0 in the catalogue, {SONGS - 1} analyzed, 1 skipped"
    wait_for(lambda: status(home)["song_analysis"] == complete, "all songs are analyzed", 180)
    assert kept(home) == before
    assert complete in home.run("moodpi doctor").stdout


def test_a_failure_is_in_the_report_of_doctor(home: Container) -> None:
    home.output("rm /var/lib/moodpi/analysis.sqlite && mkdir /var/lib/moodpi/analysis.sqlite")
    failed = "failed (exit-code): moodpi: cannot use /var/lib/moodpi/analysis.sqlite"
    wait_for(lambda: failed in home.run("moodpi doctor").stdout, "doctor reports it")


def test_a_user_is_told_that_the_service_has_its_own_analysis(home: Container) -> None:
    home.output("useradd --create-home friend")
    output = home.output("su friend -c 'moodpi library list'")
    assert "/home/friend/.local/state/moodpi" in output
    assert "sudo systemctl start moodpi-analysis" in output
