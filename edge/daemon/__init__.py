"""The main loop of `moodpi run`: from frames to mood to playback."""
