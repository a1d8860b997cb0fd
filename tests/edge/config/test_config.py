"""Where the configuration is read from, which values are errors, and the file that documents it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import edge.config.load
from edge.config.dump import to_toml
from edge.config.load import Config, load_config
from edge.config.renamed import REMOVED, RENAMED
from edge.config.rule import rule_of
from moodpi.cli.main import main
from moodpi.errors import ConfigurationError, UsageError
from tests.raising import raises

SHIPPED = Path(__file__).parents[3] / "systemd" / "moodpi.toml"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any configuration."""
    monkeypatch.delenv("MOODPI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr(edge.config.load, "SYSTEM_FILE", tmp_path / "etc" / "moodpi.toml")


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def error_of(path: Path) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_config(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return caught.value


def test_without_a_file_every_setting_has_its_default():
    config = load_config()
    assert config == Config()
    assert config.origin is None
    assert (config.source.device, config.model.name) == ("picamera2", "simple_cnn")
    assert (config.model.format, config.recommend.count) == ("int8.tflite", 5)


def test_a_file_changes_only_the_settings_that_it_sets(tmp_path):
    path = written(tmp_path / "mine.toml", '[mood]\nabsence = 3\n[source]\ndevice = "0"\n')
    config = load_config(path)
    assert config.mood.absence == 3.0
    assert isinstance(config.mood.absence, float)
    assert config.mood.smoothing == Config().mood.smoothing
    assert config.file_keys == {"mood.absence", "source.device"}
    assert config.origin == path


def test_the_search_order_is_named_file_environment_system_user(tmp_path, monkeypatch):
    user = written(tmp_path / "xdg" / "moodpi" / "moodpi.toml", "")
    assert load_config().origin == user
    system = written(tmp_path / "etc" / "moodpi.toml", "")
    assert load_config().origin == system
    environment = written(tmp_path / "environment.toml", "")
    monkeypatch.setenv("MOODPI_CONFIG", str(environment))
    assert load_config().origin == environment
    named = written(tmp_path / "named.toml", "")
    assert load_config(named).origin == named


def test_the_users_file_is_under_dot_config_without_xdg(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    path = written(tmp_path / ".config" / "moodpi" / "moodpi.toml", "")
    assert load_config().origin == path


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (
            "unknown_key",
            "[mood]\nentr = 0.5",
            "mood.entr: unknown key: did you mean 'enter'?",
        ),
        ("unknown_section", "[moood]\nenter = 0.5", "unknown section: did you mean 'mood'?"),
        ("not_a_section", "mood = 3", "mood: expected a section, [mood]"),
        *(
            ("invalid_value", text, expected)
            for text, expected in [
                ('[source]\nwidth = "wide"', 'source.width = "wide": expected a whole number'),
                ("[source]\nwidth = 640.5", "source.width = 640.5: expected a whole number"),
                ("[source]\nwidth = true", "source.width = true: expected a whole number"),
                ("[source]\ndevice = 0", "source.device = 0: expected a string in quotes"),
                ("[mood]\nabsence = -1", "-1: expected a number from 1 to 3600 (seconds)"),
                ("[mood]\nsmoothing = 31", "31: expected a number from 1 to 30 (seconds)"),
                (
                    f"[mood]\nabsence = {'9' * 400}",
                    "...: expected a number from 1 to 3600 (seconds)",
                ),
                ("[mood]\nenter = nan", "nan: expected a number from 0.15 to 0.99"),
                ("[mood]\nleave = 0.96", "leave = 0.96: expected at most mood.enter (0.95)"),
                ('[recommend]\nstrategy = "lfit"', 'one of "match", "lift", "journey", did you'),
                ('[recommend]\ngenres = "pop"', '"pop": expected a list of strings in quotes'),
                ("[recommend]\ngenres = [1]", "genres = [1]: expected a list of strings"),
                ("[recommend]\nexplicit = 1", "explicit = 1: expected true or false"),
                ("[recommend]\nyear_from = -1", "expected a whole number from 0 to 9999"),
                (
                    "[recommend]\nyear_from = 2000\nyear_to = 1990",
                    "recommend.year_from = 2000: expected at most recommend.year_to (1990)",
                ),
                ("[recommend]\nmin_popularity = 101", "expected a whole number from 0 to 100"),
                ('[player]\nquiet_hours = "22:30"', 'expected a string in quotes such as "22:30-'),
                (f'[mqtt]\nhost = "{"x" * 64}.local"', "expected a string in quotes such as"),
                ('[mqtt]\nhost = "a\\u0000b"', "expected a string in quotes such as"),
                ('[mqtt]\ndiscovery = "a/+/b"', 'in quotes such as "homeassistant"'),
                ('[mqtt]\ndiscovery = "#"', 'in quotes such as "homeassistant"'),
                ('[mqtt]\ndiscovery = "\\u0000"', 'in quotes such as "homeassistant"'),
                (f'[mqtt]\ndiscovery = "{"x" * 70_000}"', 'in quotes such as "homeassistant"'),
                ('[mqtt]\nusername = "\\u0000"', "expected a string in quotes"),
                (f'[mqtt]\npassword = "{"x" * 70_000}"', "password = ***: expected a string"),
                (
                    '[player]\nkind = "gramophone"',
                    'one of "print", "mpd", "mpv", "subsonic", "command"',
                ),
            ]
        ),
    ],
)
def test_a_wrong_value_is_an_error_with_key_value_and_expectation(tmp_path, code, text, expected):
    error = error_of(written(tmp_path / "mine.toml", text))
    assert error.code == code
    assert expected in str(error)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_renamed_key_is_an_error_that_states_the_new_name(tmp_path, old, new):
    section, key = old.split(".")
    error = error_of(written(tmp_path / "mine.toml", f"[{section}]\n{key} = 1\n"))
    assert error.code == "renamed_key"
    assert f"{old}: renamed to {new}" in str(error)


@pytest.mark.parametrize(("old", "reason"), REMOVED.items())
def test_a_removed_key_is_an_error_that_states_the_reason(tmp_path, old, reason):
    section, key = old.split(".")
    error = error_of(written(tmp_path / "mine.toml", f"[{section}]\n{key} = 1\n"))
    assert error.code == "removed_key"
    assert f"{old}: removed: {reason}" in str(error)


def test_renamed_keys_stay_in_their_section_and_the_new_ones_exist():
    existing = {f"{section}.{setting.name}" for section, setting, _ in Config().settings()}
    assert set(RENAMED.values()) <= existing
    assert not {*RENAMED, *REMOVED} & existing
    for old, new in RENAMED.items():
        assert old.split(".")[0] == new.split(".")[0]


@pytest.mark.parametrize(
    ("text", "line"), [("[mood\n", 1), ("\n\nwidth 3", 3), ('[source]\ndevice = """a', 2)]
)
def test_a_syntax_error_is_reported_with_its_line(tmp_path, text, line):
    error = error_of(written(tmp_path / "mine.toml", text))
    assert error.code == "invalid_toml"
    assert f"line {line}" in str(error)


def test_an_integer_of_too_many_digits_is_an_error(tmp_path):
    error = error_of(written(tmp_path / "mine.toml", f"[mood]\nabsence = {'9' * 5000}\n"))
    assert error.code == "invalid_toml"


def test_a_binary_file_is_an_error(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"[mood]\n\xff\xfe")
    assert error_of(path).code == "not_utf8"


def test_a_missing_file_is_an_error_when_it_is_named(tmp_path, monkeypatch):
    missing = tmp_path / "absent.toml"
    assert error_of(missing).code == "no_such_configuration"
    monkeypatch.setenv("MOODPI_CONFIG", str(missing))
    with raises("no_such_configuration"):
        load_config()


def test_options_override_the_file_and_are_checked_the_same_way(tmp_path):
    config = load_config(written(tmp_path / "mine.toml", "[recommend]\ncount = 7\n"))
    assert config.override({"recommend.count": None}).recommend.count == 7
    changed = config.override({"recommend.count": 3, "source.device": "0"})
    assert (changed.recommend.count, changed.source.device) == (3, "0")
    assert changed.file_keys == frozenset()
    with raises("invalid_value", UsageError) as caught:
        config.override({"recommend.strategy": "jorney"})
    assert "did you mean 'journey'" in str(caught.value)


def test_the_printed_configuration_can_be_loaded_again(tmp_path):
    path = written(
        tmp_path / "mine.toml",
        '[source]\ndevice = "a \\"b\\" ü"\n[faces]\nmin_neighbours = 3\n'
        '[recommend]\ngenres = ["rock", "r&b"]\nexplicit = false',
    )
    config = load_config(path)
    printed = to_toml(config)
    assert f'device = "a \\"b\\" ü"  # from {path}; the default is "picamera2"' in printed
    again = load_config(written(tmp_path / "again.toml", printed))
    assert (again.source, again.faces, again.mood) == (config.source, config.faces, config.mood)
    assert again.recommend == config.recommend
    assert config.recommend.genres == ("rock", "r&b")


def test_the_printed_configuration_hides_the_password_of_a_server(tmp_path):
    printed = to_toml(load_config(written(tmp_path / "mine.toml", '[player]\nmpd_password = "s3"')))
    assert "s3" not in printed
    assert 'mpd_password = "***"' in printed


def test_a_password_is_neither_printed_nor_quoted_in_an_error(tmp_path):
    password = "open sesame"  # noqa: S105
    path = written(tmp_path / "mine.toml", f'[mqtt]\npassword = "{password}"')
    config = load_config(path)
    assert config.mqtt.password == password
    assert "sesame" not in to_toml(config) + repr(config)
    assert f'password = "***"  # from {path}; the default is ""' in to_toml(config)
    error = error_of(written(tmp_path / "wrong.toml", '[mqtt]\npassword = ["open sesame"]'))
    assert "mqtt.password = ***: expected a string in quotes" in str(error)


def test_the_printed_configuration_hides_the_password_of_a_stream(tmp_path):
    path = written(tmp_path / "mine.toml", '[source]\ndevice = "rtsp://me:secret@camera/1"')
    printed = to_toml(load_config(path))
    assert "secret" not in printed
    assert "rtsp://***@camera/1" in printed


def test_the_command_prints_the_configuration(tmp_path, capsys):
    path = written(tmp_path / "mine.toml", "[mood]\nabsence = 2.0\n")
    assert main(["config", "--config", str(path)]) == 0
    out = capsys.readouterr().out
    assert tomllib.loads(out)["mood"]["absence"] == 2.0
    assert f"absence = 2.0  # from {path}" in out


def test_check_prints_ok_or_exits_with_78(tmp_path, capsys):
    assert main(["config", "--check", "--config", str(SHIPPED)]) == 0
    assert capsys.readouterr().out == f"OK: {SHIPPED}\n"
    wrong = written(tmp_path / "wrong.toml", "[mood]\nente = 0.9\n")
    assert main(["config", "--check", "--config", str(wrong)]) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (f"moodpi: {wrong}: mood.ente: unknown key: did you mean 'enter'?\n")


def test_check_reports_an_unknown_model(tmp_path, capsys):
    wrong = tmp_path / "moodpi.toml"
    wrong.write_text('[model]\nname = "simple_cn"\n')
    assert main(["config", "--check", "--config", str(wrong)]) == 78
    assert "model.name: unknown model 'simple_cn': did you mean" in capsys.readouterr().err


def test_the_shipped_file_changes_nothing():
    assert load_config(SHIPPED).file_keys == frozenset()


def test_the_shipped_file_documents_every_key_with_its_default_and_bounds():
    text = SHIPPED.read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (\w+ = .*)$", r"\1", text, flags=re.MULTILINE)
    documented = tomllib.loads(uncommented)
    defaults: dict[str, dict[str, object]] = {}
    for section, setting, value in Config().settings():
        as_toml = list(value) if isinstance(value, tuple) else value
        defaults.setdefault(section, {})[setting.name] = as_toml
        rule = rule_of(setting)
        assert f"# {rule.meaning}.\n" in text
        if rule.low is not None:
            assert f"from {rule.low:g} to {rule.high:g}" in text.split(rule.meaning)[1][:80]
    assert documented == defaults
    assert list(documented) == list(defaults)
