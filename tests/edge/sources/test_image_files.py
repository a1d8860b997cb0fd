"""The picture files of a folder and their order."""

from __future__ import annotations

import os

from edge.sources.image_files import pictures_at, pictures_in
from tests.raising import raises


def test_pictures_come_in_natural_order(tmp_path):
    for name in ["b.PNG", "Face10.jpg", "face2.jpeg", "face1.webp", "notes.txt", "film.mp4"]:
        (tmp_path / name).touch()
    names = [path.name for path in pictures_in(tmp_path)]
    assert names == ["b.PNG", "face1.webp", "face2.jpeg", "Face10.jpg"]


def test_names_with_the_same_number_have_a_fixed_order(tmp_path):
    for name in ["a01.png", "a1.png", "A1.png"]:
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == ["A1.png", "a01.png", "a1.png"]


def test_classify_and_a_folder_as_a_source_agree_on_the_order(tmp_path):
    for number in (10, 9, 1):
        (tmp_path / f"{number}.jpg").touch()
    single = tmp_path / "1.jpg"
    assert pictures_at(single) == [single]
    assert pictures_at(tmp_path) == pictures_in(tmp_path)


def test_a_folder_without_pictures_is_an_error(tmp_path):
    (tmp_path / "notes.txt").touch()
    with raises("no_pictures"):
        pictures_in(tmp_path)


def test_other_files_are_counted_and_named(tmp_path, caplog):
    caplog.set_level("INFO")
    for name in ["1.jpg", "._1.jpg", "2.AVIF", *(f"{number}.txt" for number in range(20))]:
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == ["1.jpg", "2.AVIF"]
    (message,) = caplog.messages
    assert "21 files left out: 0.txt, 1.txt" in message
    assert message.endswith("9.txt and 11 others")


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path, monkeypatch):
    def refuse(folder: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    # Tests may run as root, for whom permissions do not apply.
    monkeypatch.setattr(os, "listdir", refuse)
    monkeypatch.setattr(os, "scandir", refuse)
    with raises("unreadable_file"):
        pictures_in(tmp_path)
