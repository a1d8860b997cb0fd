"""The mood over time, its valence and its arousal."""
