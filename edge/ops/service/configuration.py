"""Edits of moodpi.toml that keep its comments and layout. The daemon never imports this module."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from edge.config.load import SECTIONS, read_config_file
from edge.config.renamed import REMOVED, RENAMED
from edge.ops.service.steps import CopyFile, Step, WriteFile
from moodpi.errors import ConfigurationError

# A configuration before its upgrade is kept under this suffix.
BACKUP_SUFFIX = ".before-upgrade"
HEADER = re.compile(r"\[\s*(\w+)\s*\]")
SETTING = re.compile(r"(\w+)\s*=")


def upgrade_steps(path: Path) -> Iterator[Step]:
    """The steps that back up a configuration and upgrade its old keys; none without old keys."""
    text = read_config_file(path)
    upgraded, changes = upgrade_keys(text)
    if upgraded == text:
        return
    yield CopyFile("back up the configuration", path, path.with_name(path.name + BACKUP_SUFFIX))
    yield WriteFile(", ".join(changes) or "rename the keys in comments", path, upgraded)


def upgrade_keys(text: str) -> tuple[str, list[str]]:
    """The configuration with its old keys renamed or removed, and these changes in words.

    Keys in comments such as `# quiet = ""` are renamed, too, but not returned. A section that sets
    both names, or a text that is not TOML, stays as it is: loading it is an error.
    """
    try:
        expected = tomllib.loads(text)
    except ValueError:
        return text, []
    lines = text.split("\n")
    for number, section, key in _commented_keys(lines):
        if new := RENAMED.get(f"{section}.{key}"):
            lines[number] = lines[number].replace(key, new.split(".")[1], 1)
    document = _document(lines)
    changes = [*_rename(document, expected), *_remove(document, expected)]
    return _checked(tomlkit.dumps(document), expected), changes


def _rename(document: tomlkit.TOMLDocument, expected: dict[str, Any]) -> Iterator[str]:
    """Rename the old keys in a document and in its expected content; the changes in words."""
    for old, new in RENAMED.items():
        (section, old_key), (_, new_key) = old.split("."), new.split(".")
        values = expected.get(section)
        if not isinstance(values, dict) or old_key not in values or new_key in values:
            continue
        for table in _tables(document, section):
            if old_key in table:
                value: Any = table.value.item(old_key)
                # tomlkit has no public method that renames a key in place.
                table.value._replace(old_key, new_key, value)
        values[new_key] = values.pop(old_key)
        yield f"rename {old} to {new}"


def _remove(document: tomlkit.TOMLDocument, expected: dict[str, Any]) -> Iterator[str]:
    """Remove the keys that no longer exist, as `_rename` renames."""
    for old in REMOVED:
        section, key = old.split(".")
        values = expected.get(section)
        if not isinstance(values, dict) or key not in values:
            continue
        for table in _tables(document, section):
            table.pop(key, None)
        del values[key]
        yield f"remove {old}"


def with_settings(text: str, values: Mapping[str, Any]) -> str:
    """The configuration with these settings, each a dotted key and its value."""
    for dotted, value in values.items():
        section, key = dotted.split(".")
        text = _with_setting(text, section, key, value)
    return text


def _with_setting(text: str, section: str, key: str, value: Any) -> str:
    before = tomllib.loads(text)
    expected = {**before, section: {**before.get(section, {}), key: value}}
    lines = text.split("\n")
    if key not in before.get(section, {}):
        lines = _with_uncommented(lines, section, key)
    document = _document(lines)
    document.setdefault(section, tomlkit.table())[key] = value
    return _checked(tomlkit.dumps(document), expected)


def unmentioned_settings(text: str) -> list[str]:
    """The dotted settings that a configuration neither sets nor shows in a comment."""
    lines = text.split("\n")
    mentioned = {f"{section}.{key}" for _, section, key in _commented_keys(lines)}
    mentioned |= {
        f"{name}.{key}"
        for name, table in tomllib.loads(text).items()
        if isinstance(table, Mapping)
        for key in table
    }
    known = [f"{name}.{key.name}" for name, kind in SECTIONS.items() for key in fields(kind)]
    return [dotted for dotted in known if dotted not in mentioned]


def _commented_keys(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Line number, section and key of each setting in a comment."""
    section = ""
    for number, line in enumerate(lines):
        content = line.lstrip()
        uncommented = content.removeprefix("#").lstrip()
        if header := HEADER.match(uncommented):
            section = header[1]
        elif content.startswith("#") and (setting := SETTING.match(uncommented)):
            yield number, section, setting[1]


def _with_uncommented(lines: list[str], section: str, key: str) -> list[str]:
    """The lines with the first comment uncommented that then sets `key` and nothing else.

    Without such a comment, the lines stay as they are.
    """
    before = tomllib.loads("\n".join(lines))
    for number, *names in _commented_keys(lines):
        if names != [section, key]:
            continue
        edited = [*lines[:number], lines[number].lstrip("# \t"), *lines[number + 1 :]]
        try:
            after = tomllib.loads("\n".join(edited))
        except tomllib.TOMLDecodeError:
            continue
        if after.get(section, {}).pop(key, None) is not None and after == before:
            return edited
    return lines


def _tables(document: tomlkit.TOMLDocument, section: str) -> list[Table | InlineTable]:
    """The tables of a section. Each dotted key such as `mood.enter` has a table of its own."""
    return [
        item
        for key, item in document.body
        if key is not None and key.key == section and isinstance(item, Table | InlineTable)
    ]


def _document(lines: list[str]) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse("\n".join(lines))
    except TOMLKitError as error:
        raise _cannot_edit() from error


def _checked(text: str, expected: dict[str, Any]) -> str:
    """The edited text; ConfigurationError if the edit changed anything else."""
    try:
        edited = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _cannot_edit() from error
    # A section of dotted keys ends with its last key.
    if {**{section: {} for section in expected}, **edited} != expected:
        raise _cannot_edit()
    return text


def _cannot_edit() -> ConfigurationError:
    return ConfigurationError(
        "the configuration cannot be edited automatically: change its settings and old keys in "
        "a text editor (`moodpi config --check` names them)",
        code="cannot_edit",
    )
