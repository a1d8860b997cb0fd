"""Real videos and folders of pictures: every frame, on the media's own clock."""

from __future__ import annotations

import logging
import os
import time

import cv2
import numpy as np
import pytest

from edge.sources import open_source
from edge.system.signals import StopRequest
from tests.edge.footage import HEIGHT, WIDTH, every_frame, picture, video
from tests.hostile_folder import make_hostile_folder
from tests.raising import raises


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v")])
def test_a_video_gives_every_frame_on_its_own_clock(tmp_path, name, codec):
    frames = every_frame(video(tmp_path / name, 20, 10.0, codec))
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(20)], abs=1e-3)
    assert {frame.grey.shape for frame in frames} == {(HEIGHT, WIDTH)}
    assert {frame.grey.dtype for frame in frames} == {np.dtype(np.uint8)}
    assert frames[15].grey.mean() == pytest.approx(93, abs=4)


def test_a_video_is_not_live_and_drops_nothing(tmp_path):
    with open_source(str(video(tmp_path / "a.avi"))) as source:
        assert not source.live
        list(iter(source.read, None))
        assert source.dropped == 0


def test_a_video_cut_off_in_the_middle_ends_after_its_last_readable_frame(tmp_path, caplog):
    whole = video(tmp_path / "whole.avi", 40).read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole[: len(whole) // 2])
    with caplog.at_level(logging.INFO):
        frames = every_frame(cut)
    assert 5 < len(frames) < 35
    assert f"{cut} is truncated: {len(frames)} of 40 frames were read" in caplog.text


def test_a_whole_video_ends_without_a_log_line(tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        every_frame(video(tmp_path / "whole.avi"))
    assert caplog.text == ""


@pytest.mark.parametrize("content", [b"", b"not a video at all\n" * 50])
def test_a_file_that_is_no_video_is_one_clear_error(tmp_path, content):
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    with raises("not_a_video"):
        every_frame(path)


def test_an_mp4_cut_before_its_index_is_one_clear_error(tmp_path):
    whole = video(tmp_path / "whole.mp4", 20, 10.0, "mp4v").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    with raises("not_a_video"):
        every_frame(cut)


def test_a_named_pipe_is_refused_at_once(tmp_path):
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with raises("not_a_file"):
        every_frame(pipe)


def test_realtime_delays_frames_until_their_timestamps(tmp_path):
    path = video(tmp_path / "a.avi", 5, 10.0)
    begin = time.monotonic()
    assert every_frame(path, realtime=True)[-1].index == 4
    assert time.monotonic() - begin >= 0.4


def test_realtime_delivers_the_newest_frame_and_counts_the_others(tmp_path):
    with open_source(str(video(tmp_path / "a.avi", 6, 10.0)), realtime=True) as source:
        first = source.read()
        time.sleep(0.35)
        frames = list(iter(source.read, None))
        assert frames[0].index > first.index + 1
        assert len(frames) + source.dropped == 5
        assert source.live


def test_the_caller_is_called_while_a_paced_video_waits(tmp_path):
    calls = []
    with open_source(str(video(tmp_path / "a.avi", 2, 1.0)), realtime=True) as source:
        source.call_while_waiting(lambda: calls.append(time.monotonic()))
        assert len(list(iter(source.read, None))) == 2
    assert len(calls) >= 4


def test_a_paced_video_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "a.avi").write_bytes(b"RIFF")
    with raises("not_a_video"):
        every_frame(tmp_path / "a.avi", realtime=True)


def test_a_paced_video_closes_while_its_next_frame_is_not_due(tmp_path, caplog):
    with open_source(str(video(tmp_path / "a.avi", 2, 0.1)), realtime=True) as source:
        assert source.read() is not None
    assert caplog.text == ""


def test_a_stop_ends_a_paced_video(tmp_path):
    stop = StopRequest()
    with open_source(str(video(tmp_path / "a.avi", 5, 1.0)), realtime=True, stop=stop) as source:
        assert source.read() is not None
        stop.request()
        assert source.read() is None


def some_frames(path, count):
    with open_source(str(path), repeat=True) as source:
        return [source.read() for _ in range(count)], source.dropped


def test_a_repeated_video_begins_again_on_a_clock_that_goes_on(tmp_path):
    frames, _ = some_frames(video(tmp_path / "a.avi", 3, 10.0), 8)
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(8)], abs=1e-3)
    assert [frame.index for frame in frames] == list(range(8))
    levels = [frame.grey.mean() for frame in frames]
    assert levels[3:6] == pytest.approx(levels[:3], abs=0.1)
    assert levels[2] - levels[3] > 5


def test_a_repeated_video_of_one_frame_takes_time(tmp_path):
    frames, _ = some_frames(video(tmp_path / "a.avi", 1), 3)
    assert [frame.time for frame in frames] == pytest.approx([0, 0.2, 0.4])


