"""What moodpi prints: no control character reaches the terminal, and JSON stays valid."""

import io
import json

import pytest

from moodpi.output import print_json, print_lines

HOSTILE = "a\x1b]0;title\x07\r\n\x7f\x9b31m\u202e\u2028\ud800é"


def test_a_line_is_one_line_without_control_characters(capsys):
    print_lines(HOSTILE, "next")
    escaped = r"a\u001b]0;title\u0007\u000d\u000a\u007f\u009b31m\u202e\u2028\ud800é"
    assert capsys.readouterr().out == f"{escaped}\nnext\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize("indent", [None, 1])
def test_json_has_the_same_value_in_every_encoding(encoding, indent):
    buffer = io.BytesIO()
    out = io.TextIOWrapper(buffer, encoding=encoding, errors="strict")
    document = {"title": HOSTILE, "others": [HOSTILE, 1.5, None]}
    print_json(document, indent=indent, out=out)
    printed = buffer.getvalue().decode(encoding)
    assert json.loads(printed) == document
    assert all(character.isprintable() for character in printed.replace("\n", ""))
    assert indent or printed.count("\n") == 1


def test_json_of_another_alphabet_is_readable(capsys):
    print_json(["भारत"], indent=None)
    assert capsys.readouterr().out == '["भारत"]\n'
