"""Reads Spotify-features CSVs, scores tracks on valence and arousal, keeps the SQLite catalogue."""
