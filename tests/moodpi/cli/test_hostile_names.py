"""No control character in a name reaches the terminal, by any command."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from catalog.store import DEFAULT_CATALOG
from moodpi.cli.main import main

# A red text, a new title of the terminal, a forged line, C1, right to left, no UTF-8.
HOSTILE = "\x1b[31ma\x1b]0;b\x07\nmoodpi: forged\r\x9b1m\u202e\u2028\udcff\x7f"


@pytest.fixture(scope="module")
def hostile_catalog(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalog") / "catalog.sqlite"
    shutil.copy(DEFAULT_CATALOG, path)
    name = HOSTILE.replace("\udcff", "")
    with closing(sqlite3.connect(path)) as database, database:
        for column in ("track.title", "artist.name", "album.name"):
            table, _, field = column.partition(".")
            database.execute(f"UPDATE {table} SET {field} = {field} || ?", (name,))  # noqa: S608
    return str(path)


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    monkeypatch.chdir(tmp_path)


def assert_printable(text: str) -> None:
    assert text
    assert all(line.isprintable() for line in text.split("\n")), ascii(text)[:500]
    assert not any(line.startswith("moodpi: forged") for line in text.split("\n"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend", "--emotion", "happy", "--catalog", "CATALOG"],
        ["recommend", "--emotion", "happy", "--catalog", "CATALOG", "--json"],
        ["catalog", "info", "CATALOG"],
        ["catalog", "info", "CATALOG", "--json"],
        ["catalog", "info", HOSTILE],
        ["catalog", "build", HOSTILE, "-o", HOSTILE],
        ["recommend", HOSTILE],
        ["recommend", "--emotion", HOSTILE],
        ["recommend", "--emotion", "happy", "--strategy", HOSTILE],
        ["recommend", HOSTILE, HOSTILE],
        ["classify", HOSTILE],
        ["classify", HOSTILE, "--json"],
        ["run", "--source", HOSTILE],
        ["like", HOSTILE],
        ["ban", "--artist", HOSTILE],
        ["config", "--config", HOSTILE],
        ["bench", "--models", HOSTILE],
        ["bench", "--against", f"{HOSTILE}.onnx"],
        ["service", "install", "--dry-run", "--player", HOSTILE],
        ["service", "install", "--dry-run", "--music", HOSTILE],
        ["strategy", HOSTILE],
        ["serve", "--tls-cert", HOSTILE],
        [HOSTILE],
        [f"--{HOSTILE}"],
    ],
    ids=lambda arguments: " ".join("HOSTILE" if "\x1b" in a else a for a in arguments),
)
def test_a_command_prints_no_control_characters(arguments, hostile_catalog, capfd):
    main([hostile_catalog if argument == "CATALOG" else argument for argument in arguments])
    out, err = capfd.readouterr()
    assert_printable(out + err)
    if "--json" in arguments and out:
        json.loads(out)


def test_a_hostile_setting_is_printed_escaped(tmp_path, capfd):
    path = tmp_path / "a\nb\x1b.toml"
    path.write_text('[recommend]\nexcluded_artists = ["\\u009b31m"]\n[mqtt]\nhost = "\\u202e"\n')
    for arguments in (["config"], ["config", "--check"]):
        main([*arguments, "--config", str(path)])
    out, err = capfd.readouterr()
    assert_printable(out + err)


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_output_has_no_surrogates_in_any_encoding(json_option):
    name = os.fsdecode(b"\xff\xe9.jpg")
    Path(name).write_bytes(b"no picture")
    done = subprocess.run(
        [sys.executable, "-m", "moodpi", "classify", name, "caf\u00e9.jpg", *json_option],
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert_printable((done.stdout + done.stderr).decode("ascii"))
    if json_option:
        images = [result["image"] for result in json.loads(done.stdout)]
        assert [*map(os.fsencode, images)] == [b"\xff\xe9.jpg", "caf\u00e9.jpg".encode()]
