"""install.sh: refusals, questions, kept settings, rollback. The tests run in order."""

from __future__ import annotations

import re

import pytest

from tests.installation.container import Container

pytestmark = pytest.mark.workstation

INSTALLER = "/mnt/moodpi/install.sh"
# As from a release archive, with the wheels of a local folder in place of the network.
PIP_CONFIGURATION = "[global]\\nno-index = true\\nfind-links = /mnt/wheels\\n"
INSTALL = f"printf '{PIP_CONFIGURATION}' > /etc/pip.conf; {INSTALLER}"
# The first folder of the installer's PATH.
FAKES = "/usr/local/sbin"


def untouched(container: Container) -> bool:
    places = "/opt/moodpi /etc/moodpi /var/lib/moodpi /usr/local/bin/moodpi /tmp/tmp.*"
    return container.run(f"ls -d {places}").stdout == ""


def fake(container: Container, program: str, script: str) -> None:
    container.output(f"mkdir -p {FAKES} && printf '#!/bin/sh\\n{script}\\n' > {FAKES}/{program}")
    container.output(f"chmod +x {FAKES}/{program}")


def test_a_dry_run_shows_every_step_and_changes_nothing(container: Container) -> None:
    output = container.output(f"{INSTALLER} --dry-run --player mpd --with onnx --music /srv")
    assert "apt-get install -y -q --no-install-recommends mpd mpc" in output
    assert "python3 -I -m venv --system-site-packages /opt/moodpi/" in output
    assert "source[mpd,onnx]" in output
    assert "moodpi service install --player mpd --music /srv" in output
    assert untouched(container)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--wheels /nowhere", "--wheels /nowhere: no moodpi-*.whl in this folder"),
        ("--music /nowhere", "--music /nowhere: no such folder"),
        ("--player mpv", "mpv plays local files: add --music DIR, the folder with the files"),
        ("--player vlc", "unknown player 'vlc': expected print, mpd, mpv or subsonic"),
        (
            "--player subsonic",
            "subsonic plays the songs of a server: add --server URL and --password-file FILE",
        ),
        (
            "--player subsonic --server http://me:word@host",
            "--server: expected an address without a password: give it with --password-file",
        ),
        (
            "--player subsonic --server http://me@host",
            "the server requires a password: add --password-file FILE",
        ),
        ("--page world", "unknown page 'world': expected home, this-machine or off"),
        ("--with web,rtsp", "unknown extra 'rtsp': expected onnx, web, mqtt or heif"),
        ("--fast", "unknown option '--fast': see ./install.sh --help"),
    ],
)
def test_wrong_usage_changes_nothing(container: Container, options: str, reason: str) -> None:
    done = container.run(f"{INSTALLER} {options}")
    assert (done.returncode, done.stderr) == (2, f"install.sh: {reason}\n")
    assert untouched(container)


@pytest.mark.parametrize(
    ("program", "script", "reason"),
    [
        ("getconf", "echo 32", "this system is 32-bit: install the 64-bit Raspberry Pi OS"),
        ("uname", "echo armv7l", "unsupported processor armv7l: expected aarch64 or x86_64"),
        (
            "python3",
            '[ "$1" = --version ] && echo Python 3.9.2',
            "Python 3.9.2 is too old: expected 3.11 or later (Raspberry Pi OS Bookworm)",
        ),
        ("id", "echo 1000", "the installation requires root: run it with sudo"),
    ],
)
def test_an_unsupported_system_is_one_line_and_changes_nothing(
    container: Container, program: str, script: str, reason: str
) -> None:
    fake(container, program, script)
    done = container.run(INSTALLER)
    container.output(f"rm {FAKES}/{program}")
    assert (done.returncode, done.stderr) == (1, f"install.sh: {reason}\n")
    assert untouched(container)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("", "pip cannot install moodpi: check the network; nothing was changed (ERROR: "),
        (
            "--player mpv --music /srv",
            "apt-get cannot install mpv ffmpeg: check the network; nothing was changed (",
        ),
    ],
)
def test_without_a_network_it_prints_one_line_and_changes_nothing(
    container: Container, options: str, reason: str
) -> None:
    done = container.run(f"unshare --net {INSTALLER} {options}")
    assert done.returncode == 1
    assert done.stderr.startswith(f"install.sh: {reason}")
    assert done.stderr.count("\n") == 1
    assert untouched(container)


def test_on_a_terminal_it_asks(container: Container) -> None:
    asked = container.output(
        f"printf 'mpv\\n/srv\\nhome\\n' | script -qec '{INSTALLER} --dry-run' /dev/null"
    )
    assert "Which player: print, mpd, mpv or subsonic?" in asked
    assert "source[mpv,web]" in asked
    assert "moodpi service install --player mpv --music /srv --page home" in asked


