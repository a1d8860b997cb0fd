"""The manual page, generated from the text of `--help`."""

from __future__ import annotations

from moodpi import __version__
from moodpi.cli.dispatch import parser_of
from moodpi.cli.table import COMMANDS

PREAMBLE = """\
.TH MOODPI 1 "" "moodpi {version}" "User Commands"
.SH NAME
moodpi \\- recognizes your mood and plays music for it
.SH SYNOPSIS
.B moodpi
.I COMMAND
[options]
.SH DESCRIPTION
Recognizes your mood from your face in a camera and plays music for it. Everything runs on this
device: images are neither stored nor sent.
"""
ENDING = """\
.SH EXIT STATUS
0 success, 1 failure, 2 usage error, 78 configuration error.
.SH FILES
.I /etc/moodpi/moodpi.toml
configures the service,
.I ~/.config/moodpi/moodpi.toml
the moodpi of one user.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
"""


def manual() -> str:
    """The manual page of all commands, in man(7)'s language."""
    commands = "".join(_section(name) for name in COMMANDS)
    return f"{PREAMBLE.format(version=__version__)}.SH COMMANDS\n{commands}{ENDING}"


def _section(name: str) -> str:
    text = _escaped(parser_of(name).format_help())
    return f'.SS "moodpi {name}"\n.nf\n{text.rstrip()}\n.fi\n'


def _escaped(text: str) -> str:
    """Text with troff's special characters escaped."""
    literal = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(
        f"\\&{line}" if line.startswith((".", "'")) else line for line in literal.split("\n")
    )
