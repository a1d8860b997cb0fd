"""Longer measurements on datasets, which choose a setting or support a published figure."""
