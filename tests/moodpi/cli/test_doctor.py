"""`moodpi doctor`: what works here, said plainly."""

from __future__ import annotations

import json


def test_everything_needed_is_found_here(moodpi) -> None:
    done = moodpi("doctor", "--json")
    findings = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    ok = {finding["subject"] for finding in findings if finding["status"] == "ok"}
    assert {"system", "python", "opencv", "tflite runtime", "model", "catalogue", "disk"} <= ok
    assert all(set(finding) == {"subject", "status", "detail", "fix"} for finding in findings)


def test_what_is_absent_comes_with_its_fix(moodpi) -> None:
    lines = moodpi("doctor").stdout.splitlines()
    absent = [index for index, line in enumerate(lines) if "picamera2" in line and "--" in line]
    assert absent
    assert "sudo apt install python3-picamera2" in lines[absent[0] + 1]


def test_a_broken_configuration_is_exit_1_and_named(moodpi, tmp_path) -> None:
    folder = tmp_path / ".config" / "moodpi"
    folder.mkdir(parents=True)
    (folder / "moodpi.toml").write_text("[mod]\n")
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "!!  configuration" in done.stdout
