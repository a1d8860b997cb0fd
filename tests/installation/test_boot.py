"""Installing, upgrading and removing moodpi. The tests run in order on one container."""

from __future__ import annotations

import json
import time

import pytest

from tests.installation.container import Container
from tests.process_memory import resident_share_of_libraries
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation]

INSTALL = "/mnt/moodpi/install.sh --wheels /mnt/wheels"
CONFIGURATION = "/etc/moodpi/moodpi.toml"
WATCHDOG_SECONDS = 60


def main_process(container: Container) -> str:
    return container.property("MainPID")


def restarted(container: Container, before: str) -> bool:
    return container.active() and main_process(container) not in ("0", before)


def test_one_command_installs_and_starts_it(container: Container) -> None:
    output = container.output(INSTALL)
    assert "- start the service at boot: systemctl enable moodpi.service" in output
    assert container.active()
    assert container.output("id -Gn moodpi").split() == ["moodpi", "audio", "video", "render"]
    assert container.output("stat -c '%U %a' /var/lib/moodpi") == "moodpi 700"
    assert container.output("moodpi recommend --emotion happy --seed 1").startswith("Mood: happy")


def test_systemd_finds_no_fault_in_the_unit(container: Container) -> None:
    unit = "/etc/systemd/system/moodpi.service"
    assert container.run(f"systemd-analyze verify --man=no {unit} 2>&1").stdout == ""
    container.output(f"systemd-analyze security --offline=true --threshold=14 {unit}")


def test_a_photo_is_decoded_within_the_sandbox_of_the_unit(container: Container) -> None:
    drop_in = "/run/systemd/system/moodpi.service.d/photo.conf"
    classify = "/opt/moodpi/current/bin/moodpi classify /opt/portrait.jpg"
    container.output("cp /mnt/moodpi/tests/data/eileen_collins.jpg /opt/portrait.jpg")
    container.output(f"mkdir -p $(dirname {drop_in})")
    container.output(f"printf '[Service]\\nExecStartPost={classify}\\n' > {drop_in}")
    done = container.run("systemctl daemon-reload && systemctl restart moodpi")
    container.output(f"rm {drop_in} /opt/portrait.jpg && systemctl daemon-reload")
    assert done.returncode == 0, container.output("journalctl -u moodpi -n 20 --output=cat")
    assert "happy" in container.output("journalctl -u moodpi --output=cat")


def test_without_a_camera_it_stays_up_and_says_so(container: Container) -> None:
    assert "picamera2" in container.output("journalctl -u moodpi --output=cat")
    assert container.property("NRestarts") == "0"


def test_after_a_reboot_it_runs_by_itself_and_prints_tracks(
    container: Container, camera: str
) -> None:
    container.output(f"sed -i 's|^# device = .*|device = \"{camera}\"|' {CONFIGURATION}")
    container.power_off()
    container.boot()
    wait_for(container.active, "the service starts at boot")
    journal = "journalctl -b -u moodpi --output=cat"
    wait_for(lambda: "open.spotify.com" in container.output(journal), "tracks in the journal")
    assert "happy" in container.output(journal)
    assert "happy" in container.property("StatusText")
    assert container.output(f"stat -c %U /proc/{main_process(container)}") == "moodpi"


def test_the_hardened_service_releases_the_pages_of_libraries(container: Container) -> None:
    smaps = container.output(f"cat /proc/{main_process(container)}/smaps")
    # It keeps .19 if nothing is released, and .07 if it is.
    assert resident_share_of_libraries(smaps) < 0.12


def test_only_root_and_its_group_can_control_it(container: Container) -> None:
    assert "Happy since" in container.output("moodpi status")
    container.output("useradd guest && useradd --create-home --groups moodpi friend")
    assert "Happy since" in container.output("su friend -c 'moodpi status'")
    refused = container.run("su guest -c 'moodpi status'")
    assert refused.returncode == 1
    assert "usermod -aG moodpi" in refused.stderr


def test_members_of_its_group_can_read_the_taste(container: Container) -> None:
    container.output("su friend -c 'moodpi like 1'")
    taste = json.loads(container.output("su friend -c 'moodpi taste --json'"))
    assert (taste["path"], taste["likes"]) == ("/var/lib/moodpi/listener.sqlite", 1)
    assert "Liked 0," in container.output("su friend -c 'moodpi taste --reset'")


def test_a_missing_extra_names_the_option_of_install_sh(container: Container) -> None:
    serving = container.run("moodpi serve").stderr
    assert serving.endswith("is not installed: `sudo ./install.sh --with web` in moodpi's folder\n")


def test_doctor_reports_the_state_of_the_service(container: Container) -> None:
    line = next(
        line for line in container.output("moodpi doctor").splitlines() if "service" in line
    )
    assert line.startswith("ok  service")
    assert "active: happy" in line


def test_a_reload_applies_a_valid_configuration_and_rejects_another(container: Container) -> None:
    journal = "journalctl -b -u moodpi --output=cat"
    before = main_process(container)
    container.output(f"sed -i 's/^# count = .*/count = 2/' {CONFIGURATION}")
    container.output("systemctl reload moodpi")
    wait_for(lambda: "configuration reloaded" in container.output(journal), "it is taken")
    wait_for(lambda: container.run("moodpi next").returncode == 0, "there is a mood again")
    assert len(json.loads(container.output("moodpi status --json"))["tracks"]["tracks"]) == 2
    container.output(f"sed -i 's/^count = .*/count = 0/' {CONFIGURATION}")
    container.output("systemctl reload moodpi")
    refusal = f"configuration not reloaded: {CONFIGURATION}: recommend.count"
    wait_for(lambda: refusal in container.output(journal), "the reason is in the journal")
    assert container.active()
    assert main_process(container) == before
    container.output(f"sed -i 's/^count = .*/count = 5/' {CONFIGURATION}")


