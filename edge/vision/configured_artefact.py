"""The model artefact that the configuration selects."""

from __future__ import annotations

from edge.config.load import Config
from models.registry import Artefact, Registry


def find_configured_artefact(config: Config) -> Artefact:
    """The verified artefact of [model] or of the command line.

    Raises ConfigurationError if the configuration file names an unknown model or format, and
    UsageError if the command line does.
    """
    registry = Registry()
    with config.attribute_errors_to("model.name"):
        registry.formats(config.model.name)
    # Without a configured format, the model of the file may lack the default one.
    configured = "model.format" in config.file_keys | config.option_keys
    with config.attribute_errors_to("model.format" if configured else "model.name"):
        return registry.find(config.model.name, config.model.format)
