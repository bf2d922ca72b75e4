"""Measurements: each figure stands beside a baseline of the same run, for machines are noisy."""
