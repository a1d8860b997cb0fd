"""Metrics of a trained model, comparison of models, and their figures."""
