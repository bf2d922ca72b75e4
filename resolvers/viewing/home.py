"""The home screen, ranked by popularity: a profile's own rows, then what is watched most, new, by genre and leaving.

Above the fold (the first six titles of the first four rows) no title stands twice: a later row leaves out what an
earlier one shows there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.viewing import NotInterested
from resolvers.paging import Edge, Page, PageInfoRow, cursor_of, identity, keys_of, limit_of, page_info
from resolvers.viewing.candidates import ROW_LENGTH, Candidate, Candidates, candidates_for
from resolvers.viewing.lists import CONTINUE, MY_LIST, ProfileKey, listed
from resolvers.viewing.messages import say
from resolvers.viewing.references import TitleRef, title_ref
from runtime.database import among
from runtime.request import Request

FOLD_ROWS, FOLD_TITLES = 4, 6
FEWEST = 4
"""A row by genre needs at least so many titles."""


class HomeRowKind(Enum):
    CONTINUE_WATCHING = "CONTINUE_WATCHING"
    MY_LIST = "MY_LIST"
    TOP_PICKS = "TOP_PICKS"
    BECAUSE_YOU_WATCHED = "BECAUSE_YOU_WATCHED"
    TRENDING = "TRENDING"
    NEW_RELEASES = "NEW_RELEASES"
    GENRE = "GENRE"
    WATCH_AGAIN = "WATCH_AGAIN"
    LEAVING_SOON = "LEAVING_SOON"


class EvidenceKind(Enum):
    WATCHED = "WATCHED"
    LIKED = "LIKED"
    GENRE = "GENRE"
    PERSON = "PERSON"
    POPULAR = "POPULAR"


@dataclass(slots=True)
class EvidenceRow:
    kind: EvidenceKind
    label: str
    weight: float
    title: TitleRef | None = None


@dataclass(slots=True)
class ExplanationRow:
    text: str
    evidence: list[EvidenceRow]


@dataclass(slots=True)
class RecommendationEdge(Edge[TitleRef]):
    explanation: ExplanationRow | None = None


@dataclass(slots=True)
class HomeRowRow:
    """A row and all of its titles, best first; `popular` says why they are here, where popularity ranked them."""

    id: str
    kind: HomeRowKind
    heading: str
    candidates: Sequence[Candidate] = field(default_factory=list)
    popular: str | None = None
    seed: TitleRef | None = None

    @property
    def whole(self) -> "HomeRowRow":
        return self

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(slots=True)
class HomePage:
    edges: Sequence[Edge[HomeRowRow]]
    page_info: PageInfoRow
    generated_at: datetime
    model_version: str | None = None


async def home_of(
    request: Request, profiles: Sequence[ProfileKey], *, first: int | None = 10, after: str | None = None
) -> list[HomePage]:
    """Batch: the profiles' home screens, out of five statements however many rows and titles there are."""
    limit = limit_of(first, 10)
    continuing = await listed(request, profiles, CONTINUE, ROW_LENGTH, None)
    chosen = await listed(request, profiles, MY_LIST, ROW_LENGTH, None)
    unwanted = await not_interested_of(request, [p for p, _ in profiles])
    shared = dict(zip(ages := sorted({a for _, a in profiles}), await candidates_for(request, ages), strict=True))
    screens = []
    for (profile_id, age), going_on, mine in zip(profiles, continuing, chosen, strict=True):
        own = [personal(HomeRowKind.CONTINUE_WATCHING, going_on), personal(HomeRowKind.MY_LIST, mine)]
        proposed = [without(candidates, unwanted[profile_id]) for candidates in shared[age]]
        rows = list(deduplicated(arranged(request, profile_id, [*own, *proposed])))
        screens.append(page_of_rows(request, rows, limit, after))
    return screens


