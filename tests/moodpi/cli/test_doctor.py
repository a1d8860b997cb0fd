"""`moodpi doctor`: the checks and their fixes."""

from __future__ import annotations

import json


def test_every_requirement_is_met_here(moodpi) -> None:
    done = moodpi("doctor", "--json")
    results = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    ok = {result["subject"] for result in results if result["status"] == "ok"}
    assert {"system", "python", "opencv", "tflite runtime", "model", "catalogue", "disk"} <= ok
    assert all(set(result) == {"subject", "status", "detail", "fix"} for result in results)


def test_a_missing_part_has_a_fix(moodpi) -> None:
    lines = moodpi("doctor").stdout.splitlines()
    absent = [index for index, line in enumerate(lines) if "picamera2" in line and "--" in line]
    assert absent
    assert "sudo apt install python3-picamera2" in lines[absent[0] + 1]


def test_an_invalid_configuration_is_a_failed_check(moodpi, tmp_path) -> None:
    folder = tmp_path / ".config" / "moodpi"
    folder.mkdir(parents=True)
    (folder / "moodpi.toml").write_text("[mod]\n")
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "!!  configuration" in done.stdout


def test_a_renamed_key_has_the_upgrade_as_its_fix(moodpi, tmp_path) -> None:
    folder = tmp_path / ".config" / "moodpi"
    folder.mkdir(parents=True)
    (folder / "moodpi.toml").write_text('[player]\nquiet = "22:30-07:00"\n')
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "fix: moodpi config --upgrade" in done.stdout
    assert moodpi("config", "--upgrade").returncode == 0
    assert moodpi("doctor").returncode == 0
