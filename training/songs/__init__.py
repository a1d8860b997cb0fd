"""Fits the model of a song's valence and arousal to labelled music."""
