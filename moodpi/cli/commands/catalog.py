"""`moodpi catalog build|info`: build a catalogue from tables, or show what it contains."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    from catalog.building.build import BuildReport
    from catalog.summary import CatalogSummary


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare `build` and `info`."""
    actions = parser.add_subparsers(dest="action", metavar="build|info", required=True)
    build = actions.add_parser("build", help="build a catalogue", allow_abbrev=False)
    build.description = (
        "Read tables of Spotify features, merge the data of each track, score every track on "
        "valence and arousal, and write one catalogue. Files complete each other: names can be in "
        "one and features in another, for the same ids. If files disagree, the first one applies."
    )
    build.add_argument(
        "csv",
        nargs="+",
        type=Path,
        metavar="TABLE",
        help="CSV or Parquet file of Spotify features; the first file has the highest priority",
    )
    build.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="catalogue to write"
    )
    build.add_argument(
        "--labels",
        type=Path,
        metavar="TABLE",
        help="tracks with labelled valence and arousal, to fit the scoring",
    )
    build.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COLUMN=NAME",
        help="name of a column that moodpi does not know, such as artist=performer; repeatable",
    )
    info = actions.add_parser("info", help="describe a catalogue", allow_abbrev=False)
    info.description = "Describe a catalogue: FILE, or the catalogue of moodpi."
    info.add_argument("file", nargs="?", type=Path, metavar="FILE")
    info.add_argument(
        "--plot",
        type=Path,
        metavar="PNG",
        help="also plot tracks and emotions by valence and arousal",
    )
    info.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Build a catalogue, or print a summary of one."""
    if arguments.action == "build":
        return _build(arguments)
    from catalog.summary import summarize

    summary = summarize(arguments.file)
    if arguments.plot:
        from catalog.building.plot import draw_plane

        draw_plane(arguments.file, arguments.plot)
    if arguments.json:
        print_json(summary.to_json(), indent=2)
    else:
        print_lines(*_summary_lines(summary))
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from catalog.building.build import build
    from catalog.building.columns import parse_choices

    chosen = parse_choices(arguments.column)
    print_lines(*_report(build(arguments.csv, arguments.output, arguments.labels, chosen)))
    return 0


def _report(built: BuildReport) -> list[str]:
    rejected = built.rejected
    lines = [f"found     {found}" for found in built.found]
    lines.append(f"read      {built.read:>8,} rows")
    if rejected.kinds:
        lines.append(f"rejected  {rejected.kinds.total():>8,} rows")
        for kind, rows in rejected.kinds.most_common():
            lines.append(f"            {rows:>6,} {kind}")
            lines += [f"                   {example}" for example in rejected.examples[kind]]
    if rejected.unparsed:
        counts = rejected.unparsed.most_common()
        values = ", ".join(f"{count:,} {column}" for column, count in counts)
        lines.append(f"unparsed  {values} (treated as unknown)")
    return [
        *lines,
        f"merged    {built.same_id:>8,} rows with the same id as another",
        f"merged    {built.same_song:>8,} tracks that are the same song as another",
        f"written   {built.tracks:>8,} tracks",
        f"{built.path}: {built.path.stat().st_size / 1e6:.1f} MB, content {built.content_sha256}",
    ]


def _summary_lines(summary: CatalogSummary) -> list[str]:
    size = f"{summary.size / 1e6:.1f} MB"
    return [
        f"{summary.path}  ({size}, version {summary.version}, {summary.provenance['built_by']})",
        "",
        f"{summary.tracks:,} tracks by {summary.artists:,} artists, {summary.years}",
        "",
        "valence and arousal",
        *(f"  {name:<18}{tracks:>8,}" for name, tracks in summary.quadrants.items()),
        "",
        "moods",
        *(f"  {name:<18}{tracks:>8,}" for name, tracks in summary.moods.items()),
        "",
        "known",
        *(f"  {name:<18}{tracks:>8,}" for name, tracks in summary.known.items()),
        "",
        "most typical tracks",
        *(f"  {emotion:<10}{track}" for emotion, track in summary.examples.items()),
        "",
        "inputs",
        *(
            f"  {entry['name']:<26}{entry['used']:>7,} of {entry['rows']:>6,} rows  "
            f"sha256 {entry['sha256'][:12]}"
            for entry in summary.provenance["inputs"]
        ),
        "",
        f"scoring     {_fit_text(summary)}",
        f"moods       {_moods_text(summary)}",
        f"content     sha256 {summary.provenance['content_sha256']}",
    ]


def _fit_text(summary: CatalogSummary) -> str:
    fit = summary.provenance["scoring"]["fit"]
    return (
        f"fitted to {fit['tracks']:,} labelled tracks; correlation for unseen artists: "
        f"valence {fit['valence']['correlation']:.2f}, arousal {fit['arousal']['correlation']:.2f}"
    )


def _moods_text(summary: CatalogSummary) -> str:
    fit = summary.provenance["moods"]["fit"]
    return (
        f"fitted to {fit['songs']:,} labelled songs; for unseen artists: accuracy "
        f"{fit['accuracy']:.0%}, macro F1 {fit['macro_f1']:.2f}"
    )