def test_what_a_repeated_file_lacks_is_logged_once(tmp_path, caplog):
    whole = video(tmp_path / "whole.avi", 40).read_bytes()
    (tmp_path / "cut.avi").write_bytes(whole[: len(whole) // 2])
    some_frames(tmp_path / "cut.avi", 100)
    assert caplog.text.count("truncated") == 1
    album = tmp_path / "album"
    album.mkdir()
    cv2.imwrite(str(album / "1.png"), picture(10))
    (album / "2.jpg").write_bytes(b"damaged")
    frames, dropped = some_frames(album, 3)
    assert (len(frames), dropped) == (3, 2)
    assert caplog.text.count("skipped") == 1


def test_a_repeated_file_that_is_deleted_is_an_error(tmp_path):
    path = video(tmp_path / "a.avi", 2)
    with open_source(str(path), repeat=True) as source:
        source.read()
        path.unlink()
        source.read()
        with raises("unreadable_file"):
            source.read()


def test_a_folder_plays_in_natural_order_at_five_frames_a_second(tmp_path):
    for number in (10, 9, 1, 2):
        cv2.imwrite(str(tmp_path / f"Face{number}.png"), picture(number * 10))
    (tmp_path / "notes.txt").write_text("no image")
    frames = every_frame(tmp_path)
    assert [int(frame.grey[0, 0]) for frame in frames] == [10, 20, 90, 100]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.2, 0.4, 0.6])


@pytest.fixture
def folder_with_a_damaged_picture(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), picture(10))
    (tmp_path / "2.jpg").write_bytes(b"damaged")
    cv2.imwrite(str(tmp_path / "3.png"), picture(30))
    return tmp_path


def test_an_unreadable_image_is_skipped_with_a_log_line(folder_with_a_damaged_picture, caplog):
    with open_source(str(folder_with_a_damaged_picture)) as source:
        frames = list(iter(source.read, None))
        assert source.dropped == 1
    assert [frame.index for frame in frames] == [0, 1]
    assert frames[1].time - frames[0].time == pytest.approx(0.4)
    assert "skipped" in caplog.text
    assert "2.jpg" in caplog.text


def test_an_unreadable_image_is_counted_in_real_time(folder_with_a_damaged_picture, caplog):
    # A reader that comes too late for a frame misses that one, too.
    with open_source(str(folder_with_a_damaged_picture), realtime=True) as source:
        frames = list(iter(source.read, None))
        assert len(frames) + source.dropped == 3
    assert "2.jpg" in caplog.text


def test_a_picture_whose_name_is_not_utf_8_is_read(tmp_path):
    path = tmp_path / os.fsdecode(b"ok\xff.png")
    path.write_bytes(cv2.imencode(".png", picture(40))[1].tobytes())
    (frame,) = every_frame(tmp_path)
    assert int(frame.grey[0, 0]) == 40


def test_a_picture_of_a_folder_is_turned_upright(tmp_path):
    # A JPEG with the EXIF orientation 6, rotated by 90 degrees.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    jpeg = cv2.imencode(".jpg", picture(40))[1].tobytes()
    block = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "1.jpg").write_bytes(jpeg[:2] + block + jpeg[2:])
    (frame,) = every_frame(tmp_path)
    assert frame.grey.shape == (WIDTH, HEIGHT)


def test_a_named_pipe_among_the_pictures_is_skipped(tmp_path, caplog):
    os.mkfifo(tmp_path / "1.png")
    cv2.imwrite(str(tmp_path / "2.png"), picture(20))
    (frame,) = every_frame(tmp_path)
    assert int(frame.grey[0, 0]) == 20
    assert "skipped: " in caplog.text


def test_an_empty_folder_is_one_clear_error(tmp_path):
    with raises("no_pictures"):
        every_frame(tmp_path)


def test_a_folder_of_nothing_but_damaged_images_is_one_clear_error(tmp_path):
    (tmp_path / "1.jpg").write_bytes(b"damaged")
    with raises("no_readable_image"):
        every_frame(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        os.fsdecode(b"gr\xfcn.mp4"),
        "2024-05-01T12:30:00.mp4",
        "concat:a.mp4",
        "http:a.mp4",
        "film%03d.mp4",
        "film.mp4?x=1#y",
        "a\nb.mp4",
        "no_suffix",
        "sequence.jpg.mkv.txt",
    ],
    ids=ascii,
)
def test_a_film_can_have_any_name(tmp_path, monkeypatch, name):
    path = tmp_path / name
    video(tmp_path / "plain.avi", 5).rename(path)
    monkeypatch.chdir(tmp_path)
    for text in (name, path):
        assert len(every_frame(text)) == 5


def test_a_film_in_a_folder_of_any_name(tmp_path):
    film = video(tmp_path / "plain.mkv", 5).rename(make_hostile_folder(tmp_path) / "a.mkv")
    assert len(every_frame(film)) == 5
