"""Every setting of moodpi.toml: one frozen dataclass per table, one field per key.

Each field carries its sentence, unit and bounds, which the loader, `moodpi config` and the
shipped systemd/moodpi.toml are all checked against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from edge.config.names import HOURS, FaceChoiceName, PlayerKind, StrategyName, TargetName
from edge.config.rule import setting


@dataclass(frozen=True)
class SourceSettings:
    """Where pictures come from."""

    device: str = setting(
        "picamera2", "picamera2, /dev/video0, a number, a video file, a folder of images or a URL"
    )
    width: int = setting(
        640, "Width asked of a camera; it may choose the nearest", unit="pixels", low=64, high=4096
    )
    height: int = setting(
        480, "Height asked of a camera; it may choose the nearest", unit="pixels", low=48, high=4096
    )
    frame_rate: float = setting(
        10.0, "Frames asked of a camera each second", unit="frames a second", low=1, high=60
    )
    rotation: int = setting(
        0,
        "How far pictures are turned clockwise, for a camera that hangs sideways or upside down",
        unit="degrees",
        choices=(0, 90, 180, 270),
    )
    mirror: bool = setting(default=False, meaning="Whether left and right change places")
    left: float = setting(
        0.0,
        "Only what is right of this is looked at, after turning and mirroring",
        unit="share of the width",
        low=0,
        high=0.9,
        at_most="right",
    )
    top: float = setting(
        0.0,
        "Only what is below this is looked at",
        unit="share of the height",
        low=0,
        high=0.9,
        at_most="bottom",
    )
    right: float = setting(
        1.0, "Only what is left of this is looked at", unit="share of the width", low=0.1, high=1
    )
    bottom: float = setting(
        1.0, "Only what is above this is looked at", unit="share of the height", low=0.1, high=1
    )
    open_timeout: float = setting(
        5.0, "How long a stream may take to answer", unit="seconds", low=0.5, high=60
    )
    read_timeout: float = setting(
        5.0, "How long a stream may stay silent", unit="seconds", low=0.5, high=60
    )


@dataclass(frozen=True)
class FacesSettings:
    """How faces are looked for."""

    longest_side: int = setting(
        480,
        "Pictures are scaled down to this longest side before the search; less is faster",
        unit="pixels",
        low=120,
        high=4096,
    )
    smallest_face: int = setting(
        30,
        "The least side of a face in the scaled picture; more is faster and sees less far",
        unit="pixels",
        low=20,
        high=400,
    )
    neighbours: int = setting(
        6, "Overlapping hits that make a face; more means fewer false ones", low=1, high=20
    )
    choose: str = setting(
        "largest",
        "Of several faces the largest, the one nearest the center, or household: their mean mood",
        choices=get_args(FaceChoiceName),
    )
    persistence: float = setting(
        0.4, "How long a face must have been seen before it counts", unit="seconds", low=0, high=10
    )
    rescan: float = setting(
        6.0,
        "How often the whole picture is searched while a face is followed; less is cheaper",
        unit="seconds",
        low=0.2,
        high=60,
    )


@dataclass(frozen=True)
class ModelSettings:
    """Which trained model names the emotion."""

    name: str = setting("simple_cnn", "The trained model")
    format: str = setting("int8.tflite", "Its exported file")
    threads: int = setting(1, "Threads that the model may use", unit="threads", low=1, high=16)


@dataclass(frozen=True)
class MoodSettings:
    """When what a face shows becomes a mood, and when the mood changes."""

    smoothing: float = setting(
        2.8,
        "How long what was seen counts (a time constant); more is calmer and slower",
        unit="seconds",
        low=1,
        high=30,
    )
    enter: float = setting(
        0.92,
        "How strongly an emotion must be believed before it becomes the mood",
        unit="probability",
        low=0.15,
        high=0.99,
    )
    leave: float = setting(
        0.5,
        "The mood holds for as long as its own emotion is believed this strongly",
        unit="probability",
        low=0,
        high=1,
        at_most="enter",
    )
    floor: float = setting(
        0.25,
        "No emotion that averages less than this becomes the mood",
        unit="probability",
        low=0,
        high=1,
    )
    settle: float = setting(
        2.0,
        "A first mood that is not believed after this much face is unsure",
        unit="seconds",
        low=0.1,
        high=2,
    )
    patience: float = setting(
        12.0,
        "Who is unclear for so long is taken for what they look like most",
        unit="seconds",
        low=0,
        high=3600,
    )
    dwell: float = setting(
        0.2, "How long a new mood must last before it counts", unit="seconds", low=0, high=60
    )
    refractory: float = setting(
        8.0,
        "How long after one emotion became the mood the next may come",
        unit="seconds",
        low=0,
        high=3600,
    )
    absence: float = setting(
        10.0, "Without a face for this long, nobody is there", unit="seconds", low=1, high=3600
    )


@dataclass(frozen=True)
class RecommendSettings:
    """How tracks are chosen."""

    strategy: str = setting(
        "match",
        "match: music like the mood; lift: towards a better one; journey: there in steps",
        choices=get_args(StrategyName),
    )
    target: str = setting(
        "",
        "Where lift and journey lead: an emotion, calm or brighter; empty for what suits the mood",
        choices=("", *get_args(TargetName)),
    )
    count: int = setting(5, "Tracks chosen on each change of mood", unit="tracks", low=1, high=1000)
    catalog: str = setting("", "The catalogue's file; empty for the one that ships with moodpi")
    genres: tuple[str, ...] = setting((), "Tracks of these genres alone; empty for all")
    without_artists: tuple[str, ...] = setting((), "No track of these artists, nor with them")
    year_from: int = setting(
        0,
        "No track from before this year; 0 for any, those of unknown age too",
        low=0,
        high=9999,
        at_most="year_to",
    )
    year_to: int = setting(
        9999,
        "No track from after this year; 9999 for any, those of unknown age too",
        low=0,
        high=9999,
    )
    least_popularity: int = setting(
        0,
        "Spotify's popularity must be at least this; 0 for any, the unknown too",
        low=0,
        high=100,
    )
    explicit: bool = setting(
        default=True, meaning="Whether tracks may come that a source calls explicit"
    )


@dataclass(frozen=True)
class PlayerSettings:
    """What is done with the tracks."""

    kind: str = setting(
        "print",
        "print: only printed, with links; mpd: MPD or Mopidy; mpv: your files; command: a program",
        choices=get_args(PlayerKind),
    )
    command: tuple[str, ...] = setting(
        (), "The program and its arguments for kind command; it gets the tracks as JSON on stdin"
    )
    mpd: str = setting(
        "localhost:6600", "Where MPD or Mopidy listens: host, host:port or its socket's path"
    )
    mpd_password: str = setting("", "Its password; empty for none", secret=True)
    music: tuple[str, ...] = setting((), "The folders whose files kind mpv plays")
    mpv_options: tuple[str, ...] = setting(
        (), "Options for mpv, as --audio-device=alsa/hw:1 or --volume=60"
    )
    change: str = setting(
        "after_track",
        "When other tracks for a new mood begin: after_track, once the song has ended, or now",
        choices=("after_track", "now"),
    )
    crossfade: float = setting(
        3.0,
        "From one track into the next, where the server can; restored at the end; 0: as it is set",
        unit="seconds",
        low=0,
        high=30,
    )
    take_over: bool = setting(
        default=False,
        meaning="Whether a queue that you filled may go; it is saved as a playlist first",
    )
    pause_after: float = setting(
        60.0,
        "How long after the last person left the music pauses, until somebody is back; 0 for never",
        unit="seconds",
        low=0,
        high=86400,
    )
    quiet: str = setting(
        "",
        "The hours of the day without music, over midnight too; empty for none",
        pattern=HOURS,
        example="22:30-07:00",
    )


@dataclass(frozen=True)
class WebSettings:
    """The page: where it listens, and who serves it."""

    with_run: bool = setting(
        default=False,
        meaning="Whether `moodpi run` serves the page too, so that no `moodpi serve` is needed",
    )
    host: str = setting(
        "127.0.0.1", "The address to listen on; any but this machine's own asks for a token"
    )
    port: int = setting(8377, "Its port; 0 for any free one", low=0, high=65535)
    names: tuple[str, ...] = setting(
        (), "Names it is asked for by, beside this machine's own and its .local name"
    )
    tls_cert: str = setting("", "A certificate's file, for https; empty for http")
    tls_key: str = setting("", "The file of the certificate's private key")


@dataclass(frozen=True)
class MqttSettings:
    """The broker that `moodpi run` tells a smart home through; needs the extra mqtt."""

    host: str = setting("", "The broker's name or address; empty for none")
    port: int = setting(1883, "Its port; with TLS mostly 8883", low=1, high=65535)
    id: str = setting(
        "",
        "What this moodpi is called among all at the broker; empty for its machine's name",
        pattern=r"[a-zA-Z0-9_-]+",
        example="kitchen",
    )
    username: str = setting("", "The broker's user; empty for none")
    password: str = setting("", "Its password, which is never shown", secret=True)
    tls: bool = setting(default=False, meaning="Whether the connection is encrypted")
    tls_ca: str = setting("", "The certificates to trust; empty for the system's own")
    discovery: str = setting(
        "homeassistant", "Where Home Assistant looks for what there is; empty for nowhere"
    )
