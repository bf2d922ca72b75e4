"""Households, profiles and sessions."""
