"""Every setting of moodpi.toml: one frozen dataclass per section, one field per key.

Each field declares its meaning, unit and bounds. The loader checks values against them; a test
checks the comments of systemd/moodpi.toml.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import get_args

from edge.config.names import (
    HOST,
    HOURS,
    MQTT_ID,
    MQTT_PASSWORD,
    MQTT_PREFIX,
    MQTT_USERNAME,
    WEB_ROOT,
    FaceChoiceName,
    PlayerKind,
    StrategyName,
    TargetName,
    parse_origin,
)
from edge.config.region import parse_region
from edge.config.rule import setting


@dataclass(frozen=True)
class SourceSettings:
    """Where frames come from."""

    device: str = setting(
        "picamera2",
        "The camera: picamera2, picamera2:1, /dev/video0 or a URL; or a video file or a folder",
        file=True,
    )
    width: int = setting(
        640,
        "Width requested from the camera; it can choose the nearest that it supports",
        unit="pixels",
        low=64,
        high=4096,
    )
    height: int = setting(
        480,
        "Height requested from the camera; it can choose the nearest that it supports",
        unit="pixels",
        low=48,
        high=4096,
    )
    frame_rate: float = setting(
        10.0, "Frame rate requested from the camera", unit="frames per second", low=1, high=60
    )
    rotation: int = setting(
        0,
        "Clockwise rotation of the frames, for a camera that is mounted sideways or upside down",
        unit="degrees",
        choices=(0, 90, 180, 270),
    )
    mirror: bool = setting(default=False, meaning="Mirror the frames: swap left and right")
    left: float = setting(
        0.0,
        "Left edge of the region to analyse, after rotation and mirroring",
        unit="share of the width",
        low=0,
        high=0.9,
        at_most="right",
    )
    top: float = setting(
        0.0,
        "Top edge of the region to analyse",
        unit="share of the height",
        low=0,
        high=0.9,
        at_most="bottom",
    )
    right: float = setting(
        1.0, "Right edge of the region to analyse", unit="share of the width", low=0.1, high=1
    )
    bottom: float = setting(
        1.0, "Bottom edge of the region to analyse", unit="share of the height", low=0.1, high=1
    )
    ignore: tuple[str, ...] = setting(
        (),
        "Regions to ignore, such as a portrait: left, top, right and bottom as shares of the frame",
        parse=parse_region,
        example="0.62 0.08 0.76 0.27",
        form="left < right and top < bottom, all from 0 to 1",
    )
    open_timeout: float = setting(
        5.0, "Timeout for opening a stream", unit="seconds", low=0.5, high=60
    )
    read_timeout: float = setting(
        5.0, "Timeout for the next frame of a stream", unit="seconds", low=0.5, high=60
    )


@dataclass(frozen=True)
class FacesSettings:
    """Face detection and tracking."""

    longest_side: int = setting(
        480,
        "Longest side of the frame that is searched, scaled down if larger; lower is faster",
        unit="pixels",
        low=120,
        high=4096,
    )
    min_face_size: int = setting(
        30,
        "Minimum side of a face in the scaled frame; higher is faster but misses distant faces",
        unit="pixels",
        low=20,
        high=400,
    )
    min_neighbours: int = setting(
        3,
        "Overlapping detections required for a face; higher means fewer false detections",
        low=1,
        high=20,
    )
    choose: str = setting(
        "largest",
        "The face that decides: largest, center (the most central) or household (the mean of all)",
        choices=get_args(FaceChoiceName),
    )
    persistence: float = setting(
        0.4, "How long a face must be visible before it is used", unit="seconds", low=0, high=10
    )
    rescan: float = setting(
        6.0,
        "Interval between searches of the whole frame while a face is tracked; higher is cheaper",
        unit="seconds",
        low=0.2,
        high=60,
    )


@dataclass(frozen=True)
class ModelSettings:
    """Which trained model classifies the emotion."""

    name: str = setting(
        "simple_cnn", "Name of the trained model, or path of an exported file", file=True
    )
    format: str = setting("int8.tflite", "Exported file of the model")
    threads: int = setting(
        1, "Threads for inference and image processing", unit="threads", low=1, high=16
    )


@dataclass(frozen=True)
class MoodSettings:
    """When the emotions of a face become a mood, and when the mood changes."""

    smoothing: float = setting(
        2.0,
        "Time constant of the average that gives share, valence and arousal",
        unit="seconds",
        low=1,
        high=30,
    )
    enter: float = setting(
        0.95,
        "An emotion becomes the mood when the belief in it reaches this",
        unit="probability",
        low=0.15,
        high=0.99,
    )
    leave: float = setting(
        0.3,
        "The mood becomes unsure when the belief in every emotion is below this",
        unit="probability",
        low=0,
        high=1,
        at_most="enter",
    )
    unsure_timeout: float = setting(
        12.0,
        "After this time of a face without a mood, a belief of 0.5 is enough for one",
        unit="seconds",
        low=0,
        high=3600,
    )
    refractory: float = setting(
        8.0,
        "Minimum time between two changes of mood; the first mood may change at once",
        unit="seconds",
        low=0,
        high=3600,
    )
    absence: float = setting(
        10.0, "The person has left after this time without a face", unit="seconds", low=1, high=3600
    )
    learn_resting_face: bool = setting(
        default=True,
        meaning="Learn over days what the camera sees most; `moodpi calibrate` is faster and surer",
    )


@dataclass(frozen=True)
class RecommendSettings:
    """Which tracks are recommended."""

    strategy: str = setting(
        "match",
        "match: music like the mood; lift: like a better mood; journey: from one to the other",
        choices=get_args(StrategyName),
    )
    target: str = setting(
        "",
        "Target of lift and journey: an emotion, calm or brighter; empty: chosen by mood",
        choices=("", *get_args(TargetName)),
    )
    count: int = setting(
        5, "Tracks recommended at each change of mood", unit="tracks", low=1, high=1000
    )
    catalog: str = setting("", "Catalogue file; empty: the catalogue of moodpi", file=True)
    genres: tuple[str, ...] = setting(
        (), "Recommend only tracks of these genres; empty: all genres"
    )
    excluded_artists: tuple[str, ...] = setting(
        (), "Never recommend tracks by or with these artists"
    )
    year_from: int = setting(
        0,
        "Earliest release year; 0: any, also tracks of unknown year",
        low=0,
        high=9999,
        at_most="year_to",
    )
    year_to: int = setting(
        9999,
        "Latest release year; 9999: any, also tracks of unknown year",
        low=0,
        high=9999,
    )
    min_popularity: int = setting(
        0,
        "Minimum Spotify popularity; 0: any, also tracks of unknown popularity",
        low=0,
        high=100,
    )
    popularity: float = setting(
        0.5,
        "Preference for popular tracks while little is known of your taste; 0: none",
        low=0,
        high=1,
    )
    explicit: bool = setting(default=True, meaning="Allow tracks that are marked as explicit")


@dataclass(frozen=True)
class PlayerSettings:
    """How tracks are played."""

    kind: str = setting(
        "print",
        "print: print tracks with links; mpd: MPD or Mopidy; mpv: local files; subsonic: "
        "Navidrome, Gonic or Airsonic; command: a program",
        choices=get_args(PlayerKind),
    )
    command: tuple[str, ...] = setting(
        (),
        "For kind command: the program and its arguments; it receives the tracks as JSON on stdin",
        command=True,
    )
    mpd: str = setting(
        "localhost:6600",
        "Address of MPD or Mopidy: host, host:port or a socket's path; password@ can precede it",
        address=True,
    )
    mpd_password: str = setting("", "Password of MPD; empty: none", secret=True)
    music: tuple[str, ...] = setting(
        (),
        "For kind mpv: folders with music files. For kind mpd: MPD's music folder, for analyzed "
        "songs",
        file=True,
    )
    subsonic: str = setting(
        "",
        "For kind subsonic: address with the user's name, such as http://me@music.local:4533",
        address=True,
    )
    subsonic_password: str = setting("", "Password of that user", secret=True)
    mpv_options: tuple[str, ...] = setting(
        (), "Options of mpv such as --audio-device=alsa/hw:1 or --volume=60"
    )
    change: str = setting(
        "after_track",
        "When the tracks for a new mood start: after_track (when the current one ends) or now",
        choices=("after_track", "now"),
    )
    crossfade: float = setting(
        3.0,
        "Crossfade between tracks if the server supports it, restored at exit; 0: unchanged",
        unit="seconds",
        low=0,
        high=30,
    )
    take_over: bool = setting(
        default=False,
        meaning="Replace a queue that you filled; it is saved as a playlist first",
    )
    pause_after: float = setting(
        60.0,
        "Pause the music this long after the last person left; 0: never",
        unit="seconds",
        low=0,
        high=86400,
    )
    quiet_hours: str = setting(
        "",
        "Hours without music, can pass midnight; empty: none",
        pattern=HOURS,
        example="22:30-07:00",
    )


@dataclass(frozen=True)
class WebSettings:
    """The web page: address and server."""

    enabled: bool = setting(
        default=False,
        meaning="Serve the page from `moodpi run`, without a separate `moodpi serve`",
    )
    host: str = setting(
        "127.0.0.1",
        "Address to listen on; a token is required unless it is a loopback address",
        address=True,
    )
    port: int = setting(8377, "Port to listen on; 0: any free port", low=0, high=65535)
    names: tuple[str, ...] = setting(
        (),
        "Additional host names of the page, besides the host name and its .local name",
        address=True,
    )
    trusted_proxies: tuple[str, ...] = setting(
        (),
        "Reverse proxies whose X-Forwarded-For, -Proto and -Prefix count: addresses or networks",
        parse=ip_network,
        example="192.0.2.7",
    )
    root: str = setting(
        "",
        "Path below which a reverse proxy serves the page; empty: at the root",
        pattern=WEB_ROOT,
        example="/moodpi",
    )
    origins: tuple[str, ...] = setting(
        (),
        "Other origins: of a proxy that changes the Host header, of pages that show this one in a "
        "frame",
        parse=parse_origin,
        example="https://home.example.org",
    )
    tls_cert: str = setting("", "Certificate file for HTTPS; empty: HTTP", file=True)
    tls_key: str = setting("", "Private key file of the certificate", file=True)


@dataclass(frozen=True)
class PrivacySettings:
    """What the camera's picture may be used for besides the mood."""

    preview: bool = setting(
        default=False,
        meaning="Allow `moodpi look --preview` to show the picture to one viewer for a minute",
    )


@dataclass(frozen=True)
class MqttSettings:
    """The MQTT broker that `moodpi run` publishes to; requires the extra mqtt."""

    host: str = setting(
        "",
        "Host name, address or mqtt:// URL of the broker; empty: MQTT is off",
        pattern=HOST,
        address=True,
        example="homeassistant.local",
    )
    port: int = setting(1883, "Port of the broker; usually 8883 with TLS", low=1, high=65535)
    id: str = setting(
        "",
        "Unique name of this moodpi at the broker; empty: the host name and four digits",
        pattern=MQTT_ID,
        example="kitchen",
    )
    username: str = setting("", "User name at the broker; empty: none", pattern=MQTT_USERNAME)
    password: str = setting(
        "",
        "Password at the broker; it is never printed",
        pattern=MQTT_PASSWORD,
        secret=True,
    )
    tls: bool = setting(default=False, meaning="Encrypt the connection with TLS")
    tls_ca: str = setting(
        "", "File of trusted CA certificates; empty: those of the system", file=True
    )
    discovery: str = setting(
        "homeassistant",
        "Topic prefix of Home Assistant's discovery; empty: no discovery",
        pattern=MQTT_PREFIX,
        example="homeassistant",
    )
