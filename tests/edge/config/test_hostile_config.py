"""Configuration files with anything in them: one ConfigurationError, and never another error."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest

from edge.config.dump import to_toml
from edge.config.load import MAX_FILE_BYTES, SECTIONS, Config, load_config
from edge.config.rule import rule_of
from moodpi.errors import ConfigurationError
from tests.conftest import ROOT
from tests.hostile_folder import HOSTILE_FOLDER
from tests.mutations import FUZZ_SIZES, WORDS, mutations
from tests.raising import raises

VALUES = (
    "9" * 310, "-" + "9" * 310, "9" * 5000, "0x" + "f" * 5000, "1e400", "nan", "inf", "true", "-1",
    "[" * 5000, "[" * 2000 + "]" * 2000, "[" * 100 + "]" * 100, "{a = " * 500 + "1" + "}" * 500,
    '"\\u0000"', '["\\u0000"]', '"\\u001b[31m"', '"\\ud800"', '"a\\nb"', "[1]", "[[]]", "[{}]",
    "{}", "1979-05-27", "9999-99-99", "07:32:00", f'"{"x" * 5000}"', f'["{"x" * 5000}"]',
    "[" + '"a",' * 2000 + "]", f"[{'9' * 5000}]", "[0x" + "f" * 5000 + "]",
)  # fmt: skip


# The file of a setting can have these names.
PATHS = ('"\\u001b[31m"', '"a\\nb"')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "moodpi.toml"


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_an_extreme_value_of_any_setting_is_one_line(path, value) -> None:
    for section, kind in SECTIONS.items():
        for setting in fields(kind):
            path.write_text(f"[{section}]\n{setting.name} = {value}\n")
            is_bool = isinstance(setting.default, bool) and value == "true"
            is_path = isinstance(setting.default, str) and rule_of(setting).file
            if is_bool or (is_path and value in PATHS):
                load_config(path)
                continue
            with pytest.raises(ConfigurationError) as raised:
                load_config(path)
            assert len(str(raised.value)) < 600
            assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000,
        "[" + "a." * 3000 + "b]\n",
        "a." * 3000 + "b = 1\n",
        "a" * 100_000 + " = 1\n",
        '"\\u0000" = 1\n',
        "[source]\n" + '"\\u001b"' + " = 1\n",
        "[source]\ndevice." + "x." * 500 + "y = 1\n",
        "[[source]]\n",
        "source = 1\n",
        "\ufeff[source]\n",
        "=" * 100_000,
    ],
)
def test_a_hostile_structure_is_one_line(path, text) -> None:
    path.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        load_config(path)
    assert len(str(raised.value)) < 600


def test_a_number_that_is_none_of_the_choices_is_refused(path) -> None:
    path.write_text("[source]\nrotation = 45\n")
    with raises("invalid_value", ConfigurationError):
        load_config(path)


def test_a_file_that_is_too_large_or_endless_is_refused(path) -> None:
    path.write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    for file in (path, Path("/dev/zero")):
        with raises("file_too_large", ConfigurationError):
            load_config(file)


def test_a_named_pipe_is_refused_without_waiting(path) -> None:
    os.mkfifo(path)
    with raises("unreadable_configuration", ConfigurationError):
        load_config(path)


def test_line_ends_of_other_systems_are_accepted(path) -> None:
    path.write_bytes(b"[recommend]\r\ncount = 3\r[mood]\rabsence = 1\n")
    config = load_config(path)
    assert (config.recommend.count, config.mood.absence) == (3, 1)


@pytest.mark.parametrize("count", FUZZ_SIZES)
def test_changed_bytes_raise_nothing_else(count, path) -> None:
    shipped = (ROOT / "systemd" / "moodpi.toml").read_bytes()
    keys = [
        f"\n[{section}]\n{key} = {value}\n".encode("utf-8", "surrogatepass")
        for section, kind in SECTIONS.items()
        for key in kind.__dataclass_fields__
        for value in VALUES[::7]
    ]
    words = [*WORDS, *keys]
    for content in mutations([shipped, shipped.replace(b"# ", b"")], count, words):
        path.write_bytes(content)
        with suppress(ConfigurationError):
            to_toml(load_config(path))


def test_every_setting_has_a_rule() -> None:
    for kind in SECTIONS.values():
        for setting in kind.__dataclass_fields__.values():
            assert rule_of(setting).meaning


@pytest.mark.parametrize(
    "key", ["source.device", "recommend.catalog", "model.name", "web.tls_cert", "mqtt.tls_ca"]
)
def test_an_option_names_a_file_of_any_name_without_nul(key) -> None:
    section, name = key.split(".")
    for text in (HOSTILE_FOLDER, "a\nb", "\x1b[31m"):
        assert getattr(getattr(Config().override({key: text}), section), name) == text
    with raises("invalid_value"):
        Config().override({key: "a\0b"})


def test_other_settings_have_no_control_characters() -> None:
    with raises("invalid_value"):
        Config().override({"recommend.strategy": "match\n"})
    with raises("invalid_value"):
        Config().override({"mqtt.host": HOSTILE_FOLDER})
