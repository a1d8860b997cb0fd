"""The structure of each image format, read in the way of its decoder: OpenCV or libheif."""

from edge.photos.formats.bmp import BmpWalker
from edge.photos.formats.heif import HeifWalker
from edge.photos.formats.jpeg import JpegWalker
from edge.photos.formats.png import PngWalker
from edge.photos.formats.tiff import TiffWalker
from edge.photos.formats.walker import StructureError, Walker
from edge.photos.formats.webp import WebpWalker

WALKERS: tuple[type[Walker], ...] = (
    JpegWalker,
    PngWalker,
    WebpWalker,
    BmpWalker,
    TiffWalker,
    HeifWalker,
)

__all__ = ["WALKERS", "HeifWalker", "StructureError", "Walker"]
