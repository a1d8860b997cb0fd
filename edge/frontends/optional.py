"""The frontends that `moodpi run` starts if the configuration enables them: page and MQTT.

They use the control socket, as other programs do. Playback does not depend on them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from edge.config.load import Config
from edge.daemon.preview import Preview
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

log = logging.getLogger(__name__)


@contextmanager
def optional_frontends(config: Config, preview: Preview) -> Iterator[None]:
    """Run the enabled frontends. One that cannot start is logged and left out.

    preview: Shows the camera on the page.
    """
    with ExitStack() as stack:
        if config.web.enabled:
            _start("page", "web", lambda: stack.enter_context(_web(config, preview)))
        if config.mqtt.host:
            _start("MQTT", "mqtt", lambda: stack.enter_context(_mqtt(config)))
        yield


def _start(name: str, extra: str, enter: Callable[[], object]) -> None:
    """Enter a frontend. extra: The optional dependencies that it needs."""
    try:
        with error_boundary(name):
            try:
                enter()
            except ModuleNotFoundError as error:
                fix = how_to_install(f"moodpi[{extra}]")
                log.warning("no %s: %s is not installed: %s", name, error.name, fix)
    except MoodpiError as error:
        log.warning("no %s: %s", name, error)
    # A library can refuse a setting with an exception of any kind. Playback does not depend on it.
    except Exception:
        log.exception("no %s", name)


def _web(config: Config, preview: Preview) -> AbstractContextManager[object]:
    from edge.frontends.web.embedded import EmbeddedServer  # optional: starlette, uvicorn

    return EmbeddedServer(config, preview)


def _mqtt(config: Config) -> AbstractContextManager[object]:
    from edge.frontends.mqtt.bridge import MqttBridge  # optional: paho

    return MqttBridge(config.mqtt)
