"""The HTTP interface: the documents of the command line, and errors with a code."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.own_songs import FILE as OWN_SONGS
from catalog.own_songs import OwnSong, OwnSongs
from tests.process_memory import children

BLANK = Image.new("L", (200, 200), 128)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def test_recommend_returns_the_document_of_the_command_line(serve, moodpi, portrait: Path) -> None:
    printed = json.loads(moodpi("recommend", portrait, "--json", "--seed", 7).stdout)
    with serve() as served:
        answered = served.post("/api/recommend?seed=7", portrait.read_bytes())
    assert answered.status_code == 200
    assert answered.json() == printed


def test_classify_returns_the_document_of_the_command_line(server, moodpi, portrait: Path) -> None:
    [printed] = json.loads(moodpi("classify", portrait, "--json").stdout)
    answered = server.post("/api/classify", portrait.read_bytes()).json()
    assert answered["faces"] == printed["faces"]
    assert answered.keys() == printed.keys()


def test_a_form_is_accepted_like_raw_bytes(server, portrait: Path) -> None:
    form = {"seed": "7", "strategy": "lift", "count": "2"}
    by_form = server.post("/api/recommend", data=form, files={"image": portrait.read_bytes()})
    raw = server.post("/api/recommend?seed=7&strategy=lift&count=2", portrait.read_bytes())
    assert by_form.json() == raw.json()
    assert len(raw.json()["tracks"]) == 2


def test_any_of_several_faces_can_be_selected(server, two_faces: Path) -> None:
    largest = server.post("/api/recommend", two_faces.read_bytes()).json()
    other = server.post("/api/recommend?face=1", two_faces.read_bytes()).json()
    assert len(largest["faces"]) == 2
    assert other["faces"] == largest["faces"][::-1]
    absent = server.post("/api/recommend?face=2", two_faces.read_bytes())
    assert (absent.status_code, absent.json()["code"]) == (400, "no_such_face")


def test_a_photo_without_a_face(server) -> None:
    refused = server.post("/api/recommend", encoded(BLANK))
    assert (refused.status_code, refused.json()["code"]) == (422, "no_face")
    assert server.post("/api/classify", encoded(BLANK)).json()["faces"] == []


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation_is_applied(server, portrait: Path, orientation: int) -> None:
    turns = {1: 0, 3: 180, 6: 90, 8: 270}
    image = Image.open(portrait)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    image.rotate(turns[orientation], expand=True).save(stream, "JPEG", exif=exif, quality=95)
    [box] = server.post("/api/recommend", stream.getvalue()).json()["faces"]
    assert np.allclose(box, [177, 68, 94, 94], atol=6)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("strategy=lft", "did you mean 'lift'"),
        ("model=simple_cn", "did you mean 'simple_cnn'"),
        ("format=float", "unknown format"),
        ("count=0", "from 1 to 50"),
        ("count=five", "from 1 to 50"),
        ("seed=-1", "from 0"),
        ("facce=1", "did you mean 'face'"),
    ],
)
def test_a_wrong_parameter_is_named(server, portrait: Path, query: str, key: str) -> None:
    refused = server.post(f"/api/recommend?{query}", portrait.read_bytes())
    assert refused.status_code == 400
    assert key in refused.json()["error"]


def test_an_avif_photo_is_refused_with_a_fix(server) -> None:
    avif = b"\0\0\0\x18ftypavif" + bytes(500)
    refused = server.post("/api/recommend", avif)
    assert (refused.status_code, refused.json()["code"]) == (415, "heic")
    assert "Most Compatible" in refused.json()["error"]


def test_more_than_10_mb_is_refused_by_content_length(server) -> None:
    refused = server.post("/api/recommend", bytes(10_000_001))
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_more_than_10_mb_in_chunks_is_refused(server) -> None:
    refused = server.post("/api/recommend", (bytes(1_000_000) for _ in range(11)))
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_more_than_40_megapixels_is_refused_from_the_header(server) -> None:
    header = encoded(Image.new("1", (8001, 5000)))
    refused = server.post("/api/recommend", header)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_many_pixels")


def test_a_like_is_recorded_as_by_the_command_line(serve, portrait: Path, moodpi) -> None:
    with serve() as served:
        track = served.post("/api/recommend", portrait.read_bytes()).json()["tracks"][0]
        recorded = served.post("/api/feedback", json={"verdict": "like", "track": track["id"]})
        assert recorded.json() == [
            {"subject": "track", "name": f"{track['title']} - {track['artist']}", "verdict": "like"}
        ]
        taste = json.loads(moodpi("taste", "--json", STATE_DIRECTORY=str(served.state)).stdout)
    assert taste["likes"] == 1


def test_an_analyzed_song_can_be_liked(serve) -> None:
    song = OwnSong("/music/Evening.mp3", "Evening", "Our Band", 0.2, -0.4)
    with serve() as served:
        OwnSongs([song], (0.8, 0.7)).write(served.state / OWN_SONGS)
        recorded = served.post("/api/feedback", json={"verdict": "like", "track": song.id})
    assert recorded.json()[0]["name"] == "Evening - Our Band"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"verdict": "like"}',
        b'{"verdict": "adore", "track": "3nDoW03DGZIYWp07miyeT1"}',
        b'{"verdict": "like", "track": "short"}',
        b'{"verdict": "like", "track": "' + b"0" * 22 + b'"}',
        b'{"verdict": "ban", "artist": "Nobody At All Of That Name"}',
        b'{"verdict": "like", "track": 5}',
        b'{"verdict": "like", "track": "x", "artist": "y"}',
    ],
)
def test_invalid_feedback_is_refused(server, body: bytes) -> None:
    refused = server.post("/api/feedback", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
    assert refused.json()["error"]


def test_status_without_a_daemon(server) -> None:
    status = server.get("/api/status").json()
    assert "int8.tflite" in status["models"]["simple_cnn"]
    assert status["strategies"] == ["match", "lift", "journey"]
    assert status["daemon"] is None
    assert status["why"].startswith("moodpi is not running")


def test_server_timing_header(server, portrait: Path) -> None:
    header = server.post("/api/recommend", portrait.read_bytes()).headers["server-timing"]
    assert [part.partition(";dur=")[0] for part in header.split(", ")] == [
        "decode",
        "faces",
        "classify",
        "recommend",
    ]


def test_metrics_count_responses_and_photos(serve, portrait: Path) -> None:
    with serve() as served:
        served.post("/api/recommend", portrait.read_bytes())
        served.post("/api/recommend", b"no picture")
        served.get("/nowhere")
        answered = served.get("/metrics")
    assert answered.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answered.text.splitlines()
    assert "moodpi_up 0" in lines
    assert "moodpi_web_photos_total 1" in lines
    assert 'moodpi_web_responses_total{route="/api/recommend",status="200"} 1' in lines
    assert 'moodpi_web_responses_total{route="/api/recommend",status="415"} 1' in lines
    assert 'moodpi_web_responses_total{route="other",status="404"} 1' in lines


def open_files(pid: int) -> list[str]:
    """The open files of a process, without those that it closes meanwhile."""
    names = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            names.append(str(link.readlink()))
    return names


def test_a_photo_is_never_written_or_logged(serve, portrait: Path) -> None:
    with serve() as served:
        before = {path for path in served.log.parent.rglob("*") if path.is_file()}
        served.post("/api/recommend", files={"image": portrait.read_bytes()})
        assert not [name for name in open_files(served.process.pid) if "memfd:" in name]
        made = {path for path in served.log.parent.rglob("*") if path.is_file()} - before
        assert {path.name for path in made} <= {
            "listener.sqlite",
            "listener.sqlite-wal",
            "listener.sqlite-shm",
        }
        assert served.log.read_text() == ""


def test_a_decoder_that_is_killed_is_replaced(serve, portrait: Path) -> None:
    with serve() as served:
        (decoder,) = children(served.process.pid)  # it starts with the page
        os.kill(decoder, signal.SIGKILL)
        response = served.post("/api/recommend", files={"image": portrait.read_bytes()})
        assert response.status_code == 200
        (replaced,) = children(served.process.pid)
        assert replaced != decoder


METHODS = {
    "/": ("GET", "HEAD"),
    "/login": ("GET", "HEAD", "POST"),
    "/static/page.js": ("GET", "HEAD"),
    "/openapi.json": ("GET", "HEAD"),
    "/api/recommend": ("POST",),
    "/api/classify": ("POST",),
    "/api/compare": ("POST",),
    "/api/preview": ("POST",),
    "/api/feedback": ("POST",),
    "/api/command": ("POST",),
    "/api/status": ("GET", "HEAD"),
    "/api/events": ("GET", "HEAD"),
    "/metrics": ("GET", "HEAD"),
    "/healthz": ("GET", "HEAD"),
}


def test_the_model_files_are_compared_on_the_chosen_face(server, two_faces: Path) -> None:
    photo = two_faces.read_bytes()
    boxes = [face["box"] for face in server.post("/api/classify", photo).json()["faces"]]
    answers = server.post("/api/compare", photo, params={"face": 1}).text.splitlines()[1:]
    assert all(json.loads(line)["face"]["box"] == boxes[1] for line in answers)
    refused = server.post("/api/compare", photo, params={"face": len(boxes)})
    assert (refused.status_code, refused.json()["code"]) == (400, "no_such_face")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for path, supported in METHODS.items()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if method not in supported
    ],
)
def test_an_unsupported_method_is_refused_with_the_supported_ones(
    server, method: str, path: str
) -> None:
    response = server.request(method, path)
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert sorted(response.headers["allow"].split(", ")) == sorted(METHODS[path])


def test_every_described_path_is_tested_for_its_methods(server) -> None:
    assert set(server.get("/openapi.json").json()["paths"]) <= set(METHODS)


def test_an_unknown_path_is_not_found(server) -> None:
    response = server.get("/nowhere")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_wrong_query_string_is_refused_before_the_upload_is_read(server) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, 10) as connection:
        connection.sendall(
            b"POST /api/recommend?count=0 HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 9000\r\n\r\n"
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")
