"""Building a catalogue: CSVs to SQLite, scoring, and fitting the scoring models."""
