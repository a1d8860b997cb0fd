"""The service with MPD, after a reboot, and with mpv. The tests run in order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music
from tests.installation.conftest import checkout_copy
from tests.installation.container import TOOLS, Container
from tests.installation.debian_system import PLAYERS, clean_root, missing_requirements, root_copy
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation, pytest.mark.long]

INSTALL = "/mnt/moodpi/install.sh --wheels /mnt/wheels --music /srv/music"
CONFIGURATION = "/etc/moodpi/moodpi.toml"
SONGS = 200
# A container has no sound card.
NO_SOUND = 'audio_output {\\n type \\"null\\"\\n name \\"nowhere\\"\\n}\\n'


@pytest.fixture(scope="module")
def jukebox(
    wheels: Path, camera: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """A booted Debian 12 with MPD, mpv, music and a camera that shows the portrait."""
    if why := missing_requirements(*TOOLS):
        pytest.skip(why)
    music = tmp_path_factory.mktemp("music")
    write_music(
        music, make_silent_files(tmp_path_factory.mktemp("silence")), sample_tracks(SONGS, seed=3)
    )
    music.chmod(0o755)
    release = checkout_copy(tmp_path_factory.mktemp("release"))
    clean = clean_root(*PLAYERS)
    root = root_copy(clean, tmp_path_factory.mktemp("jukebox"))
    container = Container(
        root, {release: "/mnt/moodpi", wheels: "/mnt/wheels", music: "/srv/music"}
    )
    try:
        container.boot()
        container.output("echo 127.0.0.1 localhost > /etc/hosts")
        container.output(f'printf "{NO_SOUND}" >> /etc/mpd.conf && systemctl enable --now mpd')
        container.output("mkdir -p /etc/moodpi")
        container.output(f"printf '[source]\\ndevice = \"{camera}\"\\n' > {CONFIGURATION}")
        yield container
    finally:
        container.power_off()
        shutil.rmtree(root)


def status(jukebox: Container) -> dict[str, Any]:
    status_now: dict[str, Any] = json.loads(jukebox.output("moodpi status --json"))
    return status_now


def playing_title(jukebox: Container) -> str | None:
    """The title of the track that moodpi is playing; None if there is none."""
    playing = status(jukebox).get("playing")
    return playing["track"]["title"] if playing and playing["track"] else None


def test_mpd_plays_tracks_for_the_mood(jukebox: Container) -> None:
    output = jukebox.output(f"{INSTALL} --player mpd")
    assert "add the music to MPD's folder" in output
    wait_for(lambda: "[playing]" in jukebox.output("mpc status"), "MPD plays")
    wait_for(lambda: playing_title(jukebox), "moodpi reports the track")
    assert len(jukebox.output("mpc playlist").splitlines()) == 5
    status_now = status(jukebox)
    assert status_now["mood"]["emotion"] == "happy"
    assert playing_title(jukebox) in [track["title"] for track in status_now["tracks"]["tracks"]]


def test_doctor_counts_the_songs(jukebox: Container) -> None:
    songs = next(line for line in jukebox.output("moodpi doctor").splitlines() if " songs" in line)
    assert songs.startswith("ok")
    assert f"of {SONGS}" in songs


def test_stopping_the_service_restores_mpd(jukebox: Container) -> None:
    jukebox.output("systemctl stop moodpi")
    assert jukebox.output("mpc playlist") == ""
    assert "[playing]" not in jukebox.output("mpc status")
    jukebox.output("systemctl start moodpi")


def test_music_plays_after_a_reboot(jukebox: Container) -> None:
    jukebox.power_off()
    jukebox.boot()
    wait_for(lambda: "[playing]" in jukebox.output("mpc status"), "MPD plays after a reboot")
    wait_for(lambda: playing_title(jukebox), "moodpi reports the track")


def test_mpv_plays_in_the_services_sandbox(jukebox: Container) -> None:
    jukebox.output(f"sed -i '/^\\[player\\]/a mpv_options = [\"--ao=null\"]' {CONFIGURATION}")
    jukebox.output(f"{INSTALL} --player mpv")
    wait_for(lambda: playing_title(jukebox), "mpv plays")
    process = jukebox.output("pgrep -x mpv")
    assert jukebox.output(f"stat -c %U /proc/{process}") == "moodpi"
    assert jukebox.property("MemoryDenyWriteExecute") == "yes"
    before = playing_title(jukebox)
    jukebox.output("moodpi next")
    wait_for(lambda: playing_title(jukebox) not in (None, before), "another track")
    jukebox.output("moodpi pause")
    wait_for(lambda: status(jukebox)["pause_reason"] == "Paused", "the pause")
