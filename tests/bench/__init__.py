"""`make bench`: what moodpi costs, each figure as a ratio to something run side by side."""
