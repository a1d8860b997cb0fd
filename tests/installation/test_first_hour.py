"""The first hour of a newcomer: the commands of README.md, from a bare Debian 12 to music.

The newcomer has a user who may call sudo, a folder with songs and a film of a face that smiles and
then does not. The system has no camera, and a null device as its sound.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import cv2
import pytest

from catalog.store import Track
from tests.code_blocks import blocks
from tests.conftest import ROOT
from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music
from tests.edge.portrait_camera import FakePerson
from tests.installation.conftest import checkout_copy
from tests.installation.container import TOOLS, Container
from tests.installation.debian_system import clean_root, missing_requirements, root_copy
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation]

README = ROOT / "README.md"
SECTION = "Set up a Raspberry Pi"
# All commands together, in seconds.
TIME_LIMIT = 600
MAX_COMMANDS = 8
# What a newcomer with MPD and without a camera writes in place of the words of README.md.
OWN_WORDS = {
    "REPOSITORY": "/mnt/files/moodpi.bundle",
    "--player mpv": "--player mpd",
    "FILM": "~/film.avi",
}
SONGS = tuple(sample_tracks(200, seed=3))
FILM_RATE, SECONDS_OF_EACH_MOOD = 5, 40
# The package index, the answers of a person to apt, a user, and a sound device that plays nowhere.
WORLD = """
printf '[global]\\nno-index = true\\nfind-links = /mnt/wheels\\n' > /etc/pip.conf
echo 'APT::Get::Assume-Yes "true"; DPkg::Options {"--force-confold";};' > /etc/apt/apt.conf.d/90yes
echo "127.0.0.1 localhost $(hostname)" > /etc/hosts
apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q --no-install-recommends sudo
rm -rf /var/lib/apt/lists/*
useradd --create-home --shell /bin/bash newcomer && chmod 700 /home/newcomer
echo 'newcomer ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/newcomer
su newcomer -c 'cp -r /mnt/files/music ~/Music; cp /mnt/files/film.avi ~'
cat > /etc/mpd.conf <<'MPD'
music_directory "/var/lib/mpd/music"
db_file "/var/lib/mpd/tag_cache"
state_file "/var/lib/mpd/state"
user "mpd"
bind_to_address "localhost"
audio_output {
    type "null"
    name "nowhere"
}
MPD
"""


@dataclass
class Newcomer:
    """Types commands, each block in a new session.

    commands: Those of README.md so far. seconds: The time that they took together.
    """

    container: Container
    commands: list[str] = field(default_factory=list)
    seconds: float = 0

    def type(self, block: str) -> str:
        """What the commands of a block of README.md print."""
        lines = [re.sub(r" +#.*", "", line) for line in block.splitlines()]
        self.commands += lines
        for word, own in OWN_WORDS.items():
            lines = [line.replace(word, own) for line in lines]
        return self.run("\n".join(["set -e", *(ending(line) for line in lines)]))

    def run(self, script: str) -> str:
        """What a script prints in a new session. It may take what is left of the time limit."""
        start = time.monotonic()
        session = f"su - newcomer -c {shlex.quote(script)} 2>&1"
        done = self.container.run(f"timeout {TIME_LIMIT - self.seconds:.0f} {session}")
        self.seconds += time.monotonic() - start
        assert done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout


def ending(command: str) -> str:
    """The command, with an end if it follows a log, and without the exit code of `doctor`."""
    if "journalctl -f" in command:
        return f"timeout 2 {command} || test $? = 124"
    return f"{command} || test $? = 1" if command == "moodpi doctor" else command


@pytest.fixture(scope="module")
def newcomer(
    wheels: Path, portrait: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newcomer]:
    """In a booted, bare Debian 12."""
    if why := missing_requirements(*TOOLS, "git"):
        pytest.skip(why)
    files = tmp_path_factory.mktemp("files")
    files.chmod(0o755)
    bundle(checkout_copy(tmp_path_factory.mktemp("repository")), files / "moodpi.bundle")
    write_music(files / "music", make_silent_files(tmp_path_factory.mktemp("silence")), list(SONGS))
    write_film(files / "film.avi", FakePerson(tmp_path_factory.mktemp("person"), portrait))
    root = root_copy(clean_root("bookworm"), tmp_path_factory.mktemp("first-hour"))
    container = Container(root, {files: "/mnt/files", wheels: "/mnt/wheels"})
    try:
        container.boot()
        container.output(WORLD)
        yield Newcomer(container)
    finally:
        container.power_off()
        shutil.rmtree(root)


def bundle(checkout: Path, file: Path) -> None:
    """Write a git repository with the checkout as a file that `git clone` reads."""
    git = ("git", "-C", checkout, "-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message=A release"),
        ("bundle", "create", "--quiet", file, "HEAD", "main"),
    ):
        subprocess.run([*git, *command], check=True)


def write_film(path: Path, person: FakePerson) -> None:
    """A film of a person who smiles, and then does not."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FILM_RATE, (512, 512))
    for show in (person.smile, person.frown):
        show()
        frame = cv2.imread(str(person.picture))
        for count in range(FILM_RATE * SECONDS_OF_EACH_MOOD):
            # Successive frames of a camera differ.
            frame[:8, :8] = 120 + 8 * (count % 2)
            writer.write(frame)
    writer.release()


def readme_blocks() -> list[str]:
    """The command blocks of the section about setting up, as README.md has them."""
    section = README.read_text().partition(f"\n## {SECTION}\n")[2].partition("\n## ")[0]
    return blocks(section, "sh")


def playing_songs(newcomer: Newcomer) -> list[Track]:
    """The songs in MPD's queue while it plays."""
    if "[playing]" not in newcomer.container.run("mpc status").stdout:
        return []
    files = newcomer.container.output("mpc --format %file% playlist").splitlines()
    return [SONGS[int(Path(file).stem)] for file in files]


def test_it_begins_with_the_installation() -> None:
    install, check, film = readme_blocks()
    assert "./install.sh" in install
    assert "moodpi doctor" in check
    assert film.count("\n") == 1
    assert "| `--player mpd` |" in README.read_text()


def test_the_installation_finds_the_songs(newcomer: Newcomer) -> None:
    printed = newcomer.type(readme_blocks()[0])
    assert newcomer.container.active()
    assert re.search(rf"^ok  songs +\d+ of {len(SONGS)} ", printed, re.MULTILINE)
    assert re.search(r"^  http://\S+/login#\S+$", printed, re.MULTILINE)


def test_doctor_names_the_camera_as_the_only_fault(newcomer: Newcomer) -> None:
    lines = newcomer.type(readme_blocks()[1]).splitlines()
    assert [line.split()[1] for line in lines if line.startswith("!!")] == ["source"]
    assert any(re.match(rf"ok  songs +\d+ of {len(SONGS)} ", line) for line in lines)


def test_the_music_follows_the_film(newcomer: Newcomer) -> None:
    newcomer.type(readme_blocks()[2])
    wait_for(lambda: playing_songs(newcomer), "music")
    smiling = set(playing_songs(newcomer))
    wait_for(
        lambda: set(playing_songs(newcomer)) - smiling, "other music", SECONDS_OF_EACH_MOOD * 2
    )
    later = set(playing_songs(newcomer)) - smiling
    assert "film.avi" in newcomer.run("moodpi status")
    printed = newcomer.container.output("journalctl --unit moodpi --output cat")
    moods = re.findall(r"^\S+  (\w+) \(belief ", printed, re.MULTILINE)
    assert moods[0] == "happy"
    assert len(moods) > 1
    assert len(smiling) == 5
    assert all(f". {track.title} - " in printed for track in smiling | later)
    valence = {
        name: mean(t.valence for t in songs)
        for name, songs in (("smile", smiling), ("later", later), ("all", SONGS))
    }
    assert valence["smile"] > valence["all"]
    assert valence["smile"] > valence["later"]


def test_few_commands_are_enough(newcomer: Newcomer) -> None:
    assert len(newcomer.commands) <= MAX_COMMANDS
    assert newcomer.seconds < TIME_LIMIT
