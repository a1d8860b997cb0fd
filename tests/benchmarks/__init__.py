"""Costs of the shipped parts, run by `make bench`; each is a ratio to a reference run in turn."""