async def not_interested_of(request: Request, profile_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """The titles that each profile does not want to be shown."""
    profile_id = col(NotInterested.profile_id)
    query = select(profile_id, col(NotInterested.title_id)).where(among(profile_id, profile_ids))
    found: dict[UUID, set[UUID]] = {id_: set() for id_ in profile_ids}
    async with request.read("viewing") as db:
        for row in await db.execute(query):
            found[row.profile_id].add(row.title_id)
    return found


def without(candidates: Candidates, unwanted: set[UUID]) -> Candidates:
    titles = [c for c in candidates.titles if c.title.id not in unwanted] if unwanted else candidates.titles
    return replace(candidates, titles=titles)


def personal(kind: HomeRowKind, rows: Sequence[Any]) -> Candidates:
    """A list of the profile's as a row, newest first."""
    titles = [
        Candidate(title, row.moment.timestamp())
        for row in rows[:ROW_LENGTH]
        if (title := title_ref(row.title_kind, row.title_id))
    ]
    return Candidates(kind.name, None, None, titles, 0.0)


def arranged(request: Request, profile_id: UUID, found: Sequence[Candidates]) -> list[HomeRowRow]:
    """The rows in their order on the screen; genres by how much they are watched."""
    by_kind: dict[str, list[Candidates]] = {}
    for candidates in found:
        by_kind.setdefault(candidates.kind, []).append(candidates)
    genres = [c for c in by_kind.get("GENRE", []) if len(c.titles) >= FEWEST and c.genre]
    genres.sort(key=lambda c: (-c.weight, str(c.genre_id)))
    order = [
        *(c for kind in ("CONTINUE_WATCHING", "MY_LIST", "TRENDING", "NEW_RELEASES") for c in by_kind.get(kind, [])),
        *genres,
        *by_kind.get("LEAVING_SOON", []),
    ]
    return [row_of(request, profile_id, candidates) for candidates in order if candidates.titles]


def row_of(request: Request, profile_id: UUID, found: Candidates) -> HomeRowRow:
    kind, languages = HomeRowKind[found.kind], request.languages
    identifier = ":".join(["row", str(profile_id), kind.name, *([str(found.genre_id)] if found.genre_id else [])])
    popular = None
    if kind is HomeRowKind.TRENDING:
        popular = say(languages, "POPULAR")
    elif kind is HomeRowKind.GENRE:
        popular = say(languages, "POPULAR_IN", genre=found.genre)
    return HomeRowRow(identifier, kind, found.genre or say(languages, kind.name), found.titles, popular)


def deduplicated(rows: Sequence[HomeRowRow]) -> Iterator[HomeRowRow]:
    """The rows without what stands twice above the fold; one that has nothing else to show is left out."""
    shown: set[UUID] = set()
    kept = 0
    for row in rows:
        if kept < FOLD_ROWS:
            row.candidates = [c for c in row.candidates if c.title.id not in shown]
            shown.update(c.title.id for c in row.candidates[:FOLD_TITLES])
        if row.candidates:
            kept += 1
            yield row


def page_of_rows(request: Request, rows: Sequence[HomeRowRow], first: int, after: str | None) -> HomePage:
    """A page of rows: after the cursor's row, or after its place where that row is gone."""
    start = 0
    if keys := keys_of(after, int, str):
        start = next((n for n, row in enumerate(rows) if row.id == keys[1]), keys[0]) + 1
    edges = [Edge(row, cursor_of(n, row.id)) for n, row in enumerate(rows[start : start + first], start)]
    return HomePage(edges, page_info(edges, start + first < len(rows), after is not None), request.now)


async def titles_of_row(
    request: Request, rows: Sequence[HomeRowRow], *, first: int | None = 20, after: str | None = None
) -> list[Page[TitleRef]]:
    """Batch: a page of each row's titles. A row holds 100 at most."""
    limit = limit_of(first)
    keyset = keys_of(after, float, identity)
    return [page_of_titles(row, limit, keyset) for row in rows]


def page_of_titles(row: HomeRowRow, first: int, keyset: list[object] | None) -> Page[TitleRef]:
    left = row.candidates
    if keyset is not None:
        left = [c for c in left if [c.rank, c.title.id] < keyset]
    edges = [RecommendationEdge(c.title, cursor_of(c.rank, c.title.id), explained(row, c)) for c in left[:first]]
    return Page(edges, page_info(edges, len(left) > first, keyset is not None))


def explained(row: HomeRowRow, candidate: Candidate) -> ExplanationRow | None:
    """Why a title is in its row, where popularity is the reason: its score, from 0 to 1."""
    if row.popular is None or candidate.rank <= 0:
        return None
    return ExplanationRow(row.popular, [EvidenceRow(EvidenceKind.POPULAR, row.popular, candidate.rank)])
