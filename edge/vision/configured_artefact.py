"""The model artefact that the configuration selects."""

from __future__ import annotations

from pathlib import Path

from edge.config.load import Config
from models.registry import EXPORTED_SUFFIXES, Artefact, Registry, artefact_of_file


def find_configured_artefact(config: Config) -> Artefact:
    """The artefact of [model] or of the command line: verified, or the named file.

    Raises ConfigurationError if the configuration file names an unknown model or format, and
    UsageError if the command line does.
    """
    if config.model.name.endswith(EXPORTED_SUFFIXES):
        return artefact_of_file(Path(config.model.name))
    registry = Registry()
    with config.attribute_errors_to("model.name"):
        registry.formats(config.model.name)
    # Without a configured format, the model of the file may lack the default one.
    configured = "model.format" in config.file_keys | config.option_keys
    with config.attribute_errors_to("model.format" if configured else "model.name"):
        return registry.find(config.model.name, config.model.format)
