"""The life of an installation, told in order on one machine: each test goes on from the last."""

from __future__ import annotations

import json
import time

import pytest

from tests.installation.machine import Machine
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation]

INSTALL = "/mnt/moodpi/install.sh --wheels /mnt/wheels"
CONFIGURATION = "/etc/moodpi/moodpi.toml"
WATCHDOG_SECONDS = 60


def main_process(machine: Machine) -> str:
    return machine.property("MainPID")


def restarted(machine: Machine, before: str) -> bool:
    return machine.active() and main_process(machine) not in ("0", before)


def test_one_command_installs_and_starts_it(machine: Machine) -> None:
    said = machine.said(INSTALL)
    assert "- it starts at boot: systemctl enable moodpi.service" in said
    assert machine.active()
    assert machine.said("id -Gn moodpi").split() == ["moodpi", "audio", "video", "render"]
    assert machine.said("stat -c '%U %a' /var/lib/moodpi") == "moodpi 750"
    assert machine.said("moodpi recommend --emotion happy --seed 1").startswith("Mood: happy")


def test_systemd_has_nothing_to_say_against_the_unit(machine: Machine) -> None:
    unit = "/etc/systemd/system/moodpi.service"
    assert machine.run(f"systemd-analyze verify --man=no {unit} 2>&1").stdout == ""
    machine.said(f"systemd-analyze security --offline=true --threshold=20 {unit}")


def test_without_a_camera_it_stays_up_and_says_so(machine: Machine) -> None:
    assert "picamera2" in machine.said("journalctl -u moodpi --output=cat")
    assert machine.property("NRestarts") == "0"


def test_after_a_reboot_it_runs_by_itself_and_prints_tracks(machine: Machine, camera: str) -> None:
    machine.said(f"sed -i 's|^# device = .*|device = \"{camera}\"|' {CONFIGURATION}")
    machine.power_off()
    machine.boot()
    wait_for(machine.active, "the service starts at boot")
    journal = "journalctl -b -u moodpi --output=cat"
    wait_for(lambda: "open.spotify.com" in machine.said(journal), "tracks in the journal")
    assert "happy" in machine.said(journal)
    assert "happy" in machine.property("StatusText")
    assert machine.said(f"stat -c %U /proc/{main_process(machine)}") == "moodpi"


def test_it_is_spoken_to_by_root_and_by_its_group_alone(machine: Machine) -> None:
    assert "happy" in machine.said("moodpi status")
    machine.said("useradd guest && useradd --create-home --groups moodpi friend")
    assert "happy" in machine.said("su friend -c 'moodpi status'")
    refused = machine.run("su guest -c 'moodpi status'")
    assert refused.returncode == 1
    assert "usermod -aG moodpi" in refused.stderr


def test_whoever_talks_to_it_is_told_its_taste(machine: Machine) -> None:
    machine.said("su friend -c 'moodpi like 1'")
    taste = json.loads(machine.said("su friend -c 'moodpi taste --json'"))
    assert (taste["path"], taste["likes"]) == ("/var/lib/moodpi/listener.sqlite", 1)
    assert "Liked 0," in machine.said("su friend -c 'moodpi taste --reset'")


def test_what_is_missing_comes_with_the_next_installation(machine: Machine) -> None:
    serving = machine.run("moodpi serve").stderr
    assert serving.endswith("is not installed: `sudo ./install.sh --with web` in moodpi's folder\n")


def test_doctor_tells_how_the_service_is_doing(machine: Machine) -> None:
    line = next(line for line in machine.said("moodpi doctor").splitlines() if "service" in line)
    assert line.startswith("ok  service")
    assert "active: happy" in line


def test_reloaded_it_takes_a_good_configuration_and_refuses_a_bad_one(machine: Machine) -> None:
    journal = "journalctl -b -u moodpi --output=cat"
    before = main_process(machine)
    machine.said(f"sed -i 's/^# count = .*/count = 2/' {CONFIGURATION}")
    machine.said("systemctl reload moodpi")
    wait_for(lambda: "was read again" in machine.said(journal), "it is taken")
    wait_for(lambda: machine.run("moodpi next").returncode == 0, "there is a mood again")
    assert len(json.loads(machine.said("moodpi status --json"))["tracks"]["tracks"]) == 2
    machine.said(f"sed -i 's/^count = .*/count = 0/' {CONFIGURATION}")
    machine.said("systemctl reload moodpi")
    refusal = f"the configuration stays as it was: {CONFIGURATION}: recommend.count"
    wait_for(lambda: refusal in machine.said(journal), "the reason is in the journal")
    assert machine.active()
    assert main_process(machine) == before
    machine.said(f"sed -i 's/^count = .*/count = 5/' {CONFIGURATION}")


def test_killed_it_comes_back(machine: Machine) -> None:
    before = main_process(machine)
    machine.said("systemctl kill --kill-whom=main --signal=KILL moodpi")
    wait_for(lambda: restarted(machine, before), "it is started again")


