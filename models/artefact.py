"""The contract of an artefact: the shape of its input and the names of its files."""

from __future__ import annotations

# The side of the square face crop that every model takes, in pixels.
CROP_SIDE = 48
# One face crop: uint8, grey 0..255, [batch, height, width, channels].
INPUT_SHAPE = (1, CROP_SIDE, CROP_SIDE, 1)
# The name of the description inside an exported file: a ZIP entry or an ONNX metadata property.
DESCRIPTION = "moodpi.json"
# The file of the trained float16 weights in a model's folder.
WEIGHTS = "weights.f16.npz"
