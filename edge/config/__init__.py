"""The configuration: its settings, reading moodpi.toml, and writing it as TOML."""
