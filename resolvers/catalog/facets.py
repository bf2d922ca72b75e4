"""What a search's titles have in common, counted: kinds, genres, decades, audio languages."""

from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy import CTE, Select, String, cast, func, literal, select, true, union_all

from models.catalog import PlayableKind, TitleKind
from resolvers.catalog.languages import say
from resolvers.catalog.rows import BucketRow, FacetField, FacetRow
from resolvers.catalog.search.hits import forgive, title_hits
from resolvers.catalog.search.results import SearchRow
from resolvers.catalog.tables import GENRE, PUBLISHED_PLAYABLE, TITLE, TITLE_GENRE
from resolvers.texts import best
from runtime.database import among
from runtime.request import Request
from runtime.scalars import uuid_of

KINDS = {
    TitleKind.MOVIE.value: {"en": "Films", "de": "Filme", "es": "Películas", "fr": "Films"},
    TitleKind.SERIES.value: {"en": "Series", "de": "Serien", "es": "Series", "fr": "Séries"},
}
DECADE = {"en": "{}s", "de": "{}er", "es": "Años {}", "fr": "Années {}"}


async def facets_of(request: Request, asked: Sequence[SearchRow]) -> list[list[FacetRow]]:
    """For each search its facets, each with the fullest bucket first; people are in none."""
    return [await facets(request, search) for search in asked]


async def facets(request: Request, asked: SearchRow) -> list[FacetRow]:
    found = {field: FacetRow(field, []) for field in FacetField}
    if not asked.sought.words:
        return list(found.values())
    async with request.read("catalog") as db:
        await forgive(db, asked.sought)
        rows = (await db.execute(counts(title_hits(request, asked.sought, asked.filter).cte("hits")))).all()
        genres = [uuid_of(value) for field, value, _ in rows if field == FacetField.GENRE.value]
        names = (await db.execute(select(GENRE.c.id, GENRE.c.names).where(among(GENRE.c.id, genres)))).all()
    labels = {str(id_): best(texts, request.languages) or "" for id_, texts in names}
    for field, value, count in rows:
        label = labels[value] if field == FacetField.GENRE.value else label_of(request, FacetField(field), value)
        found[FacetField(field)].buckets.append(BucketRow(value, label, count))
    return list(found.values())


def counts(hits: CTE) -> Any:
    """(facet, value, number of titles) of all facets."""
    played = PUBLISHED_PLAYABLE
    decade = cast(TITLE.c.release_year - TITLE.c.release_year % 10, String)
    languages = func.jsonb_array_elements_text(played.c.audio_languages).table_valued("language").render_derived()
    spoken = select(played.c.title_id, languages.c.language).where(played.c.kind != PlayableKind.TRAILER)
    audio = spoken.select_from(played).join(languages, true()).distinct().subquery("spoken")
    titles = select(hits.c.id).join(TITLE, TITLE.c.id == hits.c.id)
    parts = (
        bucket(FacetField.KIND, titles, cast(TITLE.c.kind, String)),
        bucket(
            FacetField.GENRE, titles.join(TITLE_GENRE, TITLE_GENRE.c.title_id == TITLE.c.id), TITLE_GENRE.c.genre_id
        ),
        bucket(FacetField.DECADE, titles.where(TITLE.c.release_year.is_not(None)), decade),
        bucket(FacetField.AUDIO_LANGUAGE, titles.join(audio, audio.c.title_id == TITLE.c.id), audio.c.language),
    )
    every = union_all(*parts).subquery("buckets")
    return select(every).order_by(every.c.facet, every.c.titles.desc(), every.c.value)


def bucket(field: FacetField, titles: Select[Any], value: Any) -> Select[Any]:
    columns: list[Any] = [literal(field.value).label("facet"), cast(value, String).label("value")]
    counted = titles.with_only_columns(*columns, func.count().label("titles"))
    return counted.group_by(value)


def label_of(request: Request, field: FacetField, value: str) -> str:
    """What people call the bucket, in the request's language."""
    if field is FacetField.KIND:
        return say(KINDS[value], request)
    if field is FacetField.DECADE:
        return say(DECADE, request, value)
    return language_name(value, request)


def language_name(tag: str, request: Request) -> str:
    """The language's name by Unicode's CLDR; the tag itself where it has none."""
    try:
        reader = Locale.parse(request.languages[0] if request.languages else "en", sep="-")
        return Locale.parse(tag, sep="-").get_display_name(reader) or tag
    except (UnknownLocaleError, ValueError):
        return tag
