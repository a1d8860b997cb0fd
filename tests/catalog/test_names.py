"""The keys by which names are compared."""

from __future__ import annotations

import pytest

from catalog.names import artist_key, straighten

APOSTROPHES = "\u2018\u2019\u201b\u02bb\u02bc\u00b4\u0060\u2032\uff07"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"


@pytest.mark.parametrize("apostrophe", APOSTROPHES)
def test_every_apostrophe_is_left_out(apostrophe) -> None:
    assert artist_key(f"Destiny{apostrophe}s Child") == artist_key("Destiny's Child")


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_is_a_hyphen(dash) -> None:
    assert straighten(f"Run{dash}D.M.C.") == "Run-D.M.C."


def test_other_typographic_punctuation_is_left_out() -> None:
    assert artist_key("Los\u2026 \u201cPresents\u201d") == artist_key('Los... "Presents"')
    assert artist_key("Salt \uff06 Pepper") == artist_key("Salt and Pepper")


def test_names_of_punctuation_alone_stay_different() -> None:
    assert len({artist_key(name) for name in ("!!!", "???", "\u2019", "+/-")}) == 4
