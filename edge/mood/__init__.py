"""From the emotions of single frames to a mood over time, and its valence and arousal."""
