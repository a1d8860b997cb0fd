"""The documentation: commands are run, options parsed, links, files and settings looked up."""

from __future__ import annotations

import doctest
import hashlib
import os
import re
import shlex
import subprocess
import sys
from itertools import dropwhile
from pathlib import Path

import pytest

from edge.config.load import load_config
from moodpi.cli.dispatch import parser_of
from moodpi.cli.table import COMMANDS
from moodpi.errors import UsageError
from tests.code_blocks import blocks
from tests.conftest import ROOT

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("models/*/README.md"),
        *ROOT.glob("training/*.md"),
    ]
)
# Its entries describe past versions.
CURRENT = [page for page in PAGES if page.name != "CHANGELOG.md"]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def console_commands(page: Path) -> list[tuple[str, str]]:
    """Each command after a `$`, with the output that the page shows."""
    commands = []
    for block in blocks(page.read_text(), "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            commands.append((command, output))
    return commands


def shell_commands(page: Path) -> list[list[str]]:
    """The moodpi commands of the blocks that need hardware, root or data: their arguments."""
    text = page.read_text().replace("\\\n", " ")
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    words = [shlex.split(line.partition(" > ")[0], comments=True) for line in lines]
    commands = [list(dropwhile(_precedes_a_command, line)) for line in words]
    return [command[1:] for command in commands if command and Path(command[0]).name == "moodpi"]


def _precedes_a_command(word: str) -> bool:
    return word == "sudo" or re.match("[A-Z_]+=", word) is not None


CONSOLE = [(page, *command) for page in CURRENT for command in console_commands(page)]
SHELL = {
    f"{name(page)}: {' '.join(command)}": command
    for page in CURRENT
    for command in shell_commands(page)
}


@pytest.mark.parametrize(
    ("page", "command", "output"), CONSOLE, ids=[f"{name(p)}: {c}" for p, c, _ in CONSOLE]
)
def test_command_prints_what_the_page_shows(page, command, output, tmp_path) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    program, *arguments = shlex.split(command)
    assert program == "moodpi"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MOODPI", "XDG_"))}
    done = subprocess.run(
        [sys.executable, "-m", "moodpi", *arguments],
        cwd=tmp_path,
        env={**clean, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    if not doctest.OutputChecker().check_output(output, done.stdout, doctest.ELLIPSIS):
        pytest.fail(f"{name(page)}: $ {command}\nexpected:\n{output}\nprinted:\n{done.stdout}")


@pytest.mark.parametrize("arguments", SHELL.values(), ids=SHELL.keys())
def test_command_that_needs_hardware_has_known_options(arguments) -> None:
    command, *options = arguments
    assert command in COMMANDS
    parser_of(command).parse(options)


def refusal(command: str, arguments: list[str]) -> str:
    """Why a command refuses its arguments, other than that some are left out."""
    if command not in COMMANDS:
        return "unknown command"
    try:
        parser_of(command).parse(arguments)
    except UsageError as error:
        return "" if "are required" in str(error) else str(error)
    return ""


@pytest.mark.parametrize("page", CURRENT, ids=name)
def test_commands_in_sentences_exist(page) -> None:
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    named = [shlex.split(words) for words in re.findall(r"`moodpi\s([^`|>]+)[^`]*`", text)]
    commands = [words for words in named if words[0] not in ("COMMAND", "--help", "--version")]
    assert {" ".join(words): refusal(words[0], words[1:]) for words in commands} == {
        " ".join(words): "" for words in commands
    }


@pytest.mark.parametrize("page", CURRENT, ids=name)
def test_linked_files_exist(page) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_linked_sections_exist(page) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text())
    pages = [(page.parent / file if file else page, anchor) for file, anchor in links]
    assert [anchor for linked, anchor in pages if anchor not in anchors(linked)] == []


@pytest.mark.parametrize("page", CURRENT, ids=name)
def test_named_modules_and_files_exist(page) -> None:
    text = page.read_text()
    modules = re.findall(r"python -m ([a-z_][\w.]+)", text)
    assert [
        module
        for module in modules
        if not (ROOT / module.replace(".", "/")).with_suffix(".py").exists()
    ] == []
    folders = "edge|catalog|models|training|convert|systemd|tests|moodpi"
    files = re.findall(rf"`((?:{folders})/[\w./]+\.(?:py|json|toml|sqlite))`", text)
    named = [file for file in files if "KIND" not in file]
    assert [file for file in named if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("page", CURRENT, ids=name)
def test_settings_are_valid(page, tmp_path) -> None:
    for block in blocks(page.read_text(), "toml"):
        file = tmp_path / "moodpi.toml"
        file.write_text(block)
        load_config(file)


@pytest.mark.parametrize("card", sorted(ROOT.glob("models/*/README.md")), ids=name)
def test_a_robustness_card_is_of_the_shipped_file(card) -> None:
    """Where it fails, `python -m tests.pictures.robustness` writes the card again."""
    digest = hashlib.sha256((card.parent / "int8.tflite").read_bytes()).hexdigest()
    section = card.read_text().partition("\n## Robustness\n")[2].partition("\n## ")[0]
    measured = re.findall(r"SHA-256 `(\w+)\.\.\.`", section)
    assert measured == [digest[:12]] or "Not measured yet." in section


def test_readme_is_short() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 220
    assert len(text.split()) <= 1600
