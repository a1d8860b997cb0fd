"""The structure of each image format, read in the way of OpenCV's decoder."""

from edge.photos.formats.bmp import BmpWalker
from edge.photos.formats.jpeg import JpegWalker
from edge.photos.formats.png import PngWalker
from edge.photos.formats.tiff import TiffWalker
from edge.photos.formats.walker import StructureError, Walker
from edge.photos.formats.webp import WebpWalker

WALKERS: tuple[type[Walker], ...] = (JpegWalker, PngWalker, WebpWalker, BmpWalker, TiffWalker)

__all__ = ["WALKERS", "StructureError", "Walker"]
