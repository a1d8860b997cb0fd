"""The commands of `moodpi`. Each module is imported only when its command is run."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

COMMANDS = {
    "recommend": "five tracks for a photo of a face, or for an emotion",
    "classify": "the emotion of every face in one or many images",
    "run": "watch a camera, a video or a folder and choose music by mood",
    "serve": "a page and interfaces: a photo in, its mood and five tracks out",
    "status": "what the moodpi that runs here sees and plays",
    "pause": "no more tracks until resume; it goes on watching",
    "resume": "tracks again, for the mood as it is now",
    "next": "other tracks for the same mood",
    "like": "more like a track, an artist or the last list",
    "skip": "less like it",
    "ban": "never again",
    "taste": "what was learned from likes, skips and bans, or forget it",
    "catalog": "build the music catalogue from Spotify CSVs, or say what is in one",
    "train": "train a face-emotion model on FER2013",
    "evaluate": "how well a model, or an exported file, names faces",
    "compare": "models side by side on the same faces",
    "export": "quantize trained weights and measure the exported file",
    "bench": "what each model, format and runtime costs on this machine",
    "service": "start at boot: install, uninstall or show the service",
    "doctor": "say what works here, what does not, and how to mend it",
    "config": "print the configuration in force, or check a file",
}


def command_module(name: str) -> ModuleType:
    """The module of a command: `configure(parser)` declares its options, `run(args)` does it."""
    return import_module(f"moodpi.cli.commands.{name}")