def test_the_password_of_a_server_is_asked_for_and_not_shown(container: Container) -> None:
    address = "http://me@music.local:4533"
    typed = f"subsonic\\n{address}\\nw0rd\\noff\\n"
    # The terminal would echo what is typed before the question.
    script = f"script --echo never -qec '{INSTALLER} --dry-run' /dev/null"
    asked = container.output(f"printf '{typed}' | {script}")
    assert f"moodpi setup --yes --player subsonic --server {address}" in asked
    assert "--no-install-recommends mpv" in asked
    assert "w0rd" not in asked


def test_from_a_release_archive_without_git(container: Container) -> None:
    assert container.run("command -v git").returncode != 0
    container.output("useradd --create-home friend")
    output = container.output(f"export SUDO_USER=friend; {INSTALL} --page home")
    assert "- allow friend to control moodpi: usermod -aG moodpi friend" in output
    assert container.active()
    assert "!!  source" in output
    token = container.output("cat /var/lib/moodpi/web-token")
    assert re.search(rf"^  http://\S+:8377/login#{token}$", output, re.MULTILINE)
    assert "moodpi doctor --sound" in output
    assert "moodpi" in container.output("id -Gn friend").split()
    assert "uptime" in container.output("su friend -c 'moodpi status --json'")


def test_an_upgrade_installs_the_extras_of_the_previous_version(container: Container) -> None:
    container.output(INSTALL)
    container.output("/opt/moodpi/current/bin/python -c 'import starlette'")


def test_music_in_a_home_that_is_closed_to_others_can_be_read(container: Container) -> None:
    music = "'/home/friend/My Music'"
    container.output(f"mkdir {music} && touch {music}/song.ogg && chmod 700 /home/friend")
    container.output(f"moodpi service install --music {music}")
    inside = (
        "nsenter -t $(systemctl show moodpi -P MainPID) -m setpriv --reuid=moodpi --clear-groups"
    )
    assert container.output(f"{inside} ls {music}") == "song.ogg"
    assert container.output(f"{inside} ls /home/friend") == "My Music"
    assert container.run(f"{inside} touch {music}/more").returncode != 0


def test_a_version_whose_service_does_not_start_is_rolled_back(
    container: Container,
) -> None:
    before = container.output("readlink /opt/moodpi/current")
    done = container.run(f"{INSTALLER} --wheels /mnt/failing")
    assert done.returncode == 1
    assert done.stderr.endswith(
        "the new version did not start: the previous version is running again\n"
    )
    assert container.output("readlink /opt/moodpi/current") == before
    assert container.active()
    assert "/bin/false" not in container.output("systemctl cat moodpi")


def test_a_rollback_restores_the_configuration(container: Container) -> None:
    container.output("mkdir -p /srv/songs")
    before = container.output("cat /etc/moodpi/moodpi.toml")
    done = container.run(f"{INSTALLER} --wheels /mnt/failing --player mpv --music /srv/songs")
    assert done.stderr.endswith(
        "the new version did not start: the previous version is running again\n"
    )
    assert container.output("cat /etc/moodpi/moodpi.toml") == before
    assert container.active()


def test_the_configured_player_is_read_however_it_is_written(
    container: Container,
) -> None:
    written = "  [ player ]\\n kind = \\047mpd\\047 # or mpv\\n"
    container.output(f"printf '{written}' > /etc/moodpi/moodpi.toml")
    assert "source[mpd,web]" in container.output(f"{INSTALLER} --dry-run")


def test_an_upgrade_from_0_1_0_renames_the_keys_of_the_configuration(container: Container) -> None:
    configuration = "/etc/moodpi/moodpi.toml"
    old = '[recommend]\\nleast_popularity = 20  # mine\\n[player]\\nquiet = "22:30-07:00"\\n'
    container.output(f"printf '{old}' > {configuration}")
    container.output(f"chown root:moodpi {configuration} && chmod 640 {configuration}")
    before = container.output(f"cat {configuration}")
    output = container.output(INSTALL)
    assert "recommend.least_popularity to recommend.min_popularity" in output
    assert "player.quiet to player.quiet_hours" in output
    assert container.active()
    after = container.output(f"cat {configuration}")
    assert after == before.replace("least_", "min_").replace("quiet", "quiet_hours")
    backup = f"{configuration}.before-upgrade"
    assert container.output(f"cat {backup}") == before
    permissions = container.output(f"stat -c '%a %U %G' {configuration} {backup}")
    assert permissions == "640 root moodpi\n640 root moodpi"


def test_the_password_of_a_server_is_readable_to_moodpi_alone(container: Container) -> None:
    # The container has no mpv.
    fake(container, "dpkg-query", "echo install ok installed")
    container.output("printf 'w0rd\\n' > /run/server-password")
    server = "--server http://me@127.0.0.1:9 --password-file /run/server-password"
    output = container.output(f"{INSTALL} --player subsonic {server}")
    container.output(f"rm {FAKES}/dpkg-query")
    assert "w0rd" not in output
    configuration = "/etc/moodpi/moodpi.toml"
    assert 'subsonic_password = "w0rd"' in container.output(f"cat {configuration}")
    permissions = container.output(f"stat -c '%a %U %G' {configuration}")
    assert permissions == "640 root moodpi"
    assert container.active()
