"""Text from outside: control characters and lengths."""

import pytest

from moodpi.text import clean_text, escape_controls, quoted, shortened


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Beyoncé 🎵 भारत", "Beyoncé 🎵 भारत"),
        ("a\x1b[31mred", r"a\u001b[31mred"),
        ("a\r\nb\0", r"a\u000d\u000ab\u0000"),
        ("\x9b31m", r"\u009b31m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\ud800", r"\ud800"),
        ("\u2028", r"\u2028"),
        ("\u200f\ufeff", r"\u200f\ufeff"),
    ],
)
def test_escapes_control_characters_and_no_others(text, escaped):
    assert escape_controls(text) == escaped


def test_a_family_emoji_and_text_with_joiners_stay_whole():
    text = "👨\u200d👩\u200d👧 नमस्\u200cते"
    assert escape_controls(text) == text
    assert clean_text(text, 100) == text


def test_clean_text_is_one_line_with_single_spaces():
    assert clean_text("  a\t\tb\n\nc\x00d  ", 100) == "a b c d"


@pytest.mark.parametrize("text", ["x" * 101, "x y " * 100, "x" + " " * 100_000 + "y"])
def test_clean_text_has_a_maximum_length(text):
    cut = clean_text(text, 100)
    assert len(cut) <= 100
    assert cut.endswith("…")


@pytest.mark.parametrize("text", [" " * 100_000, "\n" * 100_000, "\u3000" * 100_000])
def test_clean_text_of_white_space_is_empty(text):
    assert clean_text(text, 100) == ""


def test_white_space_around_a_text_is_no_reason_to_cut_it():
    assert clean_text(" " * 100_000 + "a" + " " * 100_000, 100) == "a"


def test_clean_text_of_exactly_the_maximum_length_is_unchanged():
    assert clean_text("x" * 100, 100) == "x" * 100


def test_quoted_values_are_escaped_and_cut():
    assert quoted("a\nb") == r"'a\u000ab'"
    assert quoted(12) == "'12'"
    assert quoted(16**5000) == "'a long int'"
    assert quoted("x" * 1000) == f"'{'x' * 79}…'"


def test_shortened_text_has_its_beginning_and_its_end():
    assert shortened("a" * 500 + "b" * 500, 21) == f"{'a' * 10}…{'b' * 10}"
    assert shortened("a" * 21, 21) == "a" * 21
