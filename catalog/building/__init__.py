"""Builds a catalogue from CSV files: reading, cleaning, scoring, writing. Needs pandas."""
