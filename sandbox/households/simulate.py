"""The whole simulation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sandbox.households.families import families
from sandbox.households.history import watch
from sandbox.households.records import Household, Title
from sandbox.households.shelf import Catalogue


def simulate(titles: Sequence[Title], now: datetime, seed: int, count: int = 500) -> tuple[Household, ...]:
    """`count` households and what they watched in the 90 days before `now`; some 20 to 40 plays a profile.

    Nobody watches what was not open to the profile's country and age at that moment. Equal arguments give equal data;
    the households themselves, their ids and tastes, depend on `seed` alone.
    """
    catalogue = Catalogue(titles)
    households = []
    for household in families(seed, count):
        members = (watch(catalogue, household, member, now, seed) for member in household.members)
        households.append(replace(household, members=tuple(members)))
    return tuple(households)
