"""What moodpi brings and what it was told: models, catalogue, configuration."""

from __future__ import annotations

from edge.ops.doctor.finding import Finding
from models.registry import Registry
from moodpi.errors import MoodpiError


def models() -> list[Finding]:
    """Every exported file, its checksum compared with the manifest's."""
    findings = []
    try:
        registry = Registry()
        for model in registry.models():
            for artefact_format in registry.formats(model):
                artefact = registry.find(model, artefact_format)
                size = artefact.path.stat().st_size / 1e6
                measured = "" if artefact.top1 is None else f", {artefact.top1:.1%} on PublicTest"
                detail = f"{model} {artefact_format}, {size:.1f} MB{measured}"
                findings.append(Finding("model", "ok", detail))
    except MoodpiError as error:
        findings.append(Finding("model", "broken", str(error), "reinstall moodpi"))
    return findings


def catalogue() -> list[Finding]:
    """The catalogue that ships, read through."""
    from catalog.store import Catalog

    try:
        with Catalog.open() as catalog:
            catalog.check()
            return [Finding("catalogue", "ok", f"{len(catalog):,} tracks")]
    except MoodpiError as error:
        return [Finding("catalogue", "broken", str(error), "reinstall moodpi")]


def configuration() -> list[Finding]:
    """The file that is in force for this user."""
    from edge.config.load import find_config_file, load_config

    try:
        path = find_config_file()
        config = load_config(path)
        with config.attribute_errors_to("model.name", "model.format"):
            Registry().find(config.model.name, config.model.format)
    except MoodpiError as error:
        return [Finding("configuration", "broken", str(error), "mend the file and run this again")]
    return [Finding("configuration", "ok", str(path) if path else "the defaults, no file")]
