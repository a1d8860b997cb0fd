"""Expressions of the bundled portrait: its smile, or another mouth painted over it.

Each function takes and returns the picture of the portrait, uint8 [512, 512, 3] in BGR. The default
model takes `smile` for happy, `gasp` for surprise, and `frown` for neutral or sad.
"""

from __future__ import annotations

import cv2
import numpy as np

MOUTH = (224, 142)
LIP = (60, 50, 90)
OPEN_MOUTH = (40, 30, 60)


def smile(portrait: np.ndarray) -> np.ndarray:
    """The unchanged portrait."""
    return portrait


def frown(portrait: np.ndarray) -> np.ndarray:
    """The corners of the mouth turned down; no crop within 6 % of the face's box is happy."""
    face = _without_mouth(portrait)
    return cv2.ellipse(face, (224, 148), (22, 7), 0, 190, 350, LIP, 2)


def gasp(portrait: np.ndarray) -> np.ndarray:
    """A small, round open mouth."""
    face = _without_mouth(portrait)
    cv2.ellipse(face, (224, 146), (8, 8), 0, 0, 360, OPEN_MOUTH, -1)
    return cv2.ellipse(face, (224, 146), (8, 8), 0, 0, 360, LIP, 2)


def nobody(portrait: np.ndarray) -> np.ndarray:
    """A grey wall."""
    return np.full_like(portrait, 128)


def _without_mouth(portrait: np.ndarray) -> np.ndarray:
    mask = np.zeros(portrait.shape[:2], np.uint8)
    cv2.ellipse(mask, MOUTH, (34, 18), 0, 0, 360, (255,), -1)
    return cv2.inpaint(portrait, mask, 5, cv2.INPAINT_TELEA)
