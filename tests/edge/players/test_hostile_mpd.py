"""A music server that sends too much, too slowly or nonsense."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("mpd", reason="needs moodpi[mpd]")


from edge.players import mpd_connection, mpd_player, music_server
from edge.players.music_server import ListingBudget, QueueEntry
from moodpi.errors import MoodpiError
from moodpi.text import CONTROL, MAX_NAME_LENGTH
from tests.edge.peak_memory import MAX_PEER_MEMORY, run_measured
from tests.edge.players.hostile_mpd import ANSWERS, ATTACKS, GREETING, hang_up, hostile_mpd, once
from tests.raising import raises

# Reads everything from each server, with short timeouts. Prints the error of each one as JSON.
CLIENT = """
import json, sys
import edge.players.mpd_player as mpd_player
from moodpi.errors import MoodpiError
from moodpi.text import CONTROL, MAX_NAME_LENGTH
import edge.players.mpd_connection as mpd_connection
import edge.players.mpd_library as mpd_library
mpd_player.COMMAND_TIMEOUT, mpd_library.FOLDER_TIMEOUT = 0.5, 1
mpd_connection.WINDOW_TIMEOUT, mpd_connection.MAX_ANSWER_BYTES = 1, 50_000_000
errors = {}
for name, address in json.loads(ADDRESSES).items():
    server = mpd_player.MpdServer(address)
    try:
        server.connect()
        server.library_version()
        songs = tuple(server.list_songs(()))
        server.read_queue()
        errors[name] = ""
    except MoodpiError as error:
        errors[name] = error.code + ": " + str(error)
    finally:
        server.close()
print(json.dumps(errors))
"""


def server_at(address: str) -> mpd_player.MpdServer:
    server = mpd_player.MpdServer(address)
    server.connect()
    return server


def test_every_attack_is_an_error_of_one_line_in_bounded_memory(tmp_path: Path) -> None:
    with ExitStack() as stack:
        addresses = {
            name: stack.enter_context(hostile_mpd(*attack)) for name, attack in ATTACKS.items()
        }
        output, peak = run_measured(f"ADDRESSES = {json.dumps(addresses)!r}\n{CLIENT}", tmp_path)
    errors = json.loads(output.splitlines()[0])
    assert set(errors) == set(ATTACKS)
    for name, error in errors.items():
        code = error.partition(":")[0]
        assert code in (
            "server_hung_up",
            "server_unreachable",
            "server_refused",
            "invalid_answer",
            "listing_too_long",
        ), name
        assert CONTROL.search(error) is None, name
        assert len(error) < 400, name
    # The process loads neither OpenCV nor a catalogue, which take 40 MB.
    assert peak < MAX_PEER_MEMORY - 40


def test_a_server_that_hangs_up_within_a_list_is_named_with_its_limit():
    with hostile_mpd(b"search", hang_up) as address, raises("server_hung_up") as caught:
        list(server_at(address).list_songs(()))
    assert "max_output_buffer_size" in str(caught.value)


def test_long_and_unprintable_tags_are_cut_and_cleaned():
    title = b"a" + b" " * 60_000 + b"b"
    artists = b"".join(b"Artist: %d\x1b[31m\n" % n for n in range(1000))
    song = (
        b"file: x.mp3\nTitle: " + title + b"\n" + artists + b"file: y\nTitle: \xff\nArtist: b\nOK\n"
    )
    with hostile_mpd(b"search", once(song)) as address:
        first, second = server_at(address).list_songs(())
    assert len(first.title) <= MAX_NAME_LENGTH
    assert first.artists[0] == "0 [31m"
    assert len(first.artists) == 20
    assert (second.uri, second.title) == ("y", "\ufffd")


def test_a_title_before_its_file_is_of_no_song():
    song = (
        b"Title: a\nArtist: x\nfile: x.mp3\nTitle: a\nTitle: b\nfile: \nTitle: a\nArtist: q\nOK\n"
    )
    with hostile_mpd(b"search", once(song)) as address:
        songs = [(song.uri, song.title) for song in server_at(address).list_songs(())]
    assert songs == [("x.mp3", "x"), ("", "a")]


def test_a_line_break_in_a_uri_sends_no_second_command():
    with hostile_mpd(b"kill", once(b"OK\n")) as address:
        assert server_at(address).append(["a.mp3\nkill\n"]) == []


def test_a_saved_option_is_sent_only_if_it_is_one():
    sent: list[str] = []
    status = b"playlist: 1\nstate: stop\nkill: 0\nrandom: 0\nxfade: 0\nOK\n"
    with hostile_mpd(b"status", once(status)) as address:
        server = server_at(address)
        client = server._client
        write = client._write_line

        def record(line: str) -> None:
            sent.append(line)
            write(line)

        client._write_line = record
        server.restore_options({"kill": "1", "random": "1\nkill", "xfade": "2"})
    assert sent == ["status", 'crossfade "2"']


def test_a_host_name_that_cannot_exist_is_unreachable():
    with raises("server_unreachable"):
        server_at(f"{'x' * 70}.local:6600")


def test_a_listing_has_a_maximum_of_entries_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(music_server, "MAX_LISTED_ENTRIES", 3)
    budget = ListingBudget("MPD")
    for _ in range(3):
        budget.spend("a", "b")
    with raises("listing_too_long"):
        budget.spend("a", "b")
    with raises("listing_too_long"):
        ListingBudget("MPD").spend("x" * 100_000_000)


def conversation(changes: random.Random) -> dict[bytes, bytes]:
    """The answers of a real server, with random bytes changed, removed, repeated or inserted."""
    answers = {b"": GREETING, **ANSWERS, b"playlistinfo": b"file: a\nPos: 0\nId: 1\nOK\n"}
    command = changes.choice(list(answers))
    content = bytearray(answers[command])
    for _ in range(changes.randint(1, 6)):
        place = changes.randrange(len(content) + 1)
        end = min(len(content), place + changes.randint(0, 8))
        noise = changes.choice([changes.randbytes(4), b"\n", b": ", b"OK\n", b"ACK [", b""])
        content[place:end] = changes.choice([noise, content[place:end] * changes.randint(2, 50)])
    return {**answers, command: bytes(content) + b"\nOK\n"}


def talk(address: str, player: type) -> None:
    server = player(address)
    try:
        server.connect()
        server.library_version()
        list(server.list_songs(()))
        server.read_queue()
        server.append(["a", "b"])
        server.remove([QueueEntry("1", "a")])
        server.play(QueueEntry("1", "a"))
        server.set_paused(paused=True)
        server.restore_options(server.set_options(3.0))
    except MoodpiError as error:
        assert CONTROL.search(str(error)) is None  # noqa: PT017
    finally:
        server.close()


def fuzz(monkeypatch: pytest.MonkeyPatch, seeds: range) -> None:
    for module, name in (
        (mpd_player, "COMMAND_TIMEOUT"),
        (mpd_player, "STATUS_TIMEOUT"),
        (mpd_connection, "WINDOW_TIMEOUT"),
    ):
        monkeypatch.setattr(module, name, 0.05)
    with hostile_mpd(None, once(b"")) as address:
        for seed in seeds:
            monkeypatch.setattr(
                "tests.edge.players.hostile_mpd.ANSWERS", conversation(random.Random(seed))
            )
            talk(address, mpd_player.MpdServer)


def test_no_mutated_answer_raises_another_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz(monkeypatch, range(200))


@pytest.mark.long
def test_no_mutated_answer_of_thousands_raises_another_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fuzz(monkeypatch, range(200, 5000))
