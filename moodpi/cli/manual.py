"""The manual page, made of the very words that `--help` prints."""

from __future__ import annotations

from moodpi import __version__
from moodpi.cli.dispatch import parser_of
from moodpi.cli.table import COMMANDS

PREAMBLE = """\
.TH MOODPI 1 "" "moodpi {version}" "User Commands"
.SH NAME
moodpi \\- notices how you look and picks your music
.SH SYNOPSIS
.B moodpi
.I COMMAND
[options]
.SH DESCRIPTION
A camera looks at your face, works out how you feel and picks your music, all on this device: no
picture is kept or sent.
"""
ENDING = """\
.SH EXIT STATUS
0 done, 1 failed, 2 wrong usage, 78 wrong configuration.
.SH FILES
.I /etc/moodpi/moodpi.toml
configures the service, and
.I ~/.config/moodpi/moodpi.toml
a person's own moodpi.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
"""


def manual() -> str:
    """The page in man(7)'s language: every command with its options."""
    commands = "".join(_section(name) for name in COMMANDS)
    return f"{PREAMBLE.format(version=__version__)}.SH COMMANDS\n{commands}{ENDING}"


def _section(name: str) -> str:
    told = _escaped(parser_of(name).format_help())
    return f'.SS "moodpi {name}"\n.nf\n{told.rstrip()}\n.fi\n'


def _escaped(text: str) -> str:
    """Text as troff prints it: backslash and hyphen literally, no line taken for a request."""
    literal = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(
        f"\\&{line}" if line.startswith((".", "'")) else line for line in literal.split("\n")
    )
