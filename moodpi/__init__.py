"""The front door: the command line, the one error family, the version."""

__version__ = "0.1.0"
