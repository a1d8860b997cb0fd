"""Finding the images of a data set in SPLIT/CLASS or CLASS folders."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.data.class_names import (
    FER2013_NUMBERS,
    emotion_of_class,
    emotions_of_classes,
    is_class_number,
    listed,
)
from training.data.left_out import LeftOut
from training.data.split_names import TRAINING, split_of_file, split_of_name

log = logging.getLogger(__name__)

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".webp", ".tif", ".tiff", ".heic", ".heif"}
)
TABLE_SUFFIXES = frozenset({".csv", ".gz", ".tgz", ".tar", ".zip"})
SYSTEM_FILES = ("thumbs.db", "desktop.ini")
# A data set is searched this deep below the folder that is named.
MAX_DEPTH = 3
MAX_SEARCHED = 1_000
MAX_NAMED = 5


@dataclass(frozen=True)
class LabelledFile:
    """An image: its split, its emotion and its path."""

    split: str
    emotion: str
    path: Path


@dataclass(frozen=True)
class FolderImages:
    """The images of a data set in the order of their names, and what is left out."""

    files: list[LabelledFile] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)


def find_images(root: Path) -> FolderImages:
    """The images in `root/SPLIT/CLASS` and `root/CLASS`, or in the same of a folder below.

    Without split folders, the split is that of the folder's own name, or Training. A split in a
    file name (`PublicTest_123.jpg`) has precedence. Messages state what is assumed.

    Raises MoodpiError if there is no such folder, several, unknown numbers as class names, or a
    folder that cannot be read.
    """
    try:
        return _images_below(_base_folder(root))
    except OSError as error:
        raise MoodpiError(
            f"cannot read {error.filename or root}: {error.strerror}", code="unreadable_file"
        ) from error


def _images_below(base: Path) -> FolderImages:
    folders = list(_class_folders(base))
    emotions = emotions_of_classes([folder.name for _, folder in folders], str(base))
    if emotions is FER2013_NUMBERS:
        log.warning("%s: its numbered folders are read as %s", base, listed(FER2013_NUMBERS))
    own_split = _own_split(base) if all(split is None for split, _ in folders) else TRAINING
    images = FolderImages()
    for folder in [base, *_subfolders(base)]:
        if folder == base or split_of_name(folder.name):
            for path in filter(_is_image, sorted(folder.iterdir())):
                images.left_out.add("outside a class folder", str(path))
    for split, folder in folders:
        if folder.name in emotions:
            for path in _images_in(folder, images.left_out):
                usage = split_of_file(path.name) or split or own_split
                images.files.append(LabelledFile(usage, emotions[folder.name], path))
        else:
            _leave_out_folder("in a folder that is no emotion", folder, images.left_out)
    return images


def _base_folder(root: Path) -> Path:
    """The folder that holds the split or class folders: the root, or one below."""
    level = [root]
    for _ in range(MAX_DEPTH + 1):
        found = list(filter(_holds_classes, level))
        if len(found) > 1:
            names = ", ".join(str(folder) for folder in found[:MAX_NAMED])
            raise MoodpiError(
                f"{root} holds {len(found)} folders with class folders ({names}): name one of them",
                code="several_data_sets",
            )
        if found:
            if found != [root]:
                log.warning("%s: the class folders are those of %s", root, found[0])
            return found[0]
        level = [below for folder in level for below in _subfolders(folder)][:MAX_SEARCHED]
    raise _no_classes(root)


def _holds_classes(folder: Path) -> bool:
    names = [each.name for _, each in _class_folders(folder)]
    return any(emotion_of_class(name) or is_class_number(name) for name in names)


def _class_folders(base: Path) -> Iterator[tuple[str | None, Path]]:
    """The folders in the split folders, with their split, and those that are no split folders."""
    for folder in _subfolders(base):
        if split := split_of_name(folder.name):
            yield from ((split, below) for below in _subfolders(folder))
        else:
            yield None, folder


def _own_split(base: Path) -> str:
    """The split that a folder of class folders is named as, or Training."""
    folder = base.resolve()
    split = split_of_name(folder.name)
    if split is None:
        return TRAINING
    others = [
        each.name
        for each in _subfolders(folder.parent)
        if each.name != folder.name and split_of_name(each.name)
    ]
    hint = f"; for {', '.join(others[:MAX_NAMED])} too, name {folder.parent}" if others else ""
    log.warning("%s is read as the split %s%s", base, split, hint)
    return split


def _images_in(folder: Path, left_out: LeftOut) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.lower() in SYSTEM_FILES:
            continue
        if path.is_dir():
            _leave_out_folder("in a folder within a class folder", path, left_out)
        elif _is_image(path):
            yield path
        else:
            left_out.add("of a type that is not read", str(path))


def _leave_out_folder(reason: str, folder: Path, left_out: LeftOut) -> None:
    if count := sum(1 for path in folder.rglob("*") if _is_image(path)):
        left_out.add(reason, str(folder), count)


def _no_classes(root: Path) -> MoodpiError:
    """The error for a folder without class folders, with the folder or file to name instead."""
    folder = root.resolve()
    tables = [path for path in sorted(root.iterdir()) if path.suffix.lower() in TABLE_SUFFIXES]
    above = folder.parent.parent if split_of_name(folder.parent.name) else folder.parent
    if tables:
        fix = f"to use a file in it, name the file: {', '.join(map(str, tables[:MAX_NAMED]))}"
    elif emotion_of_class(folder.name) or is_class_number(folder.name):
        fix = f"it is itself one of the class folders: name the folder of all, {above}"
    else:
        fix = f"expected train/CLASS/*.png and test/CLASS/*.png with CLASS {', '.join(EMOTIONS)}"
    return MoodpiError(f"{root} has no folders of emotions: {fix}", code="no_faces")


def _subfolders(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_dir() and path.name != "__MACOSX" and not path.name.startswith(".")
    )


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
