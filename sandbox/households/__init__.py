"""Households with planted tastes and what they watched: data in, data out, and the same seed gives the same data."""

from sandbox.households.families import families, family
from sandbox.households.records import (
    Addition,
    Household,
    Member,
    Opening,
    Opinion,
    Play,
    Playable,
    Taste,
    Title,
)
from sandbox.households.simulate import simulate
from sandbox.households.tastes import CLUSTERS, Cluster

__all__ = [
    "CLUSTERS",
    "Addition",
    "Cluster",
    "Household",
    "Member",
    "Opening",
    "Opinion",
    "Play",
    "Playable",
    "Taste",
    "Title",
    "families",
    "family",
    "simulate",
]
