"""`moodpi run`: watch a camera, a video or a folder and play music for the mood."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_config_option, limit_image_size, positive
from moodpi.errors import EXIT_DONE

if TYPE_CHECKING:
    from edge.config.load import Config
    from edge.daemon.reporters import LineReporter
    from edge.sources import FrameSource
    from edge.system.signals import StopRequest


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the default is the configuration."""
    option = parser.add_argument
    option(
        "--source",
        metavar="S",
        help="picamera2, picamera2:1, /dev/video0, a camera's number, a video file, a folder of "
        "images, or an http, https or rtsp URL (default: picamera2)",
    )
    option(
        "--player",
        metavar="P",
        help="player: print, mpd, mpv, subsonic or command (default: print)",
    )
    option("--dry-run", action="store_true", help="log what the player would do, without playing")
    add_config_option(parser)
    option("--model", metavar="M", help="trained model (default: simple_cnn)")
    option("--format", metavar="F", help="exported file of the model (default: int8.tflite)")
    option("--strategy", metavar="S", help="match, lift or journey (default: match)")
    option("--target", metavar="T", help="target of lift and journey (default: chosen by mood)")
    option("-n", dest="count", type=positive, metavar="N", help="number of tracks (default: 5)")
    option("--catalog", metavar="FILE", help="catalogue (default: the one of moodpi)")
    option("--seed", type=int, metavar="S", help="seed of the random choice")
    option(
        "--realtime",
        action="store_true",
        help="treat a file as a camera: read it at its frame rate, with the control socket, the "
        "page and MQTT",
    )
    option(
        "--loop",
        action="store_true",
        help="as --realtime, and begin the file again at its end",
    )
    option("--json", action="store_true", help="print one JSON object per line")
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument(
        "--once",
        action="store_true",
        help="exit after the tracks for the first mood, when the player has played them",
    )
    ending.add_argument("--max-frames", type=positive, metavar="N", help="exit after N frames")


def run(arguments: argparse.Namespace) -> int:
    """Run the daemon until the end of the source or a signal."""
    import faulthandler
    import signal

    from edge.config.load import load_config
    from edge.sources import open_source
    from edge.system.signals import stop_on_signals

    limit_image_size()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    config = load_config(arguments.config).override(_overrides(arguments))
    with stop_on_signals(signal.SIGINT, signal.SIGTERM) as stop:
        with config.attribute_errors_to("source.device"):
            # A camera named on the command line, or opened for a limited run, must open now.
            source = open_source(
                config.source.device,
                config.source,
                realtime=arguments.realtime or arguments.loop,
                repeat=arguments.loop,
                stop=stop,
                must_open=bool(arguments.source or arguments.once or arguments.max_frames),
            )
        _run_daemon(arguments, config, source, stop)
    return EXIT_DONE


def _run_daemon(
    arguments: argparse.Namespace,
    config: Config,
    source: FrameSource,
    stop: StopRequest,
) -> None:
    from contextlib import nullcontext

    from catalog.reloading import catalog_with_own_songs
    from edge.config.load import load_config
    from edge.daemon.camera_check import CameraCheck
    from edge.daemon.command_handler import CommandHandler
    from edge.daemon.daemon_lock import daemon_lock
    from edge.daemon.factory import ComponentFactory
    from edge.daemon.frame_tap import FrameTap
    from edge.daemon.loop import Daemon, Limits
    from edge.daemon.no_mood import NoMoodReason
    from edge.daemon.preview import Preview
    from edge.daemon.reload import ConfigurationReloader
    from edge.events import CompositeReporter
    from edge.frontends.control import ControlServer, own_socket_path
    from edge.frontends.optional import optional_frontends
    from edge.music.profile import FileHistory, History, NoHistory
    from edge.music.profile.store import profile_file
    from edge.players import DryRunPlayer, player_class
    from edge.system.sd_notify import SystemdNotifier
    from edge.system.signals import reload_on_hangup
    from edge.vision.view_check import ViewCheck
    from moodpi.paths import state_folder
    from moodpi.redaction import without_password

    def read_config() -> Config:
        return load_config(arguments.config).override(_overrides(arguments))

    # A run that a person started ends with its reader, such as `head`; a service plays on.
    ends_with_reader = not source.live or sys.stdin.isatty()
    reporter = _reporter(
        json=arguments.json, live=source.live, stop=stop if ends_with_reader else None
    )
    tap = FrameTap()
    preview = Preview(tap, allowed=config.privacy.preview, page_enabled=config.web.enabled)
    camera_check = CameraCheck(tap, source, config.faces, config.source)
    background = {"look": camera_check.answer, "preview": preview.answer}
    with (
        daemon_lock(state_folder()) if source.live else nullcontext(),
        catalog_with_own_songs(config.catalog_file()) as catalog,
        FileHistory(profile_file()) as file_history,
        # A file that is read as fast as possible ends too soon for commands.
        ControlServer(own_socket_path(), background) if source.live else nullcontext() as control,
        optional_frontends(config, preview) if source.live else nullcontext(),
        reload_on_hangup() as reload_request,
    ):
        with config.attribute_errors_to("player.mpd", "player.music"):
            player = player_class(config.player.kind)(config.player, config.catalog_file())
        history: History = file_history
        if arguments.dry_run:
            player, history = DryRunPlayer(player), NoHistory(file_history.taste())
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


def _overrides(arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "source.device": arguments.source,
        "player.kind": arguments.player,
        "model.name": arguments.model,
        "model.format": arguments.format,
        "recommend.strategy": arguments.strategy,
        "recommend.target": arguments.target,
        "recommend.count": arguments.count,
        "recommend.catalog": arguments.catalog,
    }


def _reporter(*, json: bool, live: bool, stop: StopRequest | None) -> LineReporter:
    from edge.daemon.reporters import (
        JsonReporter,
        TextReporter,
        format_local_time,
        format_media_time,
    )

    if json:
        return JsonReporter(sys.stdout, stop)
    return TextReporter(sys.stdout, format_local_time if live else format_media_time, stop)