def test_it_restarts_after_being_killed(container: Container) -> None:
    before = main_process(container)
    container.output("systemctl kill --kill-whom=main --signal=KILL moodpi")
    wait_for(lambda: restarted(container, before), "it is started again")


def test_the_watchdog_restarts_it_when_it_hangs(container: Container) -> None:
    before = main_process(container)
    container.output("systemctl kill --kill-whom=main --signal=STOP moodpi")
    wait_for(lambda: restarted(container, before), "it is started again", WATCHDOG_SECONDS)
    assert "Watchdog timeout" in container.output("journalctl -b -u moodpi --output=cat")


def test_an_upgrade_keeps_configuration_and_state(container: Container, camera: str) -> None:
    first = container.output("readlink /opt/moodpi/current")
    history = container.output("stat -c %i /var/lib/moodpi/listener.sqlite")
    output = container.output(INSTALL)
    assert container.output("readlink /opt/moodpi/current") != first
    assert "write the configuration" not in output
    assert "New settings" not in output
    assert camera in container.output(f"cat {CONFIGURATION}")
    assert container.output("stat -c %i /var/lib/moodpi/listener.sqlite") == history
    assert container.active()


def test_a_setting_that_the_configuration_does_not_mention_is_printed(container: Container) -> None:
    container.output(f"sed -i '/min_neighbours = /d' {CONFIGURATION}")
    output = container.output("moodpi service install")
    assert f"New settings that {CONFIGURATION} does not mention: faces.min_neighbours" in output


def test_an_upgrade_that_does_not_work_here_is_undone(container: Container) -> None:
    before = container.output("readlink /opt/moodpi/current")
    process = main_process(container)
    done = container.run("/mnt/moodpi/install.sh --wheels /mnt/damaged")
    assert done.returncode == 1
    assert "the previous version keeps running" in done.stderr
    assert container.output("readlink /opt/moodpi/current") == before
    assert main_process(container) == process, "the running service is not restarted"
    assert len(container.output("ls -d /opt/moodpi/2*").split()) == 2, (
        "the current and the previous version"
    )


def test_it_also_runs_as_a_user_service(container: Container) -> None:
    container.output("systemctl stop moodpi && loginctl enable-linger friend")
    session = "export XDG_RUNTIME_DIR=/run/user/$(id -u)"
    wait_for(
        lambda: (
            container.run(f"su friend -c '{session}; systemctl --user is-system-running'").stdout
            == "running\n"
        ),
        "the session is there",
    )
    output = container.output(f"su friend -c '{session}; moodpi service install --user'")
    assert "write /home/friend/.config/systemd/user/moodpi.service" in output
    status = f"su friend -c '{session}; moodpi status'"
    wait_for(lambda: "Happy since" in container.run(status).stdout, "it sees somebody")
    container.output("test -e /home/friend/.local/state/moodpi/listener.sqlite")
    assert "ok  your service" in container.output(f"su friend -c '{session}; moodpi doctor'")
    container.output(f"su friend -c '{session}; moodpi service uninstall --user'")
    assert container.run(f"su friend -c '{session}; systemctl --user cat moodpi'").returncode != 0
    container.output("loginctl disable-linger friend && systemctl start moodpi")


def test_a_wrong_configuration_stops_it_and_is_logged(container: Container) -> None:
    container.output(f"printf '[mood]\\nsmoothing = 1000\\n' > {CONFIGURATION}")
    container.run("systemctl restart moodpi")
    wait_for(lambda: container.property("ActiveState") == "failed", "it fails")
    restarts = container.property("NRestarts")
    time.sleep(8)  # longer than RestartSec
    assert container.property("ActiveState") == "failed"
    assert container.property("NRestarts") == restarts
    assert container.property("ExecMainStatus") == "78"
    assert "mood.smoothing" in container.output("journalctl -b -u moodpi --output=cat")
    assert "failed (exit-code): moodpi: " in container.run("moodpi doctor").stdout


def test_an_uninstall_keeps_the_state(container: Container) -> None:
    container.output("moodpi service uninstall")
    assert container.run("ls -d /opt/moodpi /usr/local/bin/moodpi").stdout == ""
    assert container.run("systemctl cat moodpi").returncode != 0
    assert container.output(f"ls {CONFIGURATION} /var/lib/moodpi/listener.sqlite")


def test_a_purge_leaves_nothing(container: Container) -> None:
    container.output(f"rm {CONFIGURATION}")
    container.output(INSTALL)
    container.output("moodpi service uninstall --purge")
    # The state of the user's own session stays.
    elsewhere = "-not -path '/proc/*' -not -path '/mnt/*' -not -path '/home/*'"
    left = f"find / -xdev -iname '*moodpi*' {elsewhere}"
    assert [
        path for path in container.output(left).splitlines() if not path.startswith("/var/log/")
    ] == []
    assert container.run("id moodpi").returncode != 0
