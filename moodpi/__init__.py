"""The command line, and the errors, files and paths that all packages share."""

__version__ = "0.2.0"
