"""Every regular expression takes linear time for every text.

Patterns are constants of their modules, so that this test finds new ones by itself.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict, deque
from pathlib import Path

import pytest

from tests.hostile_text import UNITS, slow_text

ROOT = Path(__file__).parents[1]
PACKAGES = ("moodpi", "models", "catalog", "edge", "training", "convert")
TREES = {
    path: ast.parse(path.read_text())
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
# The attributes that each name has in any module: those of a pattern are how it is used.
ATTRIBUTES: dict[str, set[str]] = defaultdict(set)
for tree in TREES.values():
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            ATTRIBUTES[node.value.id].add(node.attr)
# Alternatives of a pattern: its letters, which a text can repeat.
WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)


def uses_of_re(path: Path) -> list[str]:
    """Each attribute of the module `re` that a file uses."""
    nodes = (node for node in ast.walk(TREES[path]) if isinstance(node, ast.Attribute))
    return [node.attr for node in nodes if ast.unparse(node.value) == "re"]


def module_patterns(path: Path) -> dict[str, re.Pattern]:
    """The patterns among a module's own constants."""
    constants = {
        target.id
        for node in TREES[path].body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    values = {name: getattr(module, name) for name in constants}
    return {name: value for name, value in values.items() if isinstance(value, re.Pattern)}


def is_of_text(pattern: re.Pattern) -> bool:
    return isinstance(pattern.pattern, str)


def uses(name: str, pattern: re.Pattern):
    """The methods of the pattern that the code calls; all if it is called by another name."""
    methods = {
        "match": pattern.match,
        "fullmatch": pattern.fullmatch,
        "search": lambda text: deque(pattern.finditer(text), maxlen=0),
        "sub": lambda text: pattern.sub("", text),
    }
    called = ATTRIBUTES[name]
    if called & {"split", "findall", "finditer"}:
        called = called | {"search"}
    return [methods[name] for name in methods if name in called] or methods.values()


@pytest.mark.parametrize(
    "path",
    [path for path in TREES if "compile" in uses_of_re(path)],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_patterns_are_linear(path):
    try:
        patterns = module_patterns(path)
    except ModuleNotFoundError as error:
        pytest.skip(f"needs {error.name}")
    assert len(patterns) == uses_of_re(path).count("compile"), "not every pattern is a constant"
    for name, pattern in patterns.items():
        if not is_of_text(pattern):
            continue
        words = WORD.findall(pattern.pattern)
        own = [f"{start}{word} " for word in words for start in ("", "(")]
        for use in uses(name, pattern):
            assert slow_text(use, [*UNITS, *own]) is None, name


def test_patterns_are_compiled_as_constants():
    functions = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
    assert [path for path in TREES if functions & {*uses_of_re(path)}] == []


def test_a_quadratic_pattern_is_found():
    assert slow_text(re.compile(r"\s*\)").search, [" "])
