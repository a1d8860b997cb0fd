"""Finding class folders: their level, their names, their numbers, and what is left out."""

from __future__ import annotations

import pytest

from tests.raising import raises
from training.data.class_folders import find_images
from training.data.class_names import emotion_of_class


@pytest.fixture
def tree(tmp_path):
    """Create empty files; return the folder."""

    def tree(*files: str):
        for name in files:
            path = tmp_path / "faces" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / "faces"

    return tree


def found(folder) -> list[tuple[str, str, str]]:
    return [(file.split, file.emotion, file.path.name) for file in find_images(folder).files]


@pytest.mark.parametrize(
    ("name", "emotion"),
    [
        ("Happiness", "happy"),
        ("sadness", "sad"),
        ("SURPRISED", "surprise"),
        ("3_happy", "happy"),
        ("6", None),
        ("contempt", None),
    ],
)
def test_class_names_are_mapped_to_emotions(name, emotion):
    assert emotion_of_class(name) == emotion


def test_splits_are_those_of_folders_and_file_names(tree):
    files = ["Train/happy/a.png", "PublicTest/sad/b.png", "private_test/fear/c.jpg"]

    assert found(tree(*files, "val/fear/d.jpg", "test/sad/PublicTest_2.jpg")) == [
        ("PublicTest", "sad", "b.png"),
        ("Training", "happy", "a.png"),
        ("PrivateTest", "fear", "c.jpg"),
        ("PublicTest", "sad", "PublicTest_2.jpg"),
        ("Validation", "fear", "d.jpg"),
    ]


def test_numbers_are_fer2013s_if_they_are_exactly_0_to_6(tree, caplog):
    folder = tree(*[f"train/{number}/{number}.png" for number in range(7)])

    assert [emotion for _, emotion, _ in found(folder)] == [
        "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral",
    ]  # fmt: skip
    assert "0 angry, 1 disgust" in caplog.text


@pytest.mark.parametrize(
    "names",
    [range(1, 8), range(8), range(6), ["00", *range(1, 7)], [*range(7), "happy"], [1, "sad"]],
)
def test_other_numbers_are_refused(tree, names):
    with raises("other_numbering") as caught:
        find_images(tree(*[f"train/{name}/a.png" for name in names]))
    assert ("1 surprise, 2 fear, 3 disgust" in str(caught.value)) == (names == range(1, 8))


@pytest.mark.parametrize("above", [".", "images", "archive/fer2013/images"])
def test_a_data_set_some_folders_below_is_found_and_named(tree, caplog, above):
    folder = tree(f"{above}/train/happy/a.png", f"{above}/test/sad/b.png", "other/readme.txt")

    assert len(found(folder)) == 2
    assert ("the class folders are those of" in caplog.text) == (above != ".")


def test_several_data_sets_below_are_named(tree):
    with raises("several_data_sets") as caught:
        find_images(tree("one/train/happy/a.png", "two/happy/b.png"))
    assert "faces/one" in str(caught.value)
    assert "faces/two" in str(caught.value)


def test_a_folder_that_is_a_split_is_that_split(tree, caplog):
    folder = tree("train/happy/a.png", "test/sad/b.png")

    assert found(folder / "test") == [("Test", "sad", "b.png")]
    assert f"for train too, name {folder}" in caplog.text


def test_a_class_folder_names_the_folder_above(tree):
    folder = tree("train/happy/a.png", "train/sad/b.png")

    with raises("no_faces") as caught:
        find_images(folder / "train" / "happy")
    assert f"name the folder of all, {folder}" in str(caught.value)


def test_a_folder_of_a_csv_names_the_csv(tree):
    folder = tree("fer2013.csv.gz", "README")

    with raises("no_faces") as caught:
        find_images(folder)
    assert str(folder / "fer2013.csv.gz") in str(caught.value)


def test_a_folder_that_cannot_be_read_says_so(tree):
    folder = tree("train/happy/a.png")
    # Tests can run as root, who can read every folder. A name that is too long fails for all.
    with raises("unreadable_file"):
        find_images(folder / ("x" * 300))


def test_what_is_left_out_is_counted_and_named(tree):
    folder = tree(
        "loose.png",
        "train/loose.jpg",
        "train/happy/a.png",
        "train/happy/notes.txt",
        "train/happy/.DS_Store",
        "train/happy/Thumbs.db",
        "train/happy/._a.png",
        "train/happy/more/b.png",
        *[f"train/contempt/{number}.png" for number in range(4)],
        "__MACOSX/train/happy/a.png",
    )

    images = find_images(folder)

    assert len(images.files) == 1
    assert len(images.left_out) == 8
    text = str(images.left_out)
    assert f"4 in a folder that is no emotion ({folder}/train/contempt)" in text
    assert f"2 outside a class folder ({folder}/loose.png, {folder}/train/loose.jpg)" in text
    assert f"1 in a folder within a class folder ({folder}/train/happy/more)" in text
    assert f"1 of a type that is not read ({folder}/train/happy/notes.txt)" in text
