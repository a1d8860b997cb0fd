"""Every entrance of text takes 100 kB of anything within .2 s, and refuses it in a short line."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.artists import credited_artists
from catalog.building.columns import find_columns
from catalog.names import clean_name, format_credit
from catalog.store import Catalog
from edge.config.load import MAX_FILE_BYTES, Config, load_config, parse_config
from edge.config.settings import RecommendSettings
from edge.daemon.commands import COMMANDS, find_command
from edge.daemon.quiet_hours import QuietHours
from edge.frontends.mqtt.commands import execute_command
from edge.music.library import Song
from edge.music.library.matching import artist_keys, match_songs, recording_key
from edge.music.library.song import song_of_tags
from edge.music.profile.references import resolve_artists, resolve_tracks
from edge.music.strategies import check_target, find_strategy
from edge.music.track_filter import TrackFilter
from edge.ops.bench.cases import benchmark_cases
from edge.sources import open_source
from edge.sources.image_files import is_picture
from edge.system.sd_notify import SystemdNotifier
from models.emotions import check_emotion
from models.registry import Registry
from moodpi.cli.dispatch import dispatch, parser_of
from moodpi.cli.logs import LogFormatter
from moodpi.errors import MoodpiError, did_you_mean, report
from moodpi.output import print_json, print_lines
from moodpi.redaction import redact, redact_address, redact_arguments, without_password
from moodpi.text import MAX_MESSAGE_LENGTH, MAX_NAME_LENGTH, escape_controls, quoted
from tests.catalog.tiny_catalog import write_tiny_catalog
from tests.hostile_text import slow_text

UNITS = (
    " ", "\n", "\0", "\x1b[", "\u202e", "(", "[", "( ", "(feat ", ",", ", ", " , ", ";", "'",
    ":", ":@", "&a=", "-", " - ", "/", "0", "a", "A.",
)  # fmt: skip
ENTRANCES: dict[str, Callable[[str], object]] = {}


def entrance(function: Callable[[str], object]) -> Callable[[str], object]:
    ENTRANCES[function.__name__] = function
    return function


@pytest.fixture(scope="module", autouse=True)
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog.open(write_tiny_catalog(tmp_path_factory.mktemp("catalog") / "c")) as catalog:
        catalog_of_test.append(catalog)
        yield catalog


catalog_of_test: list[Catalog] = []


@entrance
def tags_of_a_song(text):
    song = song_of_tags("a.flac", [text], [text] * 100, "")
    return song and match_songs([song], catalog_of_test[0])


@entrance
def uncut_names_of_songs(text):
    return recording_key(text), artist_keys(text), credited_artists(text)


@entrance
def song_of_an_mpd_server(text):
    mpd_library = pytest.importorskip("edge.players.mpd_library")
    entry = {"file": text, "title": text, "artist": [text] * 100}
    return list(mpd_library._songs(iter([entry, {"file": text}])))


@entrance
def songs_of_one_title(text):
    songs = [Song(str(n), text[:MAX_NAME_LENGTH], (f"Band {n % 40}",)) for n in range(40)]
    return match_songs(songs, catalog_of_test[0])


@entrance
def track_reference(text):
    return resolve_tracks(text, ["0" * 22], catalog_of_test[0])


@entrance
def artist_reference(text):
    return resolve_artists(text, ["0" * 22], catalog_of_test[0])


@entrance
def command_name(text):
    return find_command(text)


@entrance
def command_arguments(text):
    COMMANDS["strategy"].validate({"strategy": text})


@entrance
def command_argument_name(text):
    COMMANDS["feedback"].validate({"verdict": "like", text: text})


@entrance
def line_of_the_control_socket(text):
    from edge.frontends.control.server import _parse, _validate

    for line in (text, json.dumps({"command": text}), json.dumps({"command": "status", text: 1})):
        _validate(_parse(line.encode("utf-8", "replace")))


@entrance
def mqtt_payload(text):
    execute_command("pause", text)


@entrance
def mqtt_topic(text):
    execute_command(text, "ON")


@entrance
def query_of_the_page(text):
    from edge.frontends.web.photo_request import PARSERS, parse_photo_request

    for name in (*PARSERS, text):
        refused(lambda name: parse_photo_request({name: text}, PARSERS), name)


@entrance
def json_of_the_page(text):
    from edge.frontends.web.request_bodies import parse_command, parse_feedback

    bodies = [text, *map(json.dumps, ({"command": text}, {"verdict": text, "track": text}))]
    for body in bodies:
        refused(parse_command, body.encode("utf-8", "replace"))
        refused(parse_feedback, body.encode("utf-8", "replace"))


@entrance
def form_of_the_page(text):
    multipart = pytest.importorskip("edge.frontends.web.multipart")
    field = text.encode("utf-8", "replace")
    for header in (b'name="model"', b'name="' + field + b'"', field):
        form = b"--b\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n--b--" % (header, field)
        refused(lambda body: multipart.parse_form(body, b"b"), form)


@entrance
def configuration(text):
    return parse_config(text, Path("moodpi.toml"))


@entrance
def setting(text):
    parse_settings(f"[player]\nmpd = {json.dumps(text)}")


@entrance
def setting_of_a_pattern(text):
    parse_settings(f"[player]\nquiet_hours = {json.dumps(text)}")


@entrance
def setting_of_a_list(text):
    parse_settings(f"[recommend]\ngenres = [{json.dumps(text)}]")


@entrance
def name_of_a_setting(text):
    parse_settings(f"[recommend]\n{json.dumps(text)} = 1")


@entrance
def name_of_a_section(text):
    parse_settings(f"[{json.dumps(text)}]")


def parse_settings(document: str) -> None:
    if len(document) < MAX_FILE_BYTES:
        parse_config(document, Path("moodpi.toml"))


@entrance
def option(text):
    return Config().override({"recommend.strategy": text, "source.device": text})


@entrance
def name_of_a_configuration_file(text):
    return load_config(Path(text.replace("\0", "0")))


@entrance
def quiet_hours(text):
    return QuietHours.parse(text)


@entrance
def track_filter(text):
    settings = RecommendSettings(genres=(text,), excluded_artists=(text,))
    chosen = TrackFilter.from_settings(settings)
    return chosen.shortage_message(0, 5, catalog_of_test[0], player=False)


@entrance
def source(text):
    return open_source(text)


@entrance
def file_name(text):
    return is_picture(Path(text))


@entrance
def emotion(text):
    return check_emotion(text)


@entrance
def strategy(text):
    return find_strategy(text)


@entrance
def target(text):
    return check_target(text)


@entrance
def model(text):
    return Registry().find(text, "int8.tflite")


@entrance
def model_format(text):
    return Registry().find("simple_cnn", text)


@entrance
def models_to_measure(text):
    return benchmark_cases(Registry(), [text], (), (), (1,))


@entrance
def command_line(text):
    return parser_of("recommend").parse([text, text, f"--{text}"])


@entrance
def command_of_the_command_line(text):
    return dispatch([text])


@entrance
def header_of_a_csv(text):
    return find_columns([text, *text.split(",")])


@entrance
def name_in_a_csv(text):
    return clean_name(format_credit(text)), format_credit(f"['{text}']")


@entrance
def row_of_a_csv(text):
    pandas = pytest.importorskip("pandas")
    from catalog.building.cleaning import clean
    from catalog.building.columns import ALIASES
    from moodpi.text import MAX_CSV_FIELD_LENGTH

    row = dict.fromkeys(ALIASES, text[:MAX_CSV_FIELD_LENGTH])
    return clean(pandas.DataFrame([row, {**row, "id": "0" * 22}], index=[2, 3], dtype=object))


for function in (without_password, redact, redact_address, report, print_lines):
    entrance(function)


@entrance
def arguments_of_a_player(text):
    return redact_arguments([text, text])


@entrance
def unknown_name(text):
    return did_you_mean(text, [*map(str, range(5000)), text]), quoted(text)


@entrance
def text_in_a_log(text):
    record = logging.LogRecord("edge", logging.INFO, "", 1, "%s", (text,), None)
    return LogFormatter("%(message)s").format(record)


@entrance
def json_output(text):
    print_json({"text": text})


@entrance
def status_for_systemd(text):
    SystemdNotifier().status(text)


def refused(function, text):
    """Call the function. An error must be one that a user can read."""
    try:
        function(text)
    except MoodpiError as error:
        message = str(error)
        assert len(message) < MAX_MESSAGE_LENGTH + 100, message[:200]
        assert escape_controls(message) == message


@pytest.mark.parametrize("name", ENTRANCES)
def test_an_entrance_takes_any_text_in_linear_time(name, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", "/nonexistent")
    units = UNITS if name != "row_of_a_csv" else UNITS[::5]  # pandas takes long for one row
    assert slow_text(lambda text: refused(ENTRANCES[name], text), units) is None
