"""The film of which the pictures of the live page are taken."""

from __future__ import annotations

import json

from tests.pictures.live_run import FILM_MOODS, write_film


def test_the_default_model_sees_the_moods_that_the_pictures_wait_for(moodpi, tmp_path) -> None:
    done = moodpi("run", "--source", write_film(tmp_path), "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    moods = [event["emotion"] for event in events if event["event"] == "mood" and event["emotion"]]
    assert len(moods) == FILM_MOODS
    assert moods[:2] == ["happy", "surprise"]
    assert moods[2] in {"neutral", "sad"}
    assert moods[3] == "happy"
