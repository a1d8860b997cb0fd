"""Measures the estimates of valence and arousal on songs of unseen series and sound fonts.

`python -m tests.studies.song_estimates SONGS.npz` prints Pearson's r: by sound font, with other
keys and loudness, by the number of songs of a home that are known, with all others of it known,
without each group of features, and with other penalties. `python -m training.songs.rendering` makes
SONGS.npz.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np

from edge.audio import affect_model
from edge.audio.features import FEATURES
from training.songs import fit
from training.songs.rendering import SongTable

# The songs of a home are those of these series, with one sound font. The model is fitted to the
# other series with the other sound fonts.
HOMES: Sequence[Sequence[str]] = (
    ("The Legend of Zelda", "Xeno", "Mana"),
    ("Banjo-Kazooie", "Super Mario", "Indiana Jones"),
    ("Other",),
)
# A home with enough songs for 100 known ones leaves few for the model.
LARGE_HOMES: Sequence[Sequence[str]] = (
    ("The Legend of Zelda", "Other", "Banjo-Kazooie", "Super Mario"),
    ("The Legend of Zelda", "Other", "Banjo-Kazooie", "Super Mario", "Mana"),
)
KNOWN, LARGE_KNOWN = (0, 10, 30), (0, 10, 30, 90, 100)
DRAWS = 20
GROUPS = {
    "timbre": FEATURES[0:6],
    "dynamics": FEATURES[6:9],
    "onsets": FEATURES[9:13],
    "tempo": FEATURES[13:15],
    "mode": FEATURES[15:18],
    "harmony": FEATURES[18:23],
    "register": FEATURES[23:29],
    "roughness": FEATURES[29:],
}


def unseen(table: SongTable) -> str:
    """Pearson's r over all songs, of models without their series and sound font."""
    predicted = fit.cross_validate(table)
    targets = np.broadcast_to(fit.standardized(table.labels)[:, None], predicted.shape)
    return _shown(fit.correlations(predicted, targets))


def by_font(table: SongTable) -> Iterator[str]:
    predicted, targets = fit.cross_validate(table), fit.standardized(table.labels)
    for number, font in enumerate(table.fonts):
        yield f"{font:<26}{_shown(fit.correlations(predicted[:, number], targets))}"


def changed(table: SongTable) -> str:
    """Pearson's r of the renderings in another key and loudness."""
    targets = fit.standardized(table.labels)
    predicted = np.empty_like(targets)
    for series in np.unique(table.series):
        for font in range(len(table.fonts)):
            held_out = table.series == series
            chosen = held_out & (table.changed_fonts == font)
            if chosen.any():
                model = fit.fit_without(table, held_out, font)
                predicted[chosen] = model.estimate(table.features[chosen, -1])
    return _shown(fit.correlations(predicted, targets))


def by_known(
    table: SongTable, homes: Sequence[Sequence[str]], known_counts: Sequence[int]
) -> Iterator[str]:
    """Pearson's r of the same unknown songs, with more and more known songs of their home."""
    generator = np.random.default_rng(1)
    places: dict[int, list[fit.Matrix]] = {known: [] for known in known_counts}
    truth = []
    targets = fit.standardized(table.labels)
    for series in homes:
        home = np.isin(table.series, series)
        for font in range(len(table.fonts)):
            model = fit.fit_without(table, home, font)
            for _ in range(DRAWS):
                order = generator.permutation(np.flatnonzero(home))
                tested = order[max(known_counts) :]
                truth.append(targets[tested])
                for known in known_counts:
                    given = order[:known]
                    own = model.calibrate(table.features[given, font], targets[given])
                    places[known].append(own.estimate(table.features[tested, font]))
    for known, parts in places.items():
        shown = _shown(fit.correlations(np.concatenate(parts), np.concatenate(truth)))
        yield f"{known:>4} known songs           {shown}"


def all_others_known(table: SongTable, homes: Sequence[Sequence[str]]) -> Iterator[str]:
    """Pearson's r without known songs, and of each tenth of a home with all other tenths known."""
    generator = np.random.default_rng(1)
    unknown, known, truth = [], [], []
    targets = fit.standardized(table.labels)
    for series in homes:
        home = np.isin(table.series, series)
        for font in range(len(table.fonts)):
            model = fit.fit_without(table, home, font)
            order = generator.permutation(np.flatnonzero(home))
            for tested in np.array_split(order, 10):
                given = np.setdiff1d(order, tested)
                own = model.calibrate(table.features[given, font], targets[given])
                unknown.append(model.estimate(table.features[tested, font]))
                known.append(own.estimate(table.features[tested, font]))
                truth.append(targets[tested])
    for name, parts in (("no song known", unknown), ("nine tenths known", known)):
        shown = _shown(fit.correlations(np.concatenate(parts), np.concatenate(truth)))
        yield f"{name:<26}{shown}"


def without_features(table: SongTable) -> Iterator[str]:
    """Pearson's r without each group of features, which are replaced by noise."""
    generator = np.random.default_rng(1)
    for group, names in GROUPS.items():
        kept = table.features.copy()
        columns = [FEATURES.index(name) for name in names]
        kept[..., columns] = generator.normal(size=kept[..., columns].shape)
        reduced = SongTable(kept, table.labels, table.series, table.fonts, table.changed_fonts)
        yield f"without {group:<18}{unseen(reduced)}"


def penalties(table: SongTable) -> Iterator[str]:
    for penalty in (10.0, 30.0, 60.0, 100.0):
        with patch.object(fit, "PENALTY", penalty):
            yield f"penalty {penalty:<18.0f}{unseen(table)}"
    for transfer in (0.1, 0.5, 1.0, 2.0):
        with patch.object(affect_model, "TRANSFER", transfer):
            *_, most = by_known(table, HOMES, KNOWN)
            yield f"transfer {transfer:<5.1f}{most}"


def weights(model: affect_model.AffectModel) -> Iterator[str]:
    """The features with the largest weights of each axis."""
    for axis, column in zip(affect_model.AXES, model.weights.T, strict=True):
        largest = np.argsort(-np.abs(column))[:6]
        named = ", ".join(f"{FEATURES[n]} {column[n]:+.2f}" for n in largest)
        yield f"{axis}: {named}"


def _shown(correlations: tuple[float, float]) -> str:
    valence, arousal = correlations
    return f"valence {valence:.3f}  arousal {arousal:.3f}"


def main(path: Path) -> None:
    table = SongTable.load(path)
    print(f"unseen series and font    {unseen(table)}")
    print(*by_font(table), sep="\n")
    print(f"other key and loudness    {changed(table)}")
    print("homes of held-out series, each with its own sound font")
    print(*by_known(table, HOMES, KNOWN), sep="\n")
    print(*all_others_known(table, HOMES), sep="\n")
    print("larger homes, which leave 14 to 23 songs for the model")
    print(*by_known(table, LARGE_HOMES[:1], LARGE_KNOWN[:4]), sep="\n")
    print(*by_known(table, LARGE_HOMES[1:], LARGE_KNOWN), sep="\n")
    print(*all_others_known(table, LARGE_HOMES[1:]), sep="\n")
    print(*without_features(table), sep="\n")
    print(*penalties(table), sep="\n")
    print(*weights(affect_model.AffectModel.load()), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
