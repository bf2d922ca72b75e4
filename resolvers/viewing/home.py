"""The home screen: a profile's own rows, what it may like, what is watched most, new, by genre and leaving.

Above the fold (the first six titles of the first four rows) no title stands twice: a later row leaves out what an
earlier one shows there. The rows below show last what an earlier one shows first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from recommendations.experiments import buckets
from resolvers.paging import Edge, Page, PageInfoRow, cursor_of, identity, keys_of, limit_of, page_info
from resolvers.viewing.lists import CONTINUE, MY_LIST, ProfileKey, listed
from resolvers.viewing.messages import say
from resolvers.viewing.recommending.cache import Ranking, remember, remembered
from resolvers.viewing.recommending.edges import Reason, Why, following, page_of_titles
from resolvers.viewing.recommending.ground import Ground, ground_of
from resolvers.viewing.recommending.names import names_of_genres, names_of_titles
from resolvers.viewing.recommending.personal import personal_of
from resolvers.viewing.recommending.row_ids import row_id
from resolvers.viewing.recommending.rows import ROW_LENGTH, HomeRowKind, RankedRow, ranked_rows
from resolvers.viewing.references import TitleRef, title_ref
from runtime.request import Request

FOLD_ROWS, FOLD_TITLES = 4, 6


@dataclass(slots=True)
class HomeRowRow:
    """A row and all of its titles, best first; `why` says how they came here, where there is a reason to give."""

    id: str
    kind: HomeRowKind
    heading: str
    titles: Sequence[TitleRef] = field(default_factory=list)
    why: Why | None = None
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
    """Batch: the profiles' home screens, out of as many statements however many rows and titles there are."""
    limit, place = limit_of(first, 10), keys_of(after, int, str)
    continuing = await listed(request, profiles, CONTINUE, ROW_LENGTH, None)
    chosen = await listed(request, profiles, MY_LIST, ROW_LENGTH, None)
    ground = await ground_of(request)
    rankings = await rankings_for(ground, profiles)
    words = await words_for(request, [row for ranking in rankings for row in ranking.rows])
    screens = []
    for profile, going_on, mine, ranking in zip(profiles, continuing, chosen, rankings, strict=True):
        proposed = [
            own_row(request, profile, HomeRowKind.CONTINUE_WATCHING, going_on),
            own_row(request, profile, HomeRowKind.MY_LIST, mine),
            *(
                ranked_row(ground, profile, row, ranking.by_model, words.get(row.about) if row.about else None)
                for row in ranking.rows
                if row.about is None or row.about in words  # what has no name can't head a row
            ),
        ]
        page = page_of_rows(request, list(deduplicated(proposed)), limit, place)
        page.model_version = ground.version if ranking.by_model else None
        screens.append(page)
    return screens


async def rankings_for(ground: Ground, profiles: Sequence[ProfileKey]) -> list[Ranking]:
    """Each profile's rows, out of Valkey or ranked anew; of what has closed since then, nothing."""
    request, ages = ground.request, dict(profiles)
    stamps = {profile_id: stamp_of(ground, profile_id, age) for profile_id, age in ages.items()}
    kept = await remembered(request.resources, stamps)
    missing = [profile for profile in ages.items() if kept[profile[0]].ranking is None]
    found = {profile_id: ranking for profile_id, k in kept.items() if (ranking := k.ranking)}
    for personal in await personal_of(request, missing):
        id_ = personal.profile_id
        found[id_] = Ranking(ranked_rows(personal), personal.scores is not None)
        await remember(request.resources, id_, kept[id_].generation, stamps[id_], found[id_])
    return [still_playing(ground, age, found[profile_id]) for profile_id, age in profiles]


def stamp_of(ground: Ground, profile_id: UUID, age: int) -> list[Any]:
    request = ground.request
    arms = buckets(ground.experiments, profile_id)
    return [*ground.stock.revision, ground.version, str(request.now.date()), age, request.country, arms]


