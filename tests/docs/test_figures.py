"""The figures of the documentation: each is printed by a command that its section names.

docs/figures.json holds what the commands printed; `python -m tests.figures COMMAND...` renews it. A
number with a unit, a decimal fraction, a number of thousands and a number in a table of results is
a figure, unless a phrase of definitions.py says what else it is.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.registry import MODELS_FOLDER
from tests.conftest import ROOT
from tests.docs.definitions import COMPARISONS, DEFINITIONS
from tests.figures import main, records

PAGES = sorted(
    [
        *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("models/*/README.md"),
    ]
)
MANIFEST = "models/manifest.json"
# Written by a command of its own, which test_docs.py holds to the checksum of the model.
WRITTEN = "## Robustness"

FENCED = re.compile(r"^( *)```.*?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^    .*\n)+", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
NUMBER = re.compile(
    r"(?<![\w.,/-])-?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\.\d+|\d+)"
    r"(?: ?(?P<unit>%|MB|kB|ms|s|M|minutes|seconds)(?![\w/]))?(?![\w])"
)
# A comparison in words: a figure, too.
COMPARISON = re.compile(r"\b(twice|half|\w+\s+times)\s+as\s+(?:much|often|many|fast|far|large)\b")
WORDS = {"half": 0.5, "twice": 2.0, "five times": 5.0}
# A link to a section of a page.
SECTION_LINK = re.compile(r"\]\(([\w./-]*\.md)?#([\w-]+)\)")
# The value of one of each unit, in shares, bytes, seconds or as a number.
UNITS = {"%": 0.01, "kB": 1e3, "MB": 1e6, "ms": 1e-3, "s": 1, "M": 1e6, "minutes": 60, "seconds": 1}


def _exported() -> list[str]:
    """The sizes of the models' files, and what `moodpi export` wrote about them."""
    sizes = [
        f"{path.relative_to(ROOT)} {path.stat().st_size / 1e6} MB"
        for path in MODELS_FOLDER.glob("*/*.*")
    ]
    models = json.loads((ROOT / MANIFEST).read_text())["models"].values()
    measured = [model[part] for model in models for part in ("formats", "temperature")]
    return sizes + json.dumps(measured, indent=1).splitlines()


PRINTED = {command: record["printed"] for command, record in records().items()}
PRINTED[MANIFEST] = _exported()


@dataclass(frozen=True)
class Number:
    """A number with its unit, or without one."""

    text: str
    unit: str | None

    def __str__(self) -> str:
        return f"{self.text} {self.unit}" if self.unit else self.text

    @property
    def value(self) -> float:
        return float(self.text.replace(",", ""))

    @property
    def rounding(self) -> float:
        """Half of its last digit."""
        return 0.5 * 10.0 ** -len(self.text.partition(".")[2])

    def is_rounded_from(self, exact: Number) -> bool:
        """Whether it is `exact` with fewer digits; a column may state the unit of both."""
        if self.unit is None or self.unit == exact.unit:
            values = [exact.value, exact.value * UNITS.get(exact.unit or "", 1)]
        elif exact.unit is None and self.unit not in ("%", "M"):
            return False
        else:
            values = [exact.value * UNITS.get(exact.unit or "", 1) / UNITS[self.unit]]
        return any(abs(value - self.value) <= 1.001 * self.rounding for value in values)


def numbers(text: str) -> list[Number]:
    return [Number(match["digits"], match["unit"]) for match in NUMBER.finditer(text)]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def sections(page: Path) -> list[str]:
    """The page's text, cut before each heading outside of code."""
    text = page.read_text()
    code = [match.span() for match in FENCED.finditer(text)]
    starts = [
        match.start()
        for match in re.finditer(r"^#+ ", text, re.MULTILINE)
        if not any(start <= match.start() < end for start, end in code)
    ]
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def linked_sections(page: str, section: str) -> Iterator[str]:
    """The sections of pages that a section links to."""
    for path, anchor in SECTION_LINK.findall(section):
        target = (ROOT / page).parent / path if path else ROOT / page
        yield from (each for each in sections(target.resolve()) if _anchor(each) == anchor)


def _anchor(section: str) -> str:
    """The anchor of a section's heading, as on GitHub."""
    heading = section.partition("\n")[0].lstrip("# ").lower()
    return re.sub(r"[^\w -]", "", heading).replace(" ", "-")


def commands(section: str) -> set[str]:
    """The recorded commands that a section names, in words or in a block of code."""
    joined = section.replace("\\\n", " ")
    blocks = [match[2] for match in FENCED.finditer(joined)] + INDENTED.findall(joined)
    lines = [line.partition(" #")[0] for block in blocks for line in block.splitlines()]
    code = [*SPAN.findall(FENCED.sub("", joined)), *lines]
    return {
        command
        for text in code
        if (command := " ".join(text.split()).removeprefix(".venv/bin/")) in PRINTED
    }


def figures(section: str) -> Iterator[Number]:
    """The measured numbers of a section without its definitions."""
    text = INDENTED.sub("", FENCED.sub("", section))
    text = re.sub(r"\]\([^)]*\)", "]", SPAN.sub("CODE", text))
    for line in text.splitlines():
        cells = line.split("|")[2:] if line.startswith("|") and commands(section) else None
        if cells is None:
            yield from (number for number in numbers(line) if looks_measured(number))
        else:
            yield from numbers("|".join(cells))


