"""The output of a child process."""

from __future__ import annotations

import subprocess
import sys

from edge.system.child_output import ChildOutput


def output_of(code: str) -> ChildOutput:
    """The output of a Python program, after its end."""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout
    output = ChildOutput("child", child.stdout)
    assert child.wait(30) == 0
    output.wait(30)
    return output


def test_the_last_line_is_kept_without_control_characters():
    output = output_of(r"print('first'); print('\x1b[31mlast'); print('  ')")
    assert output.last_line.endswith("last")
    assert output.last_line.isprintable()
    assert output.reason() == f": {output.last_line}"


def test_a_silent_child_has_no_reason():
    assert output_of("").reason() == ""


def test_megabytes_of_one_line_do_not_block_the_child():
    output = output_of("import sys; sys.stdout.buffer.write(b'x' * 3_000_000 + b'\\xff')")
    assert 0 < len(output.last_line) <= 200


def test_the_credentials_of_an_address_are_hidden():
    output = output_of(
        "print('Failed to open http://me:pw@host/rest/stream.view?u=me&p=enc:7077.')"
    )
    assert output.last_line.startswith("Failed to open http://")
    assert "pw" not in output.last_line
    assert "7077" not in output.last_line
