"""Numbers of the documentation that are not measured: limits, settings, versions and conditions.

Each page has phrases. The number of a phrase comes from the code where a constant of the code
defines it, so that a page that states another number fails.
"""

from __future__ import annotations

import json

from catalog.building.cleaning import MIN_DURATION_SECONDS
from catalog.building.tables.parquet_table import BATCH_ROWS
from catalog.building.track_reader import CHUNK_ROWS
from edge.audio.decoder import WINDOW_SECONDS
from edge.audio.features import MIN_SECONDS
from edge.config.settings import FacesSettings, MoodSettings
from edge.daemon.affect_reporting import MIN_AFFECT_CHANGE
from edge.daemon.preview import OPENING_TIME, VIEWING_TIME
from edge.frontends.mqtt.client import MAX_PACKET_BYTES
from edge.frontends.web.http_connection import (
    HEADER_TIMEOUT,
    MAX_FRAMING_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
)
from edge.frontends.web.listener import (
    MAX_CONNECTIONS,
    MAX_CONNECTIONS_PER_CLIENT,
    RESERVED_DESCRIPTORS,
    SEND_TIMEOUT,
)
from edge.frontends.web.multipart import MAX_FIELD_BYTES, MAX_PARTS
from edge.frontends.web.request_text import MAX_TEXT_LENGTH
from edge.frontends.web.server import HANDSHAKE_TIMEOUT
from edge.frontends.web.sse import MAX_SUBSCRIBERS
from edge.frontends.web.uploads import UPLOAD_TIMEOUT
from edge.frontends.web.worker import MAX_COMMANDS, MAX_COMPARISONS, MAX_UPLOAD_MEMORY, MAX_UPLOADS
from edge.mood.resting_calibration import MAX_GAP
from edge.mood.resting_learner import SPEED
from edge.music.analysis.estimates import MAX_KNOWN
from edge.music.popularity import MIN_TRACKS_FOR_FULL_STRENGTH
from edge.music.recommender import (
    MAX_POOL_SHARE,
    MIN_POOL_SIZE,
    NEIGHBOURHOOD_SIZE,
    POOL_PER_TRACK,
)
from edge.photos.limits import FILE_LIMITS, FOLDER_LIMITS, UPLOAD_LIMITS
from edge.photos.worker_process import MAX_CPU_SECONDS, MAX_HEIF_CPU_SECONDS
from edge.sources.reconnecting import ReconnectTiming
from edge.sources.stream import MAX_CREDENTIALS_LENGTH
from models.registry import MODELS_FOLDER
from training.run_folder import RUN_RECORD

RUN = json.loads((MODELS_FOLDER / "simple_cnn" / RUN_RECORD).read_text(encoding="utf-8"))
PHOTO_LIMITS = (UPLOAD_LIMITS, FILE_LIMITS, FOLDER_LIMITS)


def _row(label: str, *values: str) -> str:
    return " | ".join((f"| {label}", *values)) + " |"


def _share(value: float) -> str:
    """A number below one without the zero before its point, as the pages write it."""
    return f"{value:g}".removeprefix("0")


