"""The installed service with music of its own: by MPD, over a reboot, and then by mpv, in order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.edge.players.shelf import draw, fill, silence
from tests.installation.conftest import checkout_copy
from tests.installation.machine import TOOLS, Machine
from tests.installation.system import absent, clean_root, root_copy
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation, pytest.mark.long]

INSTALL = "/mnt/moodpi/install.sh --wheels /mnt/wheels --music /srv/music"
CONFIGURATION = "/etc/moodpi/moodpi.toml"
SONGS = 200
# Neither player has a sound card in a container.
NO_SOUND = 'audio_output {\\n type \\"null\\"\\n name \\"nowhere\\"\\n}\\n'


@pytest.fixture(scope="module")
def jukebox(
    wheels: Path, camera: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """A booted Debian 12 with MPD, mpv and music, whose moodpi will see the portrait."""
    if why := absent(*TOOLS):
        pytest.skip(why)
    music = tmp_path_factory.mktemp("music")
    fill(music, silence(tmp_path_factory.mktemp("silence")), draw(SONGS, seed=3))
    music.chmod(0o755)
    release = checkout_copy(tmp_path_factory.mktemp("release"))
    clean = clean_root("bookworm-music", "mpd", "mpc", "mpv", "procps")
    root = root_copy(clean, tmp_path_factory.mktemp("jukebox"))
    container = Machine(root, {release: "/mnt/moodpi", wheels: "/mnt/wheels", music: "/srv/music"})
    try:
        container.boot()
        container.said("echo 127.0.0.1 localhost > /etc/hosts")
        container.said(f'printf "{NO_SOUND}" >> /etc/mpd.conf && systemctl enable --now mpd')
        container.said("mkdir -p /etc/moodpi")
        container.said(f"printf '[source]\\ndevice = \"{camera}\"\\n' > {CONFIGURATION}")
        yield container
    finally:
        container.power_off()
        shutil.rmtree(root)


def status(jukebox: Machine) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(jukebox.said("moodpi status --json"))
    return told


def heard(jukebox: Machine) -> str | None:
    """The title of moodpi's track that is playing now."""
    playing = status(jukebox).get("playing")
    return playing["track"]["title"] if playing and playing["track"] else None


def test_mpd_plays_what_fits(jukebox: Machine) -> None:
    said = jukebox.said(f"{INSTALL} --player mpd")
    assert "MPD has the music" in said
    wait_for(lambda: "[playing]" in jukebox.said("mpc status"), "MPD plays")
    wait_for(lambda: heard(jukebox), "moodpi knows of it")
    assert len(jukebox.said("mpc playlist").splitlines()) == 5
    told = status(jukebox)
    assert told["mood"]["emotion"] == "happy"
    assert heard(jukebox) in [track["title"] for track in told["tracks"]["tracks"]]


def test_doctor_counts_the_songs(jukebox: Machine) -> None:
    songs = next(line for line in jukebox.said("moodpi doctor").splitlines() if " songs" in line)
    assert songs.startswith("ok")
    assert f"of {SONGS}" in songs


def test_stopped_it_leaves_mpd_as_it_was(jukebox: Machine) -> None:
    jukebox.said("systemctl stop moodpi")
    assert jukebox.said("mpc playlist") == ""
    assert "[playing]" not in jukebox.said("mpc status")
    jukebox.said("systemctl start moodpi")


def test_power_on_is_enough_for_music(jukebox: Machine) -> None:
    jukebox.power_off()
    jukebox.boot()
    wait_for(lambda: "[playing]" in jukebox.said("mpc status"), "MPD plays after a reboot")
    wait_for(lambda: heard(jukebox), "moodpi knows of it")


def test_mpv_plays_under_the_same_locks(jukebox: Machine) -> None:
    jukebox.said(f"sed -i '/^\\[player\\]/a mpv_options = [\"--ao=null\"]' {CONFIGURATION}")
    jukebox.said(f"{INSTALL} --player mpv")
    wait_for(lambda: heard(jukebox), "mpv plays")
    process = jukebox.said("pgrep -x mpv")
    assert jukebox.said(f"stat -c %U /proc/{process}") == "moodpi"
    assert jukebox.property("MemoryDenyWriteExecute") == "yes"
    before = heard(jukebox)
    jukebox.said("moodpi next")
    wait_for(lambda: heard(jukebox) not in (None, before), "another track")
    jukebox.said("moodpi pause")
    wait_for(lambda: status(jukebox)["silence"] == "paused", "silence")
