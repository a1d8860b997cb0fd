"""Every thread has a name, which debuggers and the log show."""

from __future__ import annotations

import ast

from tests.conftest import ROOT


def test_every_thread_has_a_name() -> None:
    started = [
        call
        for path in (ROOT / "edge").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("threading.Thread", "Thread", "super().__init__")
        and any(word.arg in ("target", "daemon") for word in call.keywords)
    ]
    assert len(started) >= 5
    for call in started:
        assert any(word.arg == "name" for word in call.keywords), ast.unparse(call)
