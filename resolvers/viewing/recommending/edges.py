"""Titles that are proposed, a page at a time, each with what put it there."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from resolvers.paging import Edge, Page, cursor_of, page_info
from resolvers.viewing.lists import ProfileKey
from resolvers.viewing.references import TitleRef


class Reason(Enum):
    """What titles are ordered by."""

    TASTE = "TASTE"
    TASTE_AND_LIKENESS = "TASTE_AND_LIKENESS"
    LIKENESS = "LIKENESS"
    POPULAR = "POPULAR"
    POPULAR_IN = "POPULAR_IN"
    AGAIN = "AGAIN"


@dataclass(frozen=True, slots=True)
class Why:
    """`profile` is whose taste it was, if one's; `about` the genre, or the title that the others are like."""

    reason: Reason
    profile: ProfileKey | None = None
    about: UUID | None = None


@dataclass(slots=True)
class RecommendationEdge(Edge[TitleRef]):
    why: Why | None = None

    @property
    def asked(self) -> Hashable:
        """What an explanation is asked for by; None where there is none to give."""
        return (self.why, self.node.id) if self.why else None


def following(ids: Sequence[Any], after: Sequence[Any] | None) -> int:
    """Where a list goes on: after the cursor's id, or after its place where that is gone."""
    if after is None:
        return 0
    place, id_ = after
    found = next((n for n, one in enumerate(ids) if one == id_), place)
    return max(int(found), -1) + 1


def page_of_titles(
    titles: Sequence[TitleRef], first: int, after: Sequence[Any] | None, why: Why | None
) -> Page[TitleRef]:
    start = following([title.id for title in titles], after)
    shown = enumerate(titles[start : start + first], start)
    edges = [RecommendationEdge(title, cursor_of(n, title.id), why) for n, title in shown]
    return Page(edges, page_info(edges, start + first < len(titles), after is not None))