def still_playing(ground: Ground, age: int, ranking: Ranking) -> Ranking:
    """The ranking without the titles that have closed, and the rows that stem from one."""
    playing, places_of = ground.openings(age).playing, ground.stock.places_of
    rows = [
        RankedRow(row.kind, row.about, [at for at in row.places if playing[at]])
        for row in ranking.rows
        if all(playing[at] for at in places_of(row.seeds).values())
    ]
    return Ranking(rows, ranking.by_model)


async def words_for(request: Request, rows: Sequence[RankedRow]) -> dict[UUID, str]:
    """The names that headings have in them: of genres, and of titles that rows stem from."""
    genres, seeds = [id_ for row in rows for id_ in row.genres], [id_ for row in rows for id_ in row.seeds]
    return {**await names_of_genres(request, genres), **await names_of_titles(request, seeds)}


def own_row(request: Request, profile: ProfileKey, kind: HomeRowKind, rows: Sequence[Any]) -> HomeRowRow:
    """A list of the profile's as a row, newest first."""
    titles = [title for row in rows[:ROW_LENGTH] if (title := title_ref(row.title_kind, row.title_id))]
    return HomeRowRow(row_id(profile[0], kind), kind, say(request.languages, kind.name), titles)


def ranked_row(ground: Ground, profile: ProfileKey, row: RankedRow, by_model: bool, name: str | None) -> HomeRowRow:
    """`name` is that of what the row is about."""
    stock, languages = ground.stock, ground.request.languages
    heading = name if row.genres and name else say(languages, row.kind.name, name=name)
    seed = next(map(stock.title, stock.places_of(row.seeds).values()), None)
    titles = [stock.title(place) for place in row.places]
    why = why_of(row, profile, by_model)
    return HomeRowRow(row_id(profile[0], row.kind, row.about), row.kind, heading, titles, why, seed)


def why_of(row: RankedRow, profile: ProfileKey, by_model: bool) -> Why | None:
    """What put the row's titles there; nothing but their dates did where it is none of these."""
    match row.kind:
        case HomeRowKind.TOP_PICKS:
            return Why(Reason.TASTE, profile)
        case HomeRowKind.BECAUSE_YOU_WATCHED:
            return Why(Reason.TASTE_AND_LIKENESS, profile, row.about)
        case HomeRowKind.GENRE:
            return Why(Reason.TASTE, profile) if by_model else Why(Reason.POPULAR_IN, about=row.about)
        case HomeRowKind.TRENDING:
            return Why(Reason.POPULAR)
        case HomeRowKind.WATCH_AGAIN:
            return Why(Reason.AGAIN)
        case _:
            return None


def deduplicated(rows: Sequence[HomeRowRow]) -> Iterator[HomeRowRow]:
    """The rows without what stands twice above the fold; one that has nothing else to show is left out."""
    shown: set[UUID] = set()
    kept = 0
    for row in rows:
        new = [title for title in row.titles if title.id not in shown]
        if kept < FOLD_ROWS:
            row.titles = new
        elif row.kind is not HomeRowKind.LEAVING_SOON:  # which is in the order of leaving
            row.titles = [*new, *(title for title in row.titles if title.id in shown)]
        shown.update(title.id for title in row.titles[:FOLD_TITLES])
        if row.titles:
            kept += 1
            yield row


def page_of_rows(request: Request, rows: Sequence[HomeRowRow], first: int, after: list[Any] | None) -> HomePage:
    """A page of rows: after the cursor's row, or after its place where that row is gone."""
    start = following([row.id for row in rows], after)
    edges = [Edge(row, cursor_of(n, row.id)) for n, row in enumerate(rows[start : start + first], start)]
    return HomePage(edges, page_info(edges, start + first < len(rows), after is not None), request.now)


async def titles_of_row(
    request: Request, rows: Sequence[HomeRowRow], *, first: int | None = 20, after: str | None = None
) -> list[Page[TitleRef]]:
    """Batch: a page of each row's titles. A row holds 100 at most."""
    limit, place = limit_of(first), keys_of(after, int, identity)
    return [page_of_titles(row.titles, limit, place, row.why) for row in rows]
