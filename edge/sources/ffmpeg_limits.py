"""Limits of FFmpeg, with which OpenCV reads films and network streams."""

from __future__ import annotations

import ctypes
import logging
import os
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

OPTIONS_VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
# The largest block of memory that FFmpeg may allocate. A BGR picture of 4096 x 4096 has 50 MB.
MAX_BLOCK_BYTES = 64 * 2**20
# The formats of films and cameras. Playlists (hls, dash, concat, sdp) are not among them: they name
# other files and other hosts.
FORMATS = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "live_flv", "asf", "ogg"),
    *("mpjpeg", "mjpeg", "jpeg_pipe", "h264", "hevc", "m4v", "ivf", "obu", "av1", "gif", "apng"),
    *("yuv4mpegpipe", "nut", "mxf", "dv", "rtsp"),
)
PROTOCOLS = (
    "file",
    *("http", "https", "httpproxy", "tcp", "tls"),
    *("rtsp", "rtsps", "rtp", "srtp", "udp"),
)


@cache
def limit_ffmpeg() -> None:
    """Limit the memory of FFmpeg in this process, and the formats that it opens.

    OpenCV reads its options for FFmpeg from an environment variable, when it opens a film. Options
    that the user has set there remain, except for these limits.
    """
    own = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": ",".join(PROTOCOLS)}
    # OpenCV's own default, which the variable replaces.
    users = os.environ.get(OPTIONS_VARIABLE) or "rtsp_flags;prefer_tcp"
    limits = [f"{option};{value}" for option, value in own.items()]
    os.environ[OPTIONS_VARIABLE] = "|".join([users, *limits])
    for library in _loaded_libraries("libavutil"):
        # av_max_alloc of libavutil/mem.h: the limit of every block that FFmpeg allocates.
        ctypes.CDLL(library).av_max_alloc(ctypes.c_size_t(MAX_BLOCK_BYTES))


def _loaded_libraries(name: str) -> set[str]:
    """The paths of the shared libraries of that name in this process."""
    # The path is the sixth field of a line, if there is one (proc(5)).
    maps = os.fsdecode(Path("/proc/self/maps").read_bytes())
    lines = (line.split(maxsplit=5) for line in maps.split("\n"))
    paths = {fields[5] for fields in lines if len(fields) == 6}
    return {path for path in paths if Path(path).name.startswith((f"{name}-", f"{name}."))}