def _percent(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")


# Comparisons in words that are settings or conditions; for the others, what is compared.
COMPARISONS: dict[str, tuple[str, str] | None] = {
    # docs/cameras.md, edge/mood/belief.py
    "half as much as a certain one": None,
    # docs/measured.md, edge/vision/look_pacing.py
    "twice as often after a change": None,
    "five times as many of these as": ("5.2", "1.1"),
    "A Pi 4 that needs twice as many at one a cycle": None,
    # docs/catalogue.md
    "half as far in the intended direction": ("0.53", "1"),
    # docs/decisions/0004-search-rarely.md
    "many times as much as the neural network": None,
}
DEFINITIONS: dict[str, tuple[str, ...]] = {
    "CONTRIBUTING.md": ("Python 3.12 and 3.13",),
    "SECURITY.md": (
        f"for {VIEWING_TIME:g} s, for one viewer",
        "the exposure is at most 1.4 of 10",
        f"packets over {MAX_PACKET_BYTES >> 20} MB are refused",
    ),
    "docs/decisions/0002-three-runtimes.md": ("Python 3.11 and", "Python 3.13"),
    "docs/decisions/0005-mood-over-time.md": (
        f"the mood at {_percent(MoodSettings().enter)} belief",
        f"another one reaches {_percent(MoodSettings().enter)}",
        f"falls below {_percent(MoodSettings().leave)}",
        "moodpi 0.1",
        "Until 0.2",
    ),
    "docs/architecture.md": (f"faces that lasted {FacesSettings().persistence:g} s",),
    "docs/cameras.md": (
        f"of up to {ReconnectTiming().max_retry_delay:g} seconds",
        f"at most {MAX_CREDENTIALS_LENGTH} characters",
    ),
    "docs/catalogue.md": (
        f"shorter\n  than {MIN_DURATION_SECONDS} s",
        f"{BATCH_ROWS:,} rows at a time",
        "Python 3.11 to 3.13",
        f"nearest {POOL_PER_TRACK} tracks for each",
        f"at least\n{MIN_POOL_SIZE} tracks",
        f"at most {_percent(MAX_POOL_SHARE)} of",
        f"in chunks of {CHUNK_ROWS:,}",
    ),
    "docs/commands.md": (
        f"changed by {_share(MIN_AFFECT_CHANGE)}",
        "moodpi 0.1",
        f"opened for {OPENING_TIME:g} seconds",
        f"small pictures for {VIEWING_TIME:g} seconds",
        f"none for {MAX_GAP:g} seconds",
        f"at most {SPEED:g} in an hour",
        f"less than {MIN_SECONDS:g} seconds",
    ),
    "docs/install.md": ("Python 3.11", "350 MB", "exposure 1.4 (OK)"),
    "docs/measured.md": (
        "Python 3.11",
        "for 20 to 40 seconds",
        "95 % confidence",
        "1,200 pixels wide",
        "2.4 instead of 1.5 GHz",
        "at 1.0\ninstead of 1.4 GHz",
    ),
    "docs/models.md": ("(95 % interval)", "95 % intervals", "with 15 % of the light"),
    "docs/music.md": (
        f"up to {MAX_KNOWN} such songs",
        f"the {NEIGHBOURHOOD_SIZE} tracks around it",
        f"middle {WINDOW_SECONDS:g} seconds",
        f"less than {MIN_TRACKS_FOR_FULL_STRENGTH:,} tracks",
        "Supysonic 0.7.9",
        "Beetstream 1.4.0",
    ),
    "docs/page.md": (
        _row(
            "connections",
            f"{MAX_CONNECTIONS}, of which {MAX_CONNECTIONS_PER_CLIENT} from one address; "
            "one more is closed at once",
        ),
        _row(
            "headers of a request",
            f"{MAX_HEADERS}, {MAX_HEADER_BYTES // 1024} KB, within {HEADER_TIMEOUT:g} seconds",
        ),
        _row("a TLS handshake", f"{HANDSHAKE_TIMEOUT:g} seconds"),
        f"{UPLOAD_TIMEOUT:g} seconds; {MAX_UPLOADS} at once, ",
        f"{MAX_UPLOAD_MEMORY / 1e6:g} MB together",
        _row("a response that the browser does not read", f"{SEND_TIMEOUT} seconds"),
        f"{MAX_PARTS} parts; {MAX_FIELD_BYTES} bytes for each field",
        f"{MAX_FRAMING_BYTES // 1024} KB of chunk sizes",
        f"{MAX_TEXT_LENGTH} characters",
        _row("open event streams", f"{MAX_SUBSCRIBERS}"),
        _row("comparisons of all models", f"{MAX_COMPARISONS} at once"),
        _row("commands and feedback", f"{MAX_COMMANDS} at once"),
        f"leaves {RESERVED_DESCRIPTORS} of the file descriptors",
        _row("size of the file", *(f"{each.max_bytes / 1e6:g} MB" for each in PHOTO_LIMITS)),
        _row(
            "JPEG, PNG, BMP, TIFF in strips",
            f"{UPLOAD_LIMITS.max_pixels / 1e6:g} megapixels",
            *(f"{each.max_pixels / 1e6:g}" for each in (FILE_LIMITS, FOLDER_LIMITS)),
        ),
        _row(
            "memory to decode a photo", *(f"{each.max_memory / 1e6:g} MB" for each in PHOTO_LIMITS)
        ),
        _row("processor time to decode a photo", *[f"{MAX_CPU_SECONDS} seconds"] * 3),
        _row("processor time to decode HEIC", *[f"{MAX_HEIF_CPU_SECONDS} seconds"] * 3),
    ),
    "docs/recipes.md": ("Mopidy 3.4", "MPD 0.23", "Snapcast 0.26"),
    "models/resnet50v2/README.md": (
        "Keras 3.15",
        "peak rate of .0012",
        "weight\ndecay .08",
        "(.998)",
        "(.4 of\neach target)",
        "the last 30 % of the epochs",
        "TensorFlow 2.21",
    ),
    "models/simple_cnn/README.md": (
        "TensorFlow\n2.21",
        ".15 is the best compromise",
        f"the last one {RUN['training_faces']:,}",
        "plus or minus 1.5 points",
    ),
}
