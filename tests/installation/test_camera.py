"""The installed service with a real /dev/video0 and a sound card, in order on one computer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.conftest import checkout_copy
from tests.installation.machine import Machine
from tests.installation.system import absent, clean_root, root_copy
from tests.installation.virtual_machine import PACKAGES, PATIENCE, TOOLS, VirtualMachine
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation, pytest.mark.long]

CONFIGURATION = "/etc/moodpi/moodpi.toml"
JOURNAL = "journalctl -b -u moodpi --output=cat"
# What the service may do with a file, device or folder: run as its user under its unit.
ATTEMPT = "/run/systemd/system/moodpi.service.d/attempt.conf"


@pytest.fixture(scope="module")
def computer(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualMachine]:
    """One that has just been switched on; moodpi was installed when it was still a container."""
    if why := absent(*TOOLS):
        pytest.skip(why)
    room = tmp_path_factory.mktemp("computer")
    root = root_copy(clean_root("bookworm-vm", *PACKAGES), room)
    release = checkout_copy(tmp_path_factory.mktemp("release"))
    container = Machine(root, {release: "/mnt/moodpi", wheels: "/mnt/wheels"})
    try:
        container.boot()
        container.said("/mnt/moodpi/install.sh --wheels /mnt/wheels")
        container.said(f"sed -i 's|^# device = .*|device = \"/dev/video0\"|' {CONFIGURATION}")
    finally:
        container.power_off()
    machine = VirtualMachine(root, room)
    try:
        machine.boot()
        yield machine
    finally:
        machine.power_off()
        shutil.rmtree(room)


def frames(computer: VirtualMachine) -> int:
    count: int = json.loads(computer.said("moodpi status --json"))["frames"]
    return count


def sees(computer: VirtualMachine) -> None:
    """Wait until more frames have come."""
    before = frames(computer)
    wait_for(lambda: frames(computer) > before + 5, "frames come", PATIENCE)


def told(computer: VirtualMachine, words: str, times: int) -> None:
    """Wait until the journal has said it so often since the machine was switched on."""
    wait_for(lambda: computer.said(JOURNAL).count(words) == times, f"'{words}'", PATIENCE)


def attempted(computer: VirtualMachine, command: str) -> bool:
    """Whether the service can do this as well when it starts."""
    unit = f"[Service]\\nExecStartPost={command}\\n"
    computer.said(f'mkdir -p $(dirname {ATTEMPT}) && printf "{unit}" > {ATTEMPT}')
    computer.said("systemctl daemon-reload")
    done = computer.run("systemctl restart moodpi")
    computer.said(f"rm {ATTEMPT} && systemctl daemon-reload && systemctl restart moodpi")
    return done.returncode == 0


def test_it_starts_at_boot_before_there_is_a_camera(computer: VirtualMachine) -> None:
    assert computer.said("systemctl is-system-running") == "running"
    wait_for(computer.active, "the service starts", PATIENCE)
    assert "no camera at /dev/video0" in computer.said(JOURNAL)


def test_a_camera_that_comes_later_is_read_by_its_own_user(computer: VirtualMachine) -> None:
    computer.said("modprobe vivid")
    sees(computer)
    told(computer, "the camera is back", times=1)
    process = computer.property("MainPID")
    assert computer.said(f"stat -c %U /proc/{process}") == "moodpi"
    assert "/dev/video0" in computer.said(f"ls -l /proc/{process}/fd")
    assert "ok  camera" in computer.said("moodpi doctor")


def test_a_camera_pulled_out_while_it_runs_is_read_again_when_it_is_back(
    computer: VirtualMachine,
) -> None:
    process = computer.property("MainPID")
    computer.said("echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind")
    told(computer, "the camera is lost", times=2)
    wait_for(lambda: computer.run("modprobe -r vivid").returncode == 0, "its driver can go")
    assert computer.run("ls /dev/video0").returncode != 0
    computer.said("modprobe vivid")
    sees(computer)
    told(computer, "the camera is back", times=2)
    assert computer.property("MainPID") == process


def test_sound_is_within_its_reach(computer: VirtualMachine) -> None:
    computer.said("modprobe snd-dummy")
    assert attempted(computer, "/usr/bin/aplay -q --duration=1 --format=cd /dev/zero")


def test_devices_that_it_has_no_use_for_are_not(computer: VirtualMachine) -> None:
    opened = "/bin/sh -c ': < /dev/fuse'"
    computer.said(f"runuser -u moodpi -- {opened}")
    assert not attempted(computer, opened)


def test_it_stays_within_its_memory(computer: VirtualMachine) -> None:
    peak = int(computer.said("cat /sys/fs/cgroup/system.slice/moodpi.service/memory.peak"))
    assert 0 < peak < int(computer.property("MemoryMax"))
