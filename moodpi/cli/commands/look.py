"""`moodpi look`: judge what the camera sees once a second, to aim it."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from moodpi.cli.commands.options import add_config_option, limit_image_size
from moodpi.errors import EXIT_DONE, MoodpiError, UsageError
from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    from edge.config.load import Config
    from edge.system.signals import StopRequest

log = logging.getLogger(__name__)

# Seconds between two judgements. The first is made after this time, when a camera has adapted to
# the light.
INTERVAL = 1.0
# What each finding of edge.vision.view_check means, and what to do.
WORDS = {
    "covered": "the picture shows nothing: uncover the lens, or switch on the light",
    "dark": "too dark, brightness {brightness:.0f} of 255: put light on the face",
    "turned": "the picture is {turned}: set rotation = {rotation} under [source]",
    "nobody": "nobody seen",
    "small": "at least {least_face}: move closer",
    "left": "at the left edge: turn the camera towards it",
    "right": "at the right edge: turn the camera towards it",
    "top": "at the upper edge: tilt the camera up",
    "bottom": "at the lower edge: tilt the camera down",
    "blurred": "blurred: hold still, focus the camera or clean the lens",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the default is the running daemon, or else the configured camera."""
    option = parser.add_argument
    option(
        "--source",
        metavar="S",
        help="open this camera or file, instead of asking the running moodpi",
    )
    add_config_option(parser)
    option(
        "--preview",
        action="store_true",
        help="also print a link that shows the picture to one viewer for a minute",
    )
    option("--once", action="store_true", help="judge one picture, then exit")
    option("--json", action="store_true", help="print one JSON object per line")


def run(arguments: argparse.Namespace) -> int:
    """Print one line a second until Ctrl-C or the end of the source."""
    import signal

    from edge.config.load import load_config
    from edge.frontends.control import is_running
    from edge.system.signals import stop_on_signals

    limit_image_size()
    if arguments.preview:
        _print_link(json=arguments.json, own_source=arguments.source is not None)
    with stop_on_signals(signal.SIGINT, signal.SIGTERM) as stop:
        if arguments.source is None and is_running():
            if arguments.config is not None:
                log.warning(
                    "--config is not used: the running moodpi judges, by its own configuration"
                )
            views = _daemon_views(stop, once=arguments.once)
        else:
            config = load_config(arguments.config).override({"source.device": arguments.source})
            views = _source_views(config, stop)
        for view in views:
            if arguments.json:
                print_json(view, indent=None)
            else:
                print_lines(
                    f"{time.strftime('%H:%M:%S', time.localtime(view['time']))}  {_text(view)}"
                )
            if arguments.once:
                break
    return EXIT_DONE


def _print_link(*, json: bool, own_source: bool) -> None:
    """Have the running daemon make a link to its picture, and print it."""
    import socket
    from urllib.parse import urlsplit

    from edge.frontends.control import send_command

    if own_source:
        raise UsageError("--preview shows the camera of the running moodpi: leave out --source")
    link = send_command("preview")
    if json:
        print_json(link, indent=None)
        return
    address = link["link"]
    print_lines(
        f"Open this link within {link['seconds']:.0f} s. It works once and shows the picture for a "
        "minute:",
        f"  {address}",
    )
    url = urlsplit(address)
    if url.scheme == "http":
        print_lines(
            "It works on this machine, or on another one after "
            f"`ssh -L {url.port}:{url.netloc} USER@{socket.gethostname()}`"
        )


def _daemon_views(stop: StopRequest, *, once: bool) -> Iterator[dict[str, Any]]:
    """The judgements of the running daemon, which has the camera.

    Without a picture the document has `error` and `code`; if only one is wanted, that is raised.
    """
    from edge.frontends.control import send_command

    while not stop.requested:
        started = time.monotonic()
        try:
            yield send_command("look")
        except MoodpiError as error:
            if once or error.code != "no_picture":
                raise
            yield {"time": round(time.time(), 3), "error": str(error), "code": error.code}
        while not stop.requested and time.monotonic() - started < INTERVAL:
            time.sleep(0.05)


def _source_views(config: Config, stop: StopRequest) -> Iterator[dict[str, Any]]:
    """The judgements of a source that this process opens. A short film has at least one."""
    from edge.sources import open_source
    from edge.vision.view_check import ViewCheck

    with config.attribute_errors_to("source.device"):
        source = open_source(config.source.device, config.source, realtime=True, stop=stop)
    check = ViewCheck(config.faces, config.source)
    with source:
        judged, due, newest = False, time.monotonic() + INTERVAL, None
        while (frame := source.read()) is not None:
            newest = frame
            if time.monotonic() >= due:
                due = time.monotonic() + INTERVAL
                judged = True
                yield {"time": round(time.time(), 3), **check.check(frame.grey).to_json()}
        if newest is not None and not judged and not stop.requested:
            yield {"time": round(time.time(), 3), **check.check(newest.grey).to_json()}


def _text(view: dict[str, Any]) -> str:
    """One line about a judgement, for people."""
    if "error" in view:
        return str(view["error"])
    turned = "upside down" if view["turn"] == 180 else "on its side"
    found = [f"face found, {face[2]} pixels" for face in view["faces"][:1]]
    findings = [WORDS[name].format(**view, turned=turned) for name in view["findings"]]
    return ", ".join(found + (findings or ["good"]))
