"""The registry of commands, and that it agrees with the tables it stands for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from edge.daemon.commands import (
    COMMANDS,
    FORGET_CHOICES,
    PLAYBACK_COMMANDS,
    VERDICTS,
    find_command,
)
from edge.music.profile import Verdict
from edge.music.profile.summary import FORGET_CHOICES as FORGOTTEN_PARTS
from edge.music.strategies import STRATEGIES
from tests.raising import raises


def test_names_agree_with_the_tables_they_stand_for() -> None:
    (strategy,) = COMMANDS["strategy"].arguments
    assert strategy.choices == tuple(STRATEGIES)
    assert tuple(VERDICTS) == tuple(Verdict)
    assert FORGET_CHOICES == FORGOTTEN_PARTS
    assert set(PLAYBACK_COMMANDS) == {"pause", "resume", "next", "strategy"}


def test_every_command_and_argument_has_a_help_text() -> None:
    for command in COMMANDS.values():
        assert command.help
        assert all(argument.help for argument in command.arguments)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("status", {}),
        ("strategy", {"strategy": "lift"}),
        ("feedback", {"verdict": "like", "track": None, "artist": "Queen"}),
        ("play", {"tracks": "a,b", "emotion": "happy"}),
        ("taste", {"forget": []}),
        ("taste", {"forget": ["played", "feedback"]}),
    ],
)
def test_accepts_valid_arguments(name: str, fields: dict[str, object]) -> None:
    find_command(name).validate(fields)


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("pause", {"seconds": "3"}, "unknown_argument"),
        ("strategy", {}, "missing_argument"),
        ("strategy", {"strategy": None}, "missing_argument"),
        ("strategy", {"strategy": {}}, "invalid_argument"),
        ("strategy", {"strategy": ["lift"]}, "invalid_argument"),
        ("strategy", {"strategy": []}, "invalid_argument"),
        ("strategy", {"strategy": "lft"}, "invalid_argument"),
        ("feedback", {"verdict": "like", "track": 1}, "invalid_argument"),
        ("feedback", {"verdict": "like", "artist": True}, "invalid_argument"),
        ("taste", {"forget": 1}, "invalid_argument"),
        ("taste", {"forget": "played"}, "invalid_argument"),
        ("taste", {"forget": ["everything", []]}, "invalid_argument"),
    ],
)
def test_refuses_invalid_arguments(name: str, fields: dict[str, object], code: str) -> None:
    with raises(code):
        find_command(name).validate(fields)


@pytest.mark.parametrize("name", ["", "paus", None, [1]])
def test_refuses_unknown_commands(name: object) -> None:
    with raises("unknown_command"):
        find_command(name)


def test_arguments_have_a_json_schema() -> None:
    (strategy,) = COMMANDS["strategy"].arguments
    (forget,) = COMMANDS["taste"].arguments
    assert strategy.json_schema() == {
        "type": "string",
        "enum": ["match", "lift", "journey"],
        "description": strategy.help,
    }
    assert forget.json_schema()["items"] == {"type": "string", "enum": ["feedback", "played"]}


def test_importing_the_registry_loads_nothing_heavy() -> None:
    code = "import sys, edge.daemon.commands; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not {"numpy", "cv2", "sqlite3", "argparse"} & loaded
