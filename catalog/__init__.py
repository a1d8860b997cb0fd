"""Reading Spotify-features CSVs, scoring tracks on valence and arousal, and the SQLite catalogue."""
