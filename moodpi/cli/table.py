"""The commands of `moodpi`: each one's module and help text.

A module is imported only when one of its commands runs. It has `configure(parser)`, which declares
the options, and `run(arguments)`, which returns the exit code; `arguments.command` is the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from edge.daemon.commands import COMMANDS as DAEMON_COMMANDS
from edge.daemon.commands import VERDICTS


@dataclass(frozen=True)
class CliCommand:
    """One command. module: its module in moodpi.cli.commands. help: one line."""

    module: str
    help: str

    def load(self) -> ModuleType:
        """Import its module."""
        return import_module(f"moodpi.cli.commands.{self.module}")


def _answered_with_status(name: str) -> CliCommand:
    return CliCommand("daemon_command", DAEMON_COMMANDS[name].help)


def _feedback(verdict: str) -> CliCommand:
    return CliCommand("feedback", VERDICTS[verdict])


COMMANDS = {
    "recommend": CliCommand("recommend", "recommend tracks for a photo of a face or an emotion"),
    "playlist": CliCommand("playlist", "write a playlist for an evening, by mood or to a target"),
    "classify": CliCommand("classify", "name the emotion of every face in images"),
    "run": CliCommand("run", "watch a camera, a video or a folder and play music for the mood"),
    "look": CliCommand("look", DAEMON_COMMANDS["look"].help),
    "serve": CliCommand("serve", "serve the web page and its HTTP interface"),
    "status": _answered_with_status("status"),
    "pause": _answered_with_status("pause"),
    "resume": _answered_with_status("resume"),
    "next": _answered_with_status("next"),
    "strategy": _answered_with_status("strategy"),
    "calibrate": CliCommand("calibrate", DAEMON_COMMANDS["calibrate"].help),
    "like": _feedback("like"),
    "skip": _feedback("skip"),
    "ban": _feedback("ban"),
    "taste": CliCommand("taste", DAEMON_COMMANDS["taste"].help),
    "library": CliCommand("library", "estimate the mood of songs that the catalogue does not know"),
    "catalog": CliCommand(
        "catalog", "build a music catalogue from Spotify features, or describe one"
    ),
    "train": CliCommand("train", "train a face-emotion model on FER2013"),
    "evaluate": CliCommand("evaluate", "measure the accuracy of a model or an exported file"),
    "compare": CliCommand("compare", "compare models on the same faces"),
    "export": CliCommand("export", "quantize trained weights and measure the exported file"),
    "bench": CliCommand("bench", "measure each model, format and runtime on this machine"),
    "service": CliCommand("service", "install, uninstall or show the service that starts at boot"),
    "mqtt": CliCommand("mqtt", "delete what a moodpi has published at the MQTT broker"),
    "setup": CliCommand("setup", "ask for camera, player and page, and write the configuration"),
    "doctor": CliCommand("doctor", "check this machine and explain how to fix what fails"),
    "config": CliCommand("config", "print, check or upgrade the configuration"),
}
