"""The main loop of `moodpi run`, playback, commands and status."""
