"""The configuration: settings, loading moodpi.toml, and printing it as TOML."""
