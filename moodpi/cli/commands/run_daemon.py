"""The daemon of `moodpi run`, put together from its options and the configuration.

`run` imports it when the source is open: its imports are those of the whole daemon.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from catalog.reloading import catalog_with_own_songs
from edge.config.load import Config
from edge.daemon.camera_check import CameraCheck
from edge.daemon.command_handler import CommandHandler
from edge.daemon.daemon_lock import daemon_lock
from edge.daemon.factory import ComponentFactory
from edge.daemon.frame_tap import FrameTap
from edge.daemon.loop import Daemon, Limits
from edge.daemon.no_mood import NoMoodReason
from edge.daemon.preview import Preview
from edge.daemon.reload import ConfigurationReloader
from edge.daemon.reporters import (
    JsonReporter,
    LineReporter,
    TextReporter,
    format_local_time,
    format_media_time,
)
from edge.events import CompositeReporter
from edge.frontends.control import ControlServer, own_socket_path
from edge.frontends.optional import optional_frontends
from edge.music.profile import FileHistory, History, NoHistory
from edge.music.profile.store import profile_file
from edge.players import DryRunPlayer, Player, player_class
from edge.sources import FrameSource
from edge.system.sd_notify import SystemdNotifier
from edge.system.signals import StopRequest, reload_on_hangup
from edge.vision.view_check import ViewCheck
from moodpi.paths import state_folder
from moodpi.redaction import without_password


def run_daemon(
    arguments: argparse.Namespace,
    config: Config,
    read_config: Callable[[], Config],
    source: FrameSource,
    stop: StopRequest,
) -> None:
    """Run it until the end of the source or a stop.

    Raises MoodpiError if it cannot start, BrokenPipeError if the run ended with its reader.

    arguments: the options of `run`. read_config: reads the configuration again, for a reload.
    """
    # A run that a person started ends with its reader, such as `head`; a service plays on.
    ends_with_reader = not source.live or sys.stdin.isatty()
    reporter = _reporter(
        json=arguments.json, live=source.live, stop=stop if ends_with_reader else None
    )
    tap = FrameTap()
    preview = Preview(tap, allowed=config.privacy.preview, page_enabled=config.web.enabled)
    camera_check = CameraCheck(tap, source, config.faces, config.source)
    with (
        daemon_lock(state_folder()) if source.live else nullcontext(),
        catalog_with_own_songs(config.catalog_file()) as catalog,
        FileHistory(profile_file()) as file_history,
        # A file that is read as fast as possible ends too soon for commands.
        _frontends(config, preview, camera_check) if source.live else nullcontext() as control,
        reload_on_hangup() as reload_request,
    ):
        player, history = _player(config, file_history, is_dry_run=arguments.dry_run)
        factory = ComponentFactory(
            catalog, history, player, config.source, arguments.seed, source.live
        )
        daemon = Daemon(
            source,
            factory.components(config),
            player,
            CompositeReporter(reporter, control.broadcast) if control else reporter,
            SystemdNotifier(),
            commands=CommandHandler(control, catalog, profile_file()) if control else None,
            reloader=ConfigurationReloader(reload_request, read_config, factory, camera_check),
            source_name=without_password(config.source.device),
            tap=tap,
            preview=preview,
            no_mood=NoMoodReason(
                None if source.live else lambda: ViewCheck(config.faces, config.source)
            ),
        )
        daemon.run(stop, Limits(arguments.once, arguments.max_frames))
    if ends_with_reader and reporter.reader_has_ended:
        raise BrokenPipeError


def _reporter(*, json: bool, live: bool, stop: StopRequest | None) -> LineReporter:
    if json:
        return JsonReporter(sys.stdout, stop)
    return TextReporter(sys.stdout, format_local_time if live else format_media_time, stop)


@contextmanager
def _frontends(
    config: Config, preview: Preview, camera_check: CameraCheck
) -> Iterator[ControlServer]:
    """Serve the control socket, and the page and MQTT, which use it."""
    background = {"look": camera_check.answer, "preview": preview.answer}
    with (
        ControlServer(own_socket_path(), background) as control,
        optional_frontends(config, preview),
    ):
        yield control


def _player(
    config: Config, file_history: FileHistory, *, is_dry_run: bool
) -> tuple[Player, History]:
    """The player, and the history in which its tracks are recorded."""
    with config.attribute_errors_to("player.mpd", "player.music"):
        player = player_class(config.player.kind)(config.player, config.catalog_file())
    if is_dry_run:
        return DryRunPlayer(player), NoHistory(file_history.taste())
    return player, file_history
