"""Reads the configuration again on SIGHUP."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from edge.config.load import Config
from edge.daemon.camera_check import CameraCheck
from edge.daemon.factory import ComponentFactory, Components
from edge.system.signals import ReloadRequest
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConfigurationReloader:
    """Makes new components, which the main loop takes when `request` is pending.

    read: Reads the configuration.
    camera_check: Judges by the new [faces], too.
    """

    request: ReloadRequest
    read: Callable[[], Config]
    factory: ComponentFactory
    camera_check: CameraCheck

    def new_components(self) -> Components | None:
        """Components of the changed configuration; None if it is invalid."""
        try:
            with error_boundary("the configuration"):
                config = self.read()
                components = self.factory.components(config)
        except MoodpiError as error:
            log.warning("configuration not reloaded: %s", error)
            return None
        self.camera_check.faces = config.faces
        log.info(
            "configuration reloaded: [model], [faces], [mood] and [recommend] are applied; other "
            "changes, including recommend.catalog, need a restart"
        )
        return components
