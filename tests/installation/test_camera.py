"""The service with a /dev/video0 and a sound card. The tests run in order on one machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.conftest import checkout_copy
from tests.installation.container import Container
from tests.installation.debian_system import clean_root, missing_requirements, root_copy
from tests.installation.virtual_machine import EMULATION_TIMEOUT, PACKAGES, TOOLS, VirtualMachine
from tests.waiting import wait_for

pytestmark = [pytest.mark.workstation, pytest.mark.long]

CONFIGURATION = "/etc/moodpi/moodpi.toml"
JOURNAL = "journalctl -b -u moodpi --output=cat"
# A drop-in that runs one more command as the service, to test what its unit allows.
PROBE = "/run/systemd/system/moodpi.service.d/probe.conf"


@pytest.fixture(scope="module")
def computer(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualMachine]:
    """A machine that has just booted; moodpi was installed in its root as a container."""
    if why := missing_requirements(*TOOLS):
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("computer")
    root = root_copy(clean_root("bookworm-vm", *PACKAGES), folder)
    release = checkout_copy(tmp_path_factory.mktemp("release"))
    container = Container(root, {release: "/mnt/moodpi", wheels: "/mnt/wheels"})
    try:
        container.boot()
        container.output("/mnt/moodpi/install.sh --wheels /mnt/wheels")
        container.output(f"sed -i 's|^# device = .*|device = \"/dev/video0\"|' {CONFIGURATION}")
    finally:
        container.power_off()
    machine = VirtualMachine(root, folder)
    try:
        machine.boot()
        yield machine
    finally:
        machine.power_off()
        shutil.rmtree(folder)


def frames(computer: VirtualMachine) -> int:
    count: int = json.loads(computer.output("moodpi status --json"))["frames"]
    return count


def wait_for_frames(computer: VirtualMachine) -> None:
    """Wait until more frames were read."""
    before = frames(computer)
    wait_for(lambda: frames(computer) > before + 5, "frames are read", EMULATION_TIMEOUT)


def wait_for_journal(computer: VirtualMachine, text: str, times: int) -> None:
    """Wait until `text` is in the journal `times` times since the last boot."""
    wait_for(
        lambda: computer.output(JOURNAL).count(text) == times,
        f"'{text}' in the journal",
        EMULATION_TIMEOUT,
    )


def can_run(computer: VirtualMachine, command: str) -> bool:
    """Whether the service may run this command, under its unit and as its user."""
    unit = f"[Service]\\nExecStartPost={command}\\n"
    computer.output(f'mkdir -p $(dirname {PROBE}) && printf "{unit}" > {PROBE}')
    computer.output("systemctl daemon-reload")
    done = computer.run("systemctl restart moodpi")
    computer.output(f"rm {PROBE} && systemctl daemon-reload && systemctl restart moodpi")
    return done.returncode == 0


def test_it_starts_at_boot_before_there_is_a_camera(computer: VirtualMachine) -> None:
    assert computer.output("systemctl is-system-running") == "running"
    wait_for(computer.active, "the service starts", EMULATION_TIMEOUT)
    assert "no camera at /dev/video0" in computer.output(JOURNAL)


def test_a_camera_that_is_connected_later_is_read_as_the_services_user(
    computer: VirtualMachine,
) -> None:
    computer.output("modprobe vivid")
    wait_for_frames(computer)
    wait_for_journal(computer, "the camera works again", times=1)
    process = computer.property("MainPID")
    assert computer.output(f"stat -c %U /proc/{process}") == "moodpi"
    assert "/dev/video0" in computer.output(f"ls -l /proc/{process}/fd")
    assert "ok  camera" in computer.output("moodpi doctor")


def test_a_camera_is_read_again_after_a_disconnection(
    computer: VirtualMachine,
) -> None:
    process = computer.property("MainPID")
    computer.output("echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind")
    wait_for_journal(computer, "the camera is lost", times=2)
    wait_for(lambda: computer.run("modprobe -r vivid").returncode == 0, "its driver can go")
    assert computer.run("ls /dev/video0").returncode != 0
    computer.output("modprobe vivid")
    wait_for_frames(computer)
    wait_for_journal(computer, "the camera works again", times=2)
    assert computer.property("MainPID") == process


def test_the_service_can_use_the_sound_card(computer: VirtualMachine) -> None:
    computer.output("modprobe snd-dummy")
    assert can_run(computer, "/usr/bin/aplay -q --duration=1 --format=cd /dev/zero")


def test_the_service_cannot_use_other_devices(computer: VirtualMachine) -> None:
    opened = "/bin/sh -c ': < /dev/fuse'"
    computer.output(f"runuser -u moodpi -- {opened}")
    assert not can_run(computer, opened)


def test_the_service_stays_within_its_memory_limit(computer: VirtualMachine) -> None:
    peak = int(computer.output("cat /sys/fs/cgroup/system.slice/moodpi.service/memory.peak"))
    assert 0 < peak < int(computer.property("MemoryMax"))
