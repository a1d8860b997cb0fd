"""Reads catalogues of tracks scored on valence and arousal. `building` makes them from CSVs."""
