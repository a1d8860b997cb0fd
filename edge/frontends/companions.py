"""What a daemon has beside it where its configuration says so. Each talks to it by the control
socket, as any other program does, and the music needs none of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from edge.config.load import Config
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

log = logging.getLogger(__name__)


@contextmanager
def beside(config: Config) -> Iterator[None]:
    """They are there until the block ends; one that cannot be is logged with the reason."""
    with ExitStack() as companions:
        if config.web.enabled:
            _try("page", "web", lambda: companions.enter_context(_page(config)))
        if config.mqtt.host:
            _try("MQTT", "mqtt", lambda: companions.enter_context(_broker(config)))
        yield


def _try(name: str, extra: str, enter: Callable[[], object]) -> None:
    try:
        enter()
    except ModuleNotFoundError as error:
        fix = how_to_install(f"moodpi[{extra}]")
        log.warning("no %s: %s is not installed: %s", name, error.name, fix)
    except MoodpiError as error:
        log.warning("no %s: %s", name, error)


def _page(config: Config) -> AbstractContextManager[object]:
    from edge.frontends.web.embedded import EmbeddedServer

    return EmbeddedServer(config)


def _broker(config: Config) -> AbstractContextManager[object]:
    from edge.frontends.mqtt.bridge import MqttBridge

    return MqttBridge(config.mqtt)
