"""`moodpi run`: watch a camera, a video or a folder and play music for the mood."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import (
    add_config_option,
    add_model_options,
    add_recommend_options,
    limit_image_size,
    model_overrides,
    positive,
    recommend_overrides,
)
from moodpi.errors import EXIT_DONE

if TYPE_CHECKING:
    from edge.config.load import Config


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
    add_model_options(parser)
    add_recommend_options(parser)
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

    def read_config() -> Config:
        return load_config(arguments.config).override(_overrides(arguments))

    config = read_config()
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
        from moodpi.cli.commands.run_daemon import run_daemon

        run_daemon(arguments, config, read_config, source, stop)
    return EXIT_DONE


def _overrides(arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "source.device": arguments.source,
        "player.kind": arguments.player,
        **model_overrides(arguments),
        **recommend_overrides(arguments),
    }
