"""The contract of an artefact: its input, and the names of its files."""

from __future__ import annotations

# Side of the square face crop that every model takes, in pixels.
CROP_SIDE = 48
# uint8, grey 0..255: one face, height, width, one channel.
INPUT_SHAPE = (1, CROP_SIDE, CROP_SIDE, 1)
# The description inside a file: the name of a ZIP entry or of an ONNX property.
DESCRIPTION = "moodpi.json"
# The trained weights in a model's folder, in float16.
WEIGHTS = "weights.f16.npz"
