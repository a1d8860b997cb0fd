"""`moodpi bench`: speed, memory and accuracy of each model, format and runtime on this machine."""

from __future__ import annotations
