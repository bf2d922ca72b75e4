"""Browsing: titles filtered and sorted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, not_, select
from sqlalchemy.dialects.postgresql import ARRAY

from models.catalog import PlayableKind, TitleKind
from resolvers.catalog.keys import integer, known, real, storable, uuids, words
from resolvers.catalog.pages import Order, title_page
from resolvers.catalog.rows import AvailabilityState
from resolvers.catalog.tables import CREDIT, GENRE, POPULARITY, PUBLISHED_PLAYABLE, PUBLISHED_WINDOW, TITLE, TITLE_GENRE
from resolvers.catalog.titles import AnyTitle, name_of, visible_titles
from resolvers.paging import MOST, Page, instant
from resolvers.visible import in_window, playable_now, visible
from runtime.database import among
from runtime.errors import BadInput
from runtime.languages import canonical
from runtime.request import Request
from runtime.scalars import Id, LanguageTag

NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class TitleSort(Enum):
    POPULARITY = "POPULARITY"
    RELEASE_DATE = "RELEASE_DATE"
    NAME = "NAME"
    ADDED = "ADDED"
    LEAVING_SOON = "LEAVING_SOON"


@dataclass
class TitleFilter:
    """All that is given must hold; of a list, one of its items. An empty list asks for nothing."""

    kinds: list[TitleKind] | None = None
    genres: list[Id] | None = None
    release_year_from: int | None = None
    release_year_to: int | None = None
    audio_languages: list[LanguageTag] | None = None
    subtitle_languages: list[LanguageTag] | None = None
    person_id: Id | None = None
    state: AvailabilityState | None = None


async def checked_filter(request: Request, wanted: TitleFilter | None) -> TitleFilter | None:
    """The filter, its languages as BCP 47 would have them written. BadInput for a genre that there is not, or that has
    nothing for this viewer, for ill-formed languages, for lists of more than 100, and for years that end before they
    begin."""
    if wanted is None:
        return None
    check_lengths(wanted)
    await check_genres(request, wanted.genres or [])
    first, last = wanted.release_year_from, wanted.release_year_to
    if first is not None and last is not None and first > last:
        raise BadInput(f"`filter.releaseYearFrom` is {first}, after `filter.releaseYearTo`, {last}.")
    return replace(
        wanted,
        audio_languages=known_languages("audioLanguages", wanted.audio_languages),
        subtitle_languages=known_languages("subtitleLanguages", wanted.subtitle_languages),
    )


def check_lengths(wanted: TitleFilter) -> None:
    """BadInput for a list of more items than there could be a use for."""
    languages = {"audioLanguages": wanted.audio_languages, "subtitleLanguages": wanted.subtitle_languages}
    for name, items in {"kinds": wanted.kinds, "genres": wanted.genres, **languages}.items():
        if items and len(items) > MOST:
            raise BadInput(f"`filter.{name}` has at most {MOST} items; it has {len(items)}.")


async def check_genres(request: Request, ids: list[Id]) -> None:
    if not ids:
        return
    anything = exists().where(TITLE_GENRE.c.genre_id == GENRE.c.id, visible(TITLE_GENRE.c.title_id, request))
    statement = select(GENRE.c.id).where(among(GENRE.c.id, known(uuids(ids))), anything)
    async with request.read("catalog") as db:
        there = set((await db.execute(statement)).scalars())
    for place, key in enumerate(uuids(ids)):
        if key not in there:
            raise BadInput(f"`filter.genres.{place}` is not the id of a genre.")


def known_languages(field: str, tags: list[LanguageTag] | None) -> list[LanguageTag] | None:
    if tags is None:
        return None
    for place, tag in enumerate(tags):
        if canonical(tag) is None:
            raise BadInput(f"`filter.{field}.{place}` is not a language tag of BCP 47.")
    return [LanguageTag(canonical(tag) or tag) for tag in tags]


def conditions(wanted: TitleFilter | None, request: Request) -> list[ColumnElement[bool]]:
    """What the filter demands of a statement's title."""
    if wanted is None:
        return []
    year, played = TITLE.c.release_year, PUBLISHED_PLAYABLE.c
    given: Iterable[tuple[Any, Any]] = (
        (wanted.kinds, lambda kinds: TITLE.c.kind.in_(kinds)),
        (wanted.genres, in_genres),
        (wanted.audio_languages, lambda tags: in_language(played.audio_languages, tags)),
        (wanted.subtitle_languages, lambda tags: in_language(played.subtitle_languages, tags)),
    )
    found = [condition(value) for value, condition in given if value]
    found += [made_by(wanted.person_id)] if wanted.person_id is not None else []
    found += [year >= wanted.release_year_from] if wanted.release_year_from is not None else []
    found += [year <= wanted.release_year_to] if wanted.release_year_to is not None else []
    return found + ([in_state(wanted.state, request)] if wanted.state else [])