def test_hung_it_is_ended_by_the_watchdog_and_comes_back(machine: Machine) -> None:
    before = main_process(machine)
    machine.said("systemctl kill --kill-whom=main --signal=STOP moodpi")
    wait_for(lambda: restarted(machine, before), "it is started again", WATCHDOG_SECONDS)
    assert "Watchdog timeout" in machine.said("journalctl -b -u moodpi --output=cat")


def test_an_upgrade_keeps_configuration_and_state(machine: Machine, camera: str) -> None:
    first = machine.said("readlink /opt/moodpi/current")
    history = machine.said("stat -c %i /var/lib/moodpi/listener.sqlite")
    said = machine.said(INSTALL)
    assert machine.said("readlink /opt/moodpi/current") != first
    assert "its configuration" not in said
    assert f"{CONFIGURATION} was kept" not in said, "there are no new settings to speak of"
    assert camera in machine.said(f"cat {CONFIGURATION}")
    assert machine.said("stat -c %i /var/lib/moodpi/listener.sqlite") == history
    assert machine.active()


def test_a_setting_that_a_kept_configuration_lacks_is_shown(machine: Machine) -> None:
    machine.said(f"sed -i '/min_neighbours = /d' {CONFIGURATION}")
    said = machine.said("moodpi service install")
    assert f"{CONFIGURATION} was kept; settings newer than it: faces.min_neighbours" in said


def test_an_upgrade_that_does_not_work_here_is_undone(machine: Machine) -> None:
    before = machine.said("readlink /opt/moodpi/current")
    process = main_process(machine)
    done = machine.run("/mnt/moodpi/install.sh --wheels /mnt/damaged")
    assert done.returncode == 1
    assert "the one before goes on" in done.stderr
    assert machine.said("readlink /opt/moodpi/current") == before
    assert main_process(machine) == process, "what ran goes on, undisturbed"
    assert len(machine.said("ls -d /opt/moodpi/2*").split()) == 2, "it and the one before"


def test_in_a_persons_own_session_it_runs_too(machine: Machine) -> None:
    machine.said("systemctl stop moodpi && loginctl enable-linger friend")
    session = "export XDG_RUNTIME_DIR=/run/user/$(id -u)"
    wait_for(
        lambda: (
            machine.run(f"su friend -c '{session}; systemctl --user is-system-running'").stdout
            == "running\n"
        ),
        "the session is there",
    )
    said = machine.said(f"su friend -c '{session}; moodpi service install --user'")
    assert "write /home/friend/.config/systemd/user/moodpi.service" in said
    status = f"su friend -c '{session}; moodpi status'"
    wait_for(lambda: "happy" in machine.run(status).stdout, "it sees somebody")
    machine.said("test -e /home/friend/.local/state/moodpi/listener.sqlite")
    assert "ok  your service" in machine.said(f"su friend -c '{session}; moodpi doctor'")
    machine.said(f"su friend -c '{session}; moodpi service uninstall --user'")
    assert machine.run(f"su friend -c '{session}; systemctl --user cat moodpi'").returncode != 0
    machine.said("loginctl disable-linger friend && systemctl start moodpi")


def test_a_wrong_configuration_keeps_it_down_and_says_why(machine: Machine) -> None:
    machine.said(f"printf '[mood]\\nsmoothing = 1000\\n' > {CONFIGURATION}")
    machine.run("systemctl restart moodpi")
    wait_for(lambda: machine.property("ActiveState") == "failed", "it fails")
    restarts = machine.property("NRestarts")
    time.sleep(8)  # longer than RestartSec
    assert machine.property("ActiveState") == "failed"
    assert machine.property("NRestarts") == restarts
    assert machine.property("ExecMainStatus") == "78"
    assert "mood.smoothing" in machine.said("journalctl -b -u moodpi --output=cat")
    assert "failed (exit-code): moodpi: " in machine.run("moodpi doctor").stdout


def test_uninstalled_it_keeps_what_was_learned(machine: Machine) -> None:
    machine.said("moodpi service uninstall")
    assert machine.run("ls -d /opt/moodpi /usr/local/bin/moodpi").stdout == ""
    assert machine.run("systemctl cat moodpi").returncode != 0
    assert machine.said(f"ls {CONFIGURATION} /var/lib/moodpi/listener.sqlite")


def test_purged_it_leaves_nothing(machine: Machine) -> None:
    machine.said(f"rm {CONFIGURATION}")
    machine.said(INSTALL)
    machine.said("moodpi service uninstall --purge")
    # What a person's own session learned is theirs.
    elsewhere = "-not -path '/proc/*' -not -path '/mnt/*' -not -path '/home/*'"
    left = f"find / -xdev -iname '*moodpi*' {elsewhere}"
    assert [
        path for path in machine.said(left).splitlines() if not path.startswith("/var/log/")
    ] == []
    assert machine.run("id moodpi").returncode != 0
