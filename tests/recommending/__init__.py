"""Recommendations through the front door."""
