"""The main loop on scripted sources: its events, the music it plays, and when it ends."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from edge.config.settings import MoodSettings, PlayerSettings, SourceSettings
from edge.daemon.factory import Components
from edge.daemon.loop import Daemon, Limits
from edge.daemon.picture_notice import PictureNotice
from edge.daemon.reporters import JsonReporter, TextReporter, format_local_time, format_media_time
from edge.daemon.resting_face_keeper import MIN_SAVED, RestingFaceKeeper
from edge.frame import Frame
from edge.mood.resting_face_file import RestingFaceFile
from edge.mood.tracker import MoodTracker
from edge.players import PrintPlayer
from edge.sources import FrameSource
from edge.system.sd_notify import SystemdNotifier
from edge.system.signals import StopRequest, stop_on_signals
from edge.vision.classified_face import ClassifiedFace
from edge.vision.frame_pipeline import FrameAnalysis, ScanMode
from edge.vision.model_identity import ModelIdentity
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from tests.edge.fake_music import FakeSelector, RecordingPlayer
from tests.raising import raises

RATE = 10
NOBODY = 255


class Script(FrameSource):
    """Frames whose grey level encodes the emotion: segments of (seconds, emotion)."""

    def __init__(
        self, segments: Iterable[tuple[float, str | None]], *, live: bool = False, lost: int = 0
    ) -> None:
        self.live = live
        self.closed = False
        self._lost = lost
        levels = [
            NOBODY if emotion is None else EMOTIONS.index(emotion)
            for seconds, emotion in segments
            for _ in range(round(seconds * RATE))
        ]
        self._frames = iter(
            [
                Frame(np.full((60, 60), level, np.uint8), index / RATE, index)
                for index, level in enumerate(levels)
            ]
        )

    def open(self) -> None:
        pass

    def read(self) -> Frame | None:
        return next(self._frames, None)

    def close(self) -> None:
        self.closed = True

    @property
    def dropped(self) -> int:
        return self._lost


class PicturePipeline:
    """Finds that the only face is a picture, in the fourth frame."""

    def analyse(self, frame: Frame) -> FrameAnalysis:
        found = ((10, 10, 20, 20),) if frame.index == 3 else ()
        return FrameAnalysis((), ScanMode.FULL_SCAN, found_pictures=found)


class LevelPipeline:
    """Classifies a frame by its grey level; marks every second one as skipped."""

    def analyse(self, frame: Frame) -> FrameAnalysis:
        scan_mode = ScanMode.FULL_SCAN if frame.index % 2 == 0 else ScanMode.SKIPPED
        level = frame.grey[0, 0]
        if level == NOBODY:
            return FrameAnalysis((), scan_mode)
        probabilities = np.full(7, 0.05, np.float32)
        probabilities[level] = 0.7
        return FrameAnalysis((ClassifiedFace((0, 0, 60, 60), probabilities),), scan_mode, 1)


class Run:
    """One run of a daemon over a script, and its results."""

    def __init__(
        self,
        segments,
        *,
        player=None,
        limits=None,
        stop=None,
        source=None,
        selector=None,
        pipeline=None,
        resting_face=None,
        **mood,
    ):
        self.out = io.StringIO()
        self.player = player or RecordingPlayer()
        self.source = source or Script(segments)
        self.counts = Daemon(
            self.source,
            Components(
                pipeline or LevelPipeline(),  # type: ignore[arg-type]  # fakes
                MoodTracker(MoodSettings(**mood)),
                selector or FakeSelector(),  # type: ignore[arg-type]  # fakes
                PictureNotice(SourceSettings(), []),
                resting_face,
            ),
            self.player,
            JsonReporter(self.out),
            SystemdNotifier(),
        ).run(stop or StopRequest(), limits or Limits())
        self.events = [json.loads(line) for line in self.out.getvalue().splitlines()]

    def kinds(self) -> list[str]:
        """The kinds of the events, without those that only follow the numbers of a mood."""
        return [event["event"] for event in self.events if event["event"] != "affect"]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]


def test_a_face_becomes_presence_then_a_mood_then_tracks_then_a_status():
    run = Run([(3, "happy")])
    assert run.kinds() == ["presence", "mood", "tracks", "status"]
    presence, mood, tracks = run.events[:3]
    status = run.events[-1]
    assert presence == {"event": "presence", "time": 0.0, "present": True}
    assert (mood["emotion"], mood["time"]) == ("happy", 1.7)
    assert mood["confidence"] == pytest.approx(0.7, abs=1e-3)
    assert mood["valence"] > 0.4
    assert [one["id"] for one in tracks["tracks"]] == run.player.played[0]
    assert len(tracks["tracks"]) == 5
    assert run.player.closed
    assert tracks["emotion"] == "happy"
    assert status == {
        "event": "status", "time": 2.9, "frames": 30, "scanned": 15, "tracked": 0, "skipped": 15,
        "dropped": 0, "faces": 30, "changes": 1,
    }  # fmt: skip


def test_music_changes_with_the_mood():
    run = Run([(10, "happy"), (10, "sad")])
    assert [event["emotion"] for event in run.of("tracks")] == ["happy", "sad"]
    first, second = run.player.played
    assert not set(first) & set(second)


def test_the_numbers_follow_the_person_between_changes_of_mood():
    run = Run([(12, "happy"), (1.5, "sad"), (12, "happy")])
    assert [event["emotion"] for event in run.of("mood")] == ["happy"]
    (mood,) = run.of("mood")
    followed = run.of("affect")
    assert {event["emotion"] for event in followed} == {"happy"}
    assert min(event["valence"] for event in followed) < mood["valence"] - 0.2
    assert followed[-1]["valence"] == pytest.approx(mood["valence"], abs=0.1)
    times = [mood["time"], *(event["time"] for event in followed)]
    assert all(later - earlier >= 0.999 for earlier, later in pairwise(times))


def test_a_still_face_causes_no_affect_event_after_its_belief_has_risen():
    run = Run([(60, "happy")])
    assert all(event["time"] < 12 for event in run.of("affect"))


def test_a_catalogue_that_fails_does_not_stop_the_analysis(caplog):
    run = Run([(10, "happy"), (10, "sad")], selector=FakeSelector(MoodpiError("a torn page")))
    assert run.counts.frames == 200
    assert run.player.played == []
    assert caplog.text.count("no tracks selected: a torn page") == 1


def test_an_unsure_mood_is_reported_and_does_not_change_the_music():
    run = Run([(10, "happy"), (3, "sad")], enter=0.99, leave=0.9)
    assert [event["emotion"] for event in run.of("mood")][:2] == ["happy", None]
    assert len(run.player.played) == 1


def test_somebody_without_a_clear_emotion_has_no_mood():
    run = Run([(2, "happy")], enter=0.99)
    assert run.kinds() == ["presence", "status"]
    assert run.events[-1]["why"].startswith("no mood: ")
    assert run.player.played == []


def test_a_picture_is_reported_with_the_setting_that_excludes_it(caplog):
    run = Run([(2, "happy")], pipeline=PicturePipeline())
    assert [event["setting"] for event in run.of("picture")] == ['ignore = ["0.08 0.08 0.58 0.58"]']
    assert "presence" not in run.kinds()
    assert 'ignore = ["0.08' in caplog.text


def test_the_end_of_a_run_saves_what_was_learned_of_the_resting_face(tmp_path):
    file = RestingFaceFile(tmp_path / "resting-face.json")
    keeper = RestingFaceKeeper(file, ModelIdentity("simple_cnn int8.tflite", "a" * 64), learn=True)
    Run([(MIN_SAVED + 5, "sad")], resting_face=keeper)
    assert file.load().seconds == pytest.approx(MIN_SAVED + 5, abs=1)


def test_nothing_plays_without_a_person():
    run = Run([(5, None)])
    assert run.kinds() == ["status"]
    assert (run.counts.frames, run.counts.faces) == (50, 0)


def test_leaving_and_returning_is_reported_and_starts_new_music():
    run = Run([(3, "happy"), (12, None), (3, "happy")])
    assert run.kinds() == [
        "presence", "mood", "tracks", "presence", "presence", "mood", "tracks", "status",
    ]  # fmt: skip
    assert [event["present"] for event in run.of("presence")] == [True, False, True]
    assert len(run.player.played) == 2


def test_once_ends_after_the_first_tracks():
    run = Run([(60, "happy")], limits=Limits(once=True))
    assert run.kinds() == ["presence", "mood", "tracks", "status"]
    assert run.counts.frames == 18


def test_once_ends_with_the_source_without_a_mood():
    run = Run([(0.5, "happy")], limits=Limits(once=True))
    assert run.kinds() == ["presence", "status"]


def test_the_frame_limit_is_not_exceeded():
    assert Run([(60, "happy")], limits=Limits(frames=7)).counts.frames == 7


def test_a_stop_ends_the_loop_and_closes_the_source():
    stop = StopRequest()

    class Stopping(RecordingPlayer):
        def play(self, recommendation, *, interrupt=False):
            super().play(recommendation, interrupt=interrupt)
            stop.request()

    run = Run([(60, "happy")], player=Stopping(), stop=stop)
    assert run.counts.frames == 18
    assert run.source.closed


def test_a_player_that_fails_does_not_stop_the_analysis(caplog):
    run = Run([(10, "happy"), (10, "sad")], player=RecordingPlayer(MoodpiError("no sound card")))
    assert run.counts.frames == 200
    assert len(run.of("tracks")) == 2
    assert caplog.text.count("the player failed: no sound card") == 2


def test_a_failing_source_is_closed_and_its_error_raised(caplog):
    class Failing(Script):
        def read(self):
            return super().read() or self._fail()

        def _fail(self):
            raise MoodpiError("the camera is unplugged", code="unplugged")

    source = Failing([(2, "happy")])
    with caplog.at_level("INFO"), raises("unplugged"):
        Run([], source=source)
    assert source.closed
    assert "frames 20 (scanned 10, tracked 0, skipped 10), dropped 0, with a face 20" in caplog.text


def test_a_live_source_counts_dropped_frames_and_reports_the_time_of_day():
    run = Run([], source=Script([(3, "happy")], live=True, lost=8))
    assert run.counts.dropped == 8
    assert all(event["time"] > 1.5e9 for event in run.events)


def test_the_text_has_time_emotion_confidence_reason_and_five_tracks():
    out = io.StringIO()
    Daemon(
        Script([(70, "happy"), (5, "sad")]),
        Components(
            LevelPipeline(),  # type: ignore[arg-type]  # fakes
            MoodTracker(MoodSettings()),
            FakeSelector(),  # type: ignore[arg-type]  # fakes
            PictureNotice(SourceSettings(), []),
        ),
        PrintPlayer(PlayerSettings()),
        TextReporter(out, format_media_time),
        SystemdNotifier(),
    ).run(StopRequest(), Limits())
    lines = out.getvalue().splitlines()
    assert lines[0] == "0:00.0  Somebody in view"
    assert lines[1] == "0:01.7  happy (belief 96%, share 70%): first mood, after 1.7 s of face"
    assert lines[2:5] == [
        "  1. Song 0 - The Made-ups",
        "     fits happy",
        f"     https://open.spotify.com/track/{0:022}",
    ]
    assert lines[14].startswith("  5. ")
    assert lines[17].startswith("1:13.2")
    assert "sad rose to 95%, happy fell to" in lines[17]
    assert len(lines) == 2 + 15 + 1 + 15


def test_times_are_positions_in_a_file_or_times_of_day():
    assert [format_media_time(s) for s in (0, 59.96, 754.25)] == ["0:00.0", "1:00.0", "12:34.2"]
    assert len(format_local_time(1.7e9)) == len("14:03:22")


def test_the_first_signal_requests_a_stop_and_the_second_has_its_default_effect():
    with stop_on_signals(signal.SIGINT) as stop:
        assert not stop.requested
        signal.raise_signal(signal.SIGINT)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
