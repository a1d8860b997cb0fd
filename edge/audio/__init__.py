"""The sound of songs: decoding, features, and the valence and arousal that they suggest."""
