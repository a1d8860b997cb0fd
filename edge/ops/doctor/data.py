"""Checks of the models, the catalogue and the configuration."""

from __future__ import annotations

from edge.ops.doctor.result import CheckResult
from models.registry import Registry
from moodpi.errors import ConfigurationError, MoodpiError


def check_models() -> list[CheckResult]:
    """Every exported file against its checksum in the manifest."""
    results = []
    try:
        registry = Registry()
        for model in registry.models():
            for artefact_format in registry.formats(model):
                artefact = registry.find(model, artefact_format)
                size = artefact.path.stat().st_size / 1e6
                accuracy = "" if artefact.top1 is None else f", {artefact.top1:.1%} of unseen faces"
                detail = f"{model} {artefact_format}, {size:.1f} MB{accuracy}"
                results.append(CheckResult("model", "ok", detail))
    except MoodpiError as error:
        results.append(CheckResult("model", "broken", str(error), "reinstall moodpi"))
    return results


def check_catalogue() -> list[CheckResult]:
    """The integrity of the catalogue that moodpi ships."""
    from catalog.store import Catalog

    try:
        with Catalog.open() as catalog:
            catalog.check()
            return [CheckResult("catalogue", "ok", f"{len(catalog):,} tracks")]
    except MoodpiError as error:
        return [CheckResult("catalogue", "broken", str(error), "reinstall moodpi")]


def check_configuration() -> list[CheckResult]:
    """The configuration file of the current user."""
    from edge.config.load import find_config_file, load_config
    from edge.vision.configured_artefact import find_configured_artefact

    try:
        path = find_config_file()
        config = load_config(path)
        find_configured_artefact(config)
    except ConfigurationError as error:
        old_key = error.code in ("renamed_key", "removed_key")
        fix = "moodpi config --upgrade" if old_key else "correct the file, then run doctor again"
        return [CheckResult("configuration", "broken", str(error), fix)]
    except MoodpiError as error:
        return [CheckResult("configuration", "broken", str(error), "reinstall moodpi")]
    return [CheckResult("configuration", "ok", str(path) if path else "the defaults, no file")]
