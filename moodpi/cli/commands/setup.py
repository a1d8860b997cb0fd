"""`moodpi setup`: asks for the camera, the player and the page, and writes moodpi.toml."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodpi.cli.check_text import check_lines, check_results
from moodpi.cli.commands.options import add_config_option
from moodpi.cli.page_link import link_lines, page_link
from moodpi.errors import EXIT_DONE, EXIT_FAILED, MoodpiError, UsageError, report
from moodpi.files import read_limited
from moodpi.output import print_lines
from moodpi.redaction import without_password
from moodpi.text import clean_text

if TYPE_CHECKING:
    from edge.config.load import Config
    from edge.ops.setup import ConfigurationFile, Question
    from edge.ops.setup.questions import Settings

OPTIONS = {
    "camera": ("C", "picamera2, /dev/video0, a URL, a video file or a folder"),
    "player": ("P", "what plays the music: print (only print it), mpd, mpv or subsonic"),
    "music": ("DIR", "the folder with your songs, for mpv"),
    "server": ("URL", "the Subsonic server with your user name: http://me@music.local:4533"),
    "password-file": ("FILE", "a file with your password on that server, not the password itself"),
    "page": ("P", "who may open the page: home, this-machine or off"),
    "resting-face": ("R", "your face at rest: learn it over days, or off"),
}
MAX_ANSWER_LENGTH = 4_096
NEXT = (
    "Next, while moodpi runs:",
    "  moodpi doctor --sound    tests the sound",
    "  moodpi calibrate         measures your resting face in ten seconds",
    "  moodpi status            shows what moodpi sees and plays",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare an option for each question."""
    for name, (metavar, text) in OPTIONS.items():
        parser.add_argument(f"--{name}", metavar=metavar, help=text)
    parser.add_argument(
        "--yes", action="store_true", help="ask nothing: take the proposals and write the file"
    )
    add_config_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask, show the difference, and write the file if it is confirmed."""
    if not arguments.yes and not sys.stdin.isatty():
        answers = ", ".join(f"--{name}" for name in OPTIONS)
        raise UsageError(
            f"no terminal to ask on: give --yes, and the answers that you know with {answers}",
            code="no_terminal",
        )
    from edge.config.load import find_config_file, parse_config
    from edge.ops.service import execute_steps
    from edge.ops.setup import ConfigurationFile, missing_parts, setup_steps, subsonic_line

    file = ConfigurationFile.open(arguments.config)
    text = file.edited(_answers(file, arguments))
    if text == file.text and file.path.exists():
        print_lines(f"Nothing to change in {file.path}")
        return EXIT_DONE
    config = parse_config(text, file.path)
    if config.player.kind == "subsonic":
        print_lines("", subsonic_line(config.player))
    print_lines("", *file.difference(text), "", *missing_parts(config))
    if not arguments.yes and _ask("Write this?", "yes").lower() not in ("y", "yes"):
        print_lines("Nothing was changed")
        return EXIT_FAILED
    execute_steps(setup_steps(file, text), dry_run=False)
    if file.path == find_config_file():
        print_lines("", *check_lines(check_results("summary", verbose=arguments.verbose)))
        if config.web.enabled:
            print_lines("", "The page:", *link_lines(page_link(config)))
    print_lines("", *NEXT)
    return EXIT_DONE


def _answers(file: ConfigurationFile, arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings of all answers."""
    from edge.ops.setup import QUESTIONS

    config, values = file.config, dict[str, Any]()
    for question in QUESTIONS:
        given = getattr(arguments, question.option.replace("-", "_"))
        if not question.applies(config):
            if given is not None:
                raise UsageError(
                    f"--{question.option} cannot be used with the player {config.player.kind}",
                    code="not_with_player",
                )
            continue
        if given is not None or arguments.yes:
            settings = _settings(question, config, given)
        else:
            settings = _asked_settings(question, config)
        config = config.override(settings)
        values |= settings
    return values


def _settings(question: Question, config: Config, given: str | None) -> Settings:
    """The settings of an answer that was given as an option, or of the proposal."""
    answer = question.proposal(config) if given is None else given
    if question.is_secret and given is not None:
        answer = _first_line(Path(given))
    if not answer:
        raise UsageError(f"no answer: give --{question.option}", code="no_answer")
    return question.settings_of(answer, config)


def _asked_settings(question: Question, config: Config) -> Settings:
    """Ask until the answer is valid."""
    print_lines("", *(f"  {line}" for line in question.found()))
    while True:
        answer = _asked(question, question.proposal(config))
        try:
            return question.settings_of(answer, config)
        except MoodpiError as error:
            report(str(error))


def _asked(question: Question, proposal: str) -> str:
    """The answer from the terminal, or the proposal. A secret is neither shown nor echoed."""
    if not question.is_secret:
        return _ask(question.text, proposal)
    try:
        return getpass(f"{question.text}{' [as it is]' if proposal else ''} ") or proposal
    except EOFError:
        raise MoodpiError("no answer: nothing was changed", code="no_answer") from None


def _first_line(path: Path) -> str:
    """The first line of a file. Raises MoodpiError if it cannot be read."""
    try:
        content = read_limited(path, MAX_ANSWER_LENGTH)
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error
    return content.decode(errors="replace").partition("\n")[0].removesuffix("\r")


def _ask(text: str, proposal: str) -> str:
    """An answer from the terminal. Raises MoodpiError at its end (Ctrl-D)."""
    print_lines(f"{text} [{without_password(proposal)}]" if proposal else text)
    line = sys.stdin.readline(MAX_ANSWER_LENGTH)
    if not line:
        raise MoodpiError("no answer: nothing was changed", code="no_answer")
    return clean_text(line, MAX_ANSWER_LENGTH) or proposal
