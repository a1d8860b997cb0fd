"""The Pi's side: camera, faces, emotion, mood, recommender, players, daemon."""

import os

# OpenCV and FFmpeg write to stderr by themselves; people get one line from us instead. Only the
# environment, read as OpenCV loads, silences every OpenCV 4: its function for it moved in 4.12.
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