def looks_measured(number: Number) -> bool:
    return number.unit is not None or not number.text.isdecimal()


SECTIONS = [
    (name(page), section)
    for page in PAGES
    for section in sections(page)
    if not section.startswith(WRITTEN)
]


def unknown_figures(page: str, section: str) -> list[str]:
    """The figures of a section that none of its commands printed, nor those of a linked section."""
    named = commands(section).union(*map(commands, linked_sections(page, section)))
    printed = [number for command in named for line in PRINTED[command] for number in numbers(line)]
    for phrase in DEFINITIONS.get(page, ()):
        section = section.replace(phrase, "")
    return [
        str(stated)
        for stated in figures(section)
        if not any(stated.is_rounded_from(exact) for exact in printed)
    ]


@pytest.mark.parametrize(
    ("page", "section"),
    SECTIONS,
    ids=[f"{page}: {section.partition(chr(10))[0]}" for page, section in SECTIONS],
)
def test_figures_are_those_that_the_named_commands_printed(page: str, section: str) -> None:
    assert unknown_figures(page, section) == []


def test_a_figure_that_no_command_printed_is_found() -> None:
    # The record of a training cycle of the past, which no new measurement replaces.
    command = (
        "moodpi train simple_cnn --data fer2013.csv.gz --votes ferplus_votes.csv "
        "--precision mixed_bfloat16"
    )
    section = f"## Accuracy\n\nTop-1 is 64.4 % (`{command}`), 64.5 % or .644, in 12 ms.\n"
    assert unknown_figures("README.md", section) == ["64.5 %", "12 ms"]


@pytest.mark.parametrize(
    ("stated", "exact", "is_rounded"),
    [
        ("67.4 %", "67.44%", True),
        ("67.5 %", "67.44%", False),
        (".674", "67.44%", True),
        ("67.4 %", "0.6744", True),
        ("0.55 s", "548.2 ms", True),
        ("0.54 s", "548.2 ms", False),
        ("1.8 MB", "1.806 MB", True),
        ("65,798", "65798.000", True),
        ("16 %", "16", False),
        ("12 ms", "12", False),
        ("29.5", "29.46 MB", True),
    ],
)
def test_a_number_is_compared_at_its_last_digit(stated: str, exact: str, is_rounded: bool) -> None:
    (one,), (other,) = numbers(stated), numbers(exact)
    assert one.is_rounded_from(other) is is_rounded


def test_a_figure_of_a_linked_section_is_one_of_its_commands() -> None:
    link = "([Measured](../measured.md#photos-of-faces))"
    section = f"Found are 56.5 % of small faces, and 56.6 % {link}.\n"
    assert unknown_figures("docs/decisions/README.md", section) == ["56.6 %"]


def test_a_comparison_in_words_is_that_of_the_figures() -> None:
    text = "\n".join(" ".join(page.read_text().split()) for page in PAGES)
    phrases = "|".join(map(re.escape, COMPARISONS))
    assert COMPARISON.findall(re.sub(phrases, "", text)) == []
    for phrase, compared in COMPARISONS.items():
        assert phrase in text
        if compared is not None:
            word = COMPARISON.search(phrase)[1]
            (greater,), (less,) = map(numbers, compared)
            assert all(figure.text in text for figure in (greater, less))
            assert greater.value / less.value == pytest.approx(WORDS[word], rel=0.1), phrase


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_definitions_are_those_of_the_code(page: Path) -> None:
    text = page.read_text()
    assert [phrase for phrase in DEFINITIONS.get(name(page), ()) if phrase not in text] == []


def test_each_record_is_named_by_a_page() -> None:
    named = {command for _, section in SECTIONS for command in commands(section)}
    assert set(PRINTED) - named == set()


def test_no_record_names_a_folder_of_the_machine() -> None:
    lines = (line for record in records().values() for line in record["printed"])
    assert [line for line in lines if re.search(r"(?<!\w)/(tmp|home|root|work)/", line)] == []


def test_what_a_command_prints_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, data = tmp_path / "figures.json", tmp_path / "faces.csv"
    file.write_text("{}")
    data.write_text("1\n")
    script = "import sys; print(open(sys.argv[1]).read(), 'faces, top-1 67.4 %')"
    monkeypatch.setattr("tests.figures.RECORDS", file)
    monkeypatch.setattr(sys, "argv", ["figures", "python", "-c", script, str(data)])
    main()
    record = records()[f"python -c {script} faces.csv"]
    assert record["printed"] == ["1", " faces, top-1 67.4 %"]
    assert list(record["data"]) == ["faces.csv"]
    assert set(record) == {"date", "machine", "versions", "data", "printed"}


def test_a_command_that_fails_is_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "figures.json"
    file.write_text("{}")
    monkeypatch.setattr("tests.figures.RECORDS", file)
    monkeypatch.setattr(sys, "argv", ["figures", "python", "-c", "print(1); raise SystemExit(3)"])
    with pytest.raises(SystemExit, match="3"):
        main()
    assert records() == {}
