"""Decodes the middle of an audio file with FFmpeg, within limits of time and memory."""

from __future__ import annotations

import os
import re
import resource
import selectors
import subprocess
import time
from contextlib import suppress
from math import ceil
from pathlib import Path

import numpy as np

from edge.audio.spectrum import SAMPLE_RATE, Signal
from moodpi.errors import MoodpiError
from moodpi.text import MAX_NAME_LENGTH, clean_text

# Of a longer song, this much of its middle is decoded, in seconds.
WINDOW_SECONDS = 90.0
# Longer files are audio books, radio and whole concerts, in seconds.
MAX_SECONDS = 3600.0
# For each of FFmpeg's two runs: processor time, time on the clock, and bytes of its data. A Pi 4
# decodes 90 s of any format in a few seconds, and 48 MiB suffice. With moodpi's own memory the data
# stay below MemoryMax of moodpi-analysis.service: a song that needs more is skipped, but beyond
# MemoryMax the kernel would end the analysis, each time at the same song.
MAX_CPU_SECONDS, TIMEOUT = 60, 180.0
MAX_DATA_BYTES = 96 * 2**20
MAX_OUTPUT_BYTES = int((WINDOW_SECONDS + 1) * SAMPLE_RATE) * 2
MAX_ERROR_BYTES, PART_BYTES = 4096, 65_536
# Formats of audio files. Playlists (concat, hls, dash) are not among them: they name other files.
FORMATS = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "avi", "caf", "dsf", "flac", "matroska", "mov"),
    *("mp3", "mpc", "mpc8", "ogg", "tta", "w64", "wav", "wv"),
)
INPUT = ("-v", "error", "-protocol_whitelist", "file", "-format_whitelist", ",".join(FORMATS))
PROBE = ("ffprobe", *INPUT, "-select_streams", "a:0", "-show_entries", "format=duration")
# What FFmpeg prints before a message: the part that prints it, or the file.
MESSAGE_SOURCE = re.compile(r"^\[\w[^]]* @ 0x[0-9a-f]+\] |^file:(?s:.*): ")
PROBE_OUTPUT = ("-of", "csv=p=0")
DECODE = ("ffmpeg", "-nostdin", *INPUT, "-threads", "1")
# -vn, -sn, -dn: no covers, subtitles and data.
DECODE_OUTPUT = (
    *("-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1", "-ar", str(SAMPLE_RATE)),
    *("-f", "s16le", "-"),
)


def decode_middle(path: Path) -> Signal:
    """The middle WINDOW_SECONDS of an audio file, or all of a shorter one.

    Raises MoodpiError if the file is damaged or holds no sound (`song_damaged`), lasts longer than
    MAX_SECONDS (`song_too_long`), takes too much time (`song_too_slow`), or without FFmpeg
    (`no_ffmpeg`).
    """
    duration = _duration(path)
    if duration > MAX_SECONDS:
        raise MoodpiError(
            f"it lasts {ceil(duration / 60)} minutes: expected at most {MAX_SECONDS / 60:.0f}",
            code="song_too_long",
        )
    start = max((duration - WINDOW_SECONDS) / 2, 0.0)
    window = ("-ss", f"{start:.3f}", "-t", f"{WINDOW_SECONDS:.0f}")
    output = _run((*DECODE, *window, "-i", _url(path), *DECODE_OUTPUT), MAX_OUTPUT_BYTES)
    whole = len(output) // 2 * 2
    return np.frombuffer(output[:whole], "<i2").astype(np.float32) / np.float32(32768)


def _duration(path: Path) -> float:
    """In seconds; 0 if the file does not state it."""
    answer = _run((*PROBE, *PROBE_OUTPUT, _url(path)), MAX_NAME_LENGTH)
    try:
        return max(float(answer), 0.0)
    except ValueError:
        return 0.0


def _url(path: Path) -> bytes:
    """With the protocol, because a name can look like an option or like another protocol."""
    return b"file:" + os.fsencode(path.absolute())


def _run(command: tuple[str | bytes, ...], max_bytes: int) -> bytes:
    """The output of a program, at most max_bytes. Raises MoodpiError if it fails."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise MoodpiError(
            f"cannot start {os.fsdecode(command[0])}: {error.strerror}: apt install ffmpeg",
            code="no_ffmpeg",
        ) from error
    with process:
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (MAX_DATA_BYTES, MAX_DATA_BYTES))
        try:
            output, errors = _read(process, max_bytes)
        except BaseException:
            process.kill()
            raise
    if process.returncode and not output:
        raise MoodpiError(
            f"it is damaged or holds no sound (FFmpeg: {_reason(errors)})", code="song_damaged"
        )
    return output


def _read(process: subprocess.Popen[bytes], max_bytes: int) -> tuple[bytes, bytes]:
    """The beginning of what a process prints on stdout and stderr, until it closes both.

    The rest is dropped, because a file decides how much it is: its times can be wrong, and each
    damaged frame has a message. Raises MoodpiError (`song_too_slow`).
    """
    deadline = time.monotonic() + TIMEOUT
    output, errors = bytearray(), bytearray()
    with selectors.DefaultSelector() as pipes:
        for pipe, kept in (
            (process.stdout, (output, max_bytes)),
            (process.stderr, (errors, MAX_ERROR_BYTES)),
        ):
            pipes.register(pipe, selectors.EVENT_READ, kept)  # type: ignore[arg-type]
        while pipes.get_map():
            ready = pipes.select(max(deadline - time.monotonic(), 0))
            if time.monotonic() >= deadline:
                raise MoodpiError(
                    f"it takes longer than {TIMEOUT:.0f} s to read", code="song_too_slow"
                )
            for key, _ in ready:
                part, (content, limit) = os.read(key.fd, PART_BYTES), key.data
                content += part[: limit - len(content)]
                if not part:
                    pipes.unregister(key.fileobj)
    return bytes(output), bytes(errors)


def _reason(errors: bytes) -> str:
    """The first of FFmpeg's messages; the others follow from it."""
    text = MESSAGE_SOURCE.sub("", errors.decode(errors="replace"))
    return clean_text(text.partition("\n")[0], MAX_NAME_LENGTH) or "no reason"
