"""A camera that is absent, unplugged, frozen or back, behind the source that never gives up."""

from __future__ import annotations

import itertools
import logging
import threading
import time

import numpy as np
import pytest

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources import newest_frame, open_source, reconnecting
from edge.sources.newest_frame import NewestFrameSource
from edge.sources.reconnecting import ReconnectingSource
from edge.sources.source import FrameSource
from edge.system.signals import StopRequest
from moodpi.errors import MoodpiError
from tests.edge.sources.test_streams import served

GREY = np.full((48, 64), 90, np.uint8)


class Camera(FrameSource):
    """Follows one script each time it is opened: a number of frames, then what becomes of it."""

    live = True

    def __init__(self, frames: int, then: str) -> None:
        self._left = frames
        self._then = then
        self._over = threading.Event()

    def open(self) -> None:
        if self._then == "absent":
            raise MoodpiError("no camera at all")

    def read(self) -> Frame | None:
        if self._left:
            self._left -= 1
            noise = np.uint8(self._left % 256)
            return Frame(GREY + noise, time.monotonic(), self._left)
        if self._then == "freezes":
            self._over.wait(2)
        if self._then == "breaks":
            raise RuntimeError("the driver's own words")
        if self._then == "ends":
            return None
        raise MoodpiError("it was unplugged")

    def close(self) -> None:
        self._over.set()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(reconnecting, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(reconnecting, "STEADY", 0.0)


def source_of(*scripts: tuple[int, str], stop: StopRequest | None = None, **others: object):
    """A source whose camera follows one script after the other, and is sound from then on."""
    stop = stop or StopRequest()
    openings = itertools.chain(scripts, itertools.repeat((100_000, "is unplugged")))
    settings = {"must_open": False, "silence": 0.3, **others}
    return ReconnectingSource(
        lambda: NewestFrameSource(Camera(*next(openings)), stop), stop, **settings
    )


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fate", ["absent", "is unplugged", "freezes", "breaks"])
def test_a_camera_that_fails_is_opened_again_and_both_are_said_once(fate, caplog):
    caplog.set_level(logging.INFO, "edge.sources.reconnecting")
    with source_of((0, fate), (0, fate)) as source:
        assert source.read() is not None

    ours = [record for record in caplog.records if record.name == "edge.sources.reconnecting"]
    assert [record.message.partition(":")[0] for record in ours] == [
        "the camera is lost, trying again",
        "the camera is back",
    ]


@pytest.mark.usefixtures("impatient")
def test_a_driver_that_never_lets_go_is_not_opened_beside_itself(monkeypatch):
    monkeypatch.setattr(newest_frame, "CLOSE_TIMEOUT", 0.05)
    released, at_once = threading.Event(), []

    class Stuck(Camera):
        def read(self) -> Frame | None:
            at_once.append(sum(t.name == "moodpi-capture" for t in threading.enumerate()))
            return None if released.wait(10) else super().read()

    threading.Timer(1.5, released.set).start()
    stop = StopRequest()
    cameras = itertools.chain([Stuck(0, "freezes")], itertools.repeat(Camera(9, "is unplugged")))
    source = ReconnectingSource(
        lambda: NewestFrameSource(next(cameras), stop), stop, must_open=False, silence=0.3
    )
    with source:
        assert source.read() is not None

    assert released.is_set()
    assert at_once == [1]


@pytest.mark.usefixtures("impatient")
def test_a_driver_that_keeps_the_camera_for_good_ends_the_run_for_only_a_new_one_gets_it_back(
    monkeypatch,
):
    monkeypatch.setattr(newest_frame, "CLOSE_TIMEOUT", 0.05)
    monkeypatch.setattr(reconnecting, "HELD", 0.3)
    released = threading.Event()

    class Stuck(Camera):
        def read(self) -> Frame | None:
            released.wait(10)

    stop = StopRequest()
    source = ReconnectingSource(
        lambda: NewestFrameSource(Stuck(0, "freezes"), stop), stop, must_open=False, silence=0.3
    )
    with source, pytest.raises(MoodpiError, match=r"driver has kept it .* start moodpi again"):
        source.read()
    released.set()


def test_a_camera_with_a_loose_plug_is_opened_ever_more_rarely_and_lost_but_once(
    monkeypatch, caplog
):
    monkeypatch.setattr(reconnecting, "FIRST_WAIT", 0.01)
    openings = [(3, "is unplugged")] * 5
    with source_of(*openings) as source:
        for _ in range(200):
            assert source.read() is not None

    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "the camera is lost, trying again"
    ]
    assert source._wait == 0.01 * 2**5


class Still(Camera):
    """Shows one picture for ever, as a camera does that hangs but for its line."""

    def read(self) -> Frame | None:
        time.sleep(0.02)
        return Frame(GREY, time.monotonic(), 0)


@pytest.mark.usefixtures("impatient")
def test_a_picture_that_never_changes_is_no_picture_and_the_camera_is_opened_again(
    monkeypatch, caplog
):
    monkeypatch.setattr(reconnecting, "FROZEN", 0.3)
    stop = StopRequest()
    cameras = iter([Still(0, ""), Still(0, ""), Camera(100_000, "is unplugged")])
    source = ReconnectingSource(
        lambda: NewestFrameSource(next(cameras), stop), stop, must_open=False
    )
    with source:
        while np.array_equal(source.read().grey, GREY):
            pass

    assert next(cameras, None) is None
    assert "lost, trying again: the same picture for 0 s, byte for byte" in caplog.text


def test_each_opening_of_a_still_camera_lasts_as_long_as_all_before_it(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(reconnecting.time, "monotonic", lambda: now[0])
    source = source_of()
    source._opened, openings = 0.0, []
    for second in range(1000):
        now[0] = float(second)
        if not source._sees(Frame(GREY, now[0], second)) and source._next_try == now[0] + 30:
            openings.append(second)
            source._opened = now[0]
        source._wait = 30.0

    assert openings == [60, 121, 243, 487, 975]


@pytest.mark.usefixtures("impatient")
def test_a_camera_that_a_person_named_must_be_there_at_first_and_may_be_lost_later():
    with (
        source_of((0, "absent"), must_open=True) as absent,
        pytest.raises(MoodpiError, match="no camera at all"),
    ):
        absent.read()
    with source_of((1, "is unplugged"), must_open=True) as lost:
        assert lost.read() is not None
        assert lost.read() is not None


def test_the_end_of_a_film_is_an_end():
    with source_of((0, "ends")) as source:
        assert source.read() is None


def test_whoever_waits_shows_that_it_is_alive_and_stops_when_asked():
    turns, stop = [], StopRequest()

    def alive() -> None:
        turns.append(1)
        stop.requested = len(turns) >= 4

    with source_of((0, "absent"), stop=stop, alive=alive) as source:
        assert source.read() is None
    assert len(turns) == 4


def test_waits_double_up_to_the_longest(monkeypatch):
    monkeypatch.setattr(reconnecting.time, "monotonic", lambda: 0.0)
    source = source_of()
    waits = []
    for _ in range(8):
        source._lost(MoodpiError("no camera at all"))
        waits.append(source._next_try)

    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.usefixtures("impatient")
def test_a_network_camera_that_hangs_up_is_dialled_again():
    with served(8) as url, open_source(url, SourceSettings(read_timeout=1)) as source:
        frames = [source.read() for _ in range(12)]

    assert all(frame is not None for frame in frames)
