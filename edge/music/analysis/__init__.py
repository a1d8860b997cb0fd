"""Gives the player's songs that the catalogue does not know a place on the plane."""