def in_genres(ids: list[Id]) -> ColumnElement[bool]:
    genre = TITLE_GENRE.c
    return exists().where(genre.title_id == TITLE.c.id, among(genre.genre_id, known(uuids(ids))))


def in_language(column: Any, tags: list[LanguageTag]) -> ColumnElement[bool]:
    """Whether the film or one of the episodes has a track in one of the languages."""
    played = PUBLISHED_PLAYABLE.c
    one_of = column.has_any(cast([tag for tag in tags if storable(tag)], ARRAY(String)))
    return exists().where(played.title_id == TITLE.c.id, played.kind != PlayableKind.TRAILER, one_of)


def made_by(person_id: Id) -> ColumnElement[bool]:
    return exists().where(CREDIT.c.title_id == TITLE.c.id, among(CREDIT.c.person_id, known(uuids([person_id]))))


def in_state(state: AvailabilityState, request: Request) -> ColumnElement[bool]:
    now = playable_now(TITLE.c.id, request)
    return now if state is AvailabilityState.AVAILABLE else not_(now)


def popularity() -> Any:
    """How much the statement's title is watched, from 0 to 1."""
    score = select(POPULARITY.c.score).where(POPULARITY.c.title_id == TITLE.c.id).correlate(TITLE).scalar_subquery()
    return func.coalesce(score, 0.0)


def leaves_at(request: Request) -> Any:
    """When the statement's title leaves the country: the first close that no other window bridges."""
    window, other = PUBLISHED_WINDOW, PUBLISHED_WINDOW.alias("other")
    closes_at = func.coalesce(window.c.closes_at, literal(NEVER))
    bridged = exists().where(
        other.c.title_id == window.c.title_id,
        other.c.country == window.c.country,
        other.c.opens_at <= closes_at,
        func.coalesce(other.c.closes_at, literal(NEVER)) > closes_at,
    )
    closes = select(func.min(closes_at)).where(*in_window(TITLE.c.id, request), not_(bridged))
    return closes.correlate(TITLE).scalar_subquery()


def sorting(sort: TitleSort, request: Request) -> tuple[Any, Order]:
    """What titles are sorted by, and how a cursor says it."""
    if sort is TitleSort.POPULARITY:
        return popularity(), Order(sort.value, real, descending=True)
    if sort is TitleSort.RELEASE_DATE:
        return func.coalesce(TITLE.c.release_year, 0), Order(sort.value, integer, descending=True)
    if sort is TitleSort.NAME:
        return func.public.folded(name_of(request)).cast(String), Order(sort.value, words)
    if sort is TitleSort.ADDED:
        return TITLE.c.added_at, Order(sort.value, instant, descending=True)
    return leaves_at(request), Order(sort.value, instant)


async def titles(
    request: Request,
    *,
    filter: TitleFilter | None = None,
    sort: TitleSort = TitleSort.POPULARITY,
    first: int | None = 20,
    after: str | None = None,
) -> Page[AnyTitle]:
    """The titles that exist for the viewer: the most watched, newest, alphabetically or soonest to leave first.

    BadInput for a filter that can't be: see `checked_filter`.
    """
    key, order = sorting(sort, request)
    filter = await checked_filter(request, filter)
    source: Select[Any] = visible_titles(request, *conditions(filter, request)).add_columns(key.label("sort_key"))
    return await title_page(request, source, order, first, after)
