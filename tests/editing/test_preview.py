"""A preview is what the viewer would get: random titles, viewers and instants, compared after publishing."""

import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from models.catalog import ArtworkKind, PlayableKind, PublicationState, SeriesStatus, TitleKind
from models.columns import new_id
from resolvers.catalog.editing.commands import insert_title
from resolvers.catalog.editing.document import (
    PlayableEntry,
    RatingEntry,
    SeasonEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
    ordered,
)
from resolvers.catalog.editing.drafts import locked, save
from resolvers.catalog.editing.releasing import release
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.tables import ARTWORK
from runtime.request import Request
from runtime.resources import Resources
from runtime.scalars import Id
from schema.catalog import schema
from tests.editing.operations import Answer, change, create, editor, give_media, later, published, publisher
from tests.editing.operations import release as go
from tests.queries import ask
from tests.requests import NOW, make_request, make_viewer
from tests.served import Front

SHOWN = """{ name short: synopsis(length: SHORT) synopsis long: synopsis(length: LONG) tagline
  maturity { system code minimumAge advisories } availability { state from until } badges
  POSTER: artwork(kind: POSTER, width: 100) { url width height alt blurhash }
  LOGO: artwork(kind: LOGO) { url width height alt blurhash } }"""
PREVIEW = f"""query ($id: ID!, $country: CountryCode!, $language: LanguageTag, $at: DateTime, $age: Int) {{
  editorialTitle(id: $id) {{ preview(country: $country, language: $language, at: $at, maximumAge: $age) {SHOWN} }} }}"""
SEEN_BY_VIEWERS = f"query ($id: ID!) {{ title(id: $id) {SHOWN} }}"
LONG_AGO = NOW - timedelta(days=400)
EXAMPLES = 400 if os.environ.get("MARQUEE_SOAK") == "1" else 20
LANGUAGES = ["en", "de", "fr", "pt", "pt-BR", "es-419", "sr-Latn", "sra", "zh-Hant-TW"]
COUNTRIES = ["US", "DE", "SE"]
AGES = [0, 12, 18]
SYNOPSES = [None, "One. Two.", f"{'Long. ' * 20}{'Longer and longer. ' * 20}"]


@dataclass(frozen=True)
class Viewer:
    """Who looks, from where and when, in hours from now; None is what the request says."""

    country: str
    language: str | None
    age: int | None
    at: float | None


@dataclass(frozen=True)
class Case:
    """A title, its pictures (kind, language), whether viewers saw it long ago, and who looks."""

    document: TitleDocument
    pictures: tuple[tuple[ArtworkKind, str | None], ...]
    seen_before: bool
    viewers: tuple[Viewer, ...]


hours = st.sampled_from([-1000, -720, -24, -1, 0, 1, 24, 335, 336, 337, 719, 720, 721])
texts = st.lists(
    st.builds(TextEntry, st.sampled_from(LANGUAGES), st.sampled_from(["A", "B"]), st.sampled_from(SYNOPSES),
              st.sampled_from([None, "Tag."])),
    min_size=1, unique_by=lambda text: text.language,
)  # fmt: skip
windows = st.builds(
    lambda countries, start, length: WindowEntry(
        tuple(countries), NOW + timedelta(hours=start), length and NOW + timedelta(hours=start + length)
    ),
    st.lists(st.sampled_from(COUNTRIES), min_size=1, unique=True),
    hours,
    st.sampled_from([None, 1, 24, 336, 720]),
)
ratings = st.lists(
    st.builds(
        RatingEntry, st.sampled_from(COUNTRIES), st.just("X"), st.sampled_from(AGES), st.just("S"), st.just(("fear",))
    ),
    unique_by=lambda rating: rating.country,
)
episodes = st.lists(st.sampled_from([None, -40, -31, -30, -29, -1, 0, 1, 30]), max_size=3)


def document(
    series: bool, original: str, texts: list[TextEntry], windows: list[WindowEntry], ratings: list[RatingEntry],
    aired: list[int | None],
) -> TitleDocument:  # fmt: skip
    """A film, or a series whose episodes were aired so many days from now."""
    made = TitleDocument(
        TitleKind.MOVIE, "", original, None, 1927, tuple(texts), (), (), tuple(windows), tuple(ratings)
    )
    if not series:
        return made
    dates: list[date | None] = [None if days is None else (NOW + timedelta(days=days)).date() for days in aired]
    own = tuple(
        PlayableEntry(new_id(), PlayableKind.EPISODE, 1, n, air_date=day) for n, day in enumerate(dates, start=1)
    )
    trailer = PlayableEntry(new_id(), PlayableKind.TRAILER, air_date=NOW.date())
    season = (SeasonEntry(1, new_id(), {}),) if own else ()
    return replace(made, kind=TitleKind.SERIES, status=SeriesStatus.AIRING, seasons=season, playables=(*own, trailer))


documents = st.builds(
    document, st.booleans(), st.sampled_from(LANGUAGES), texts, st.lists(windows, max_size=4), ratings, episodes
)
viewers = st.builds(
    Viewer,
    st.sampled_from(COUNTRIES),
    st.none() | st.sampled_from(LANGUAGES),
    st.none() | st.sampled_from(AGES),
    st.none() | hours | hours.map(lambda at: at - 1 / 3600) | hours.map(lambda at: at + 1 / 3600),
)
pictures = st.lists(
    st.tuples(st.sampled_from([ArtworkKind.POSTER, ArtworkKind.LOGO]), st.none() | st.sampled_from(LANGUAGES)),
    max_size=4,
)
cases = st.builds(
    Case, documents, pictures.map(tuple), st.booleans(), st.lists(viewers, min_size=8, max_size=8).map(tuple)
)
OPEN = WindowEntry(("US",), LONG_AGO)
FULL = document(False, "fr", [TextEntry("fr", "A"), TextEntry("en", "B", *SYNOPSES[1:2], "Tag.")], [OPEN],
                [RatingEntry("US", "X", 12, "S")], [])  # fmt: skip


async def drafted(resources: Resources, case: Case) -> EditorialTitleRow:
    """The title with its pictures, stored as a draft, though it be one of a title that was seen before."""
    id_ = new_id()
    own = (PlayableEntry(id_, PlayableKind.MOVIE),) if case.document.kind is TitleKind.MOVIE else ()
    new = ordered(replace(case.document, slug=f"t-{id_}", playables=own or case.document.playables))
    older = replace(new, texts=(TextEntry("en", "Old"),), windows=(OPEN,), playables=own, seasons=())
    editing = make_request(resources)
    async with resources.database.write("catalog") as db:
        first = older if case.seen_before else new
        await insert_title(db, editing, EditorialTitleRow(id_, PublicationState.DRAFT, 1, None, None, None, first))
        if case.seen_before:
            await release(db, {id_: (older, 1)}, LONG_AGO)
            await save(db, await locked(db, Id(str(id_))), new, NOW)
        for kind, language in case.pictures:
            row = {"id": new_id(), "owner_id": id_, "kind": kind, "language": language, "object_key": "x"}
            await db.execute(insert(ARTWORK).values(row | {"width": 600, "height": 900, "alt": f"{kind} {language}"}))
        return await locked(db, Id(str(id_)))


async def previewed(resources: Resources, title: EditorialTitleRow, viewer: Viewer) -> Any:
    """What an editor is shown, who speaks Portuguese."""
    request = make_request(resources, make_viewer(scopes=frozenset({"catalog:edit"})), languages=("pt-BR", "en"))
    at = None if viewer.at is None else (NOW + timedelta(hours=viewer.at)).isoformat()
    given = {"country": viewer.country, "language": viewer.language, "age": viewer.age, "at": at}
    return comparable((await ask(schema, request, PREVIEW, id=str(title.id), **given))["editorialTitle"]["preview"])


async def seen(resources: Resources, title: EditorialTitleRow, viewer: Viewer) -> Any:
    """What that viewer gets then and there."""
    request: Request = make_request(
        resources,
        None if viewer.age is None else make_viewer(maximum_age=viewer.age),
        viewer.country,
        (viewer.language or "pt-BR", "en"),
        NOW + timedelta(hours=viewer.at or 0),
    )
    return comparable((await ask(schema, request, SEEN_BY_VIEWERS, id=str(title.id)))["title"])


def comparable(shown: Any) -> Any:
    """Editors' addresses of pictures are their own; which picture it is, and how wide, stands in both."""
    for kind in ("POSTER", "LOGO"):
        if shown and shown[kind]:
            shown[kind]["url"] = shown[kind]["url"].split("/")[-3:-1]
    return shown


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases)
@example(Case(FULL, ((ArtworkKind.POSTER, "fr"),), False, (Viewer("US", "fr", 12, 719), Viewer("US", "ja", None, 720))))
@example(Case(FULL, (), True, (Viewer("US", None, None, None), Viewer("US", None, 0, None))))
async def test_it_is_what_the_viewer_gets_once_it_is_published(resources: Resources, case: Case) -> None:
    title = await drafted(resources, case)
    before = [await previewed(resources, title, viewer) for viewer in case.viewers]
    async with resources.database.write("catalog") as db:
        await release(db, {title.id: (title.document, title.revision)}, NOW)
    assert before == [await seen(resources, title, viewer) for viewer in case.viewers]
    assert before == [await previewed(resources, title, viewer) for viewer in case.viewers]


NAMED = """query ($id: ID!, $country: CountryCode!, $language: LanguageTag, $at: DateTime, $age: Int) {
  editorialTitle(id: $id) { preview(country: $country, language: $language, at: $at, maximumAge: $age) {
    name badges } } }"""


async def preview_of(front: Front, film: Answer, **given: Any) -> Any:
    return (await front.data(NAMED, editor(front), id=film["id"], **given))["editorialTitle"]["preview"]


async def test_a_live_title_s_preview_is_of_its_draft(front: Front) -> None:
    film = await published(front)
    await change(front, editor(front), film, texts=[{"language": "en", "name": "Renamed"}])
    assert await preview_of(front, film, country="US") == {"name": "Renamed", "badges": ["NEW"]}
    assert (await front.data(SEEN_BY_VIEWERS, id=film["id"]))["title"]["name"] == "Metropolis"


async def test_what_is_scheduled_is_new_from_its_instant_on(front: Front) -> None:
    film = await create(front, editor(front))
    await give_media(front, film["id"])
    waiting = await go(front, publisher(front), film, later(days=40))
    for days, badges in [(41, ["NEW"]), (69, ["NEW"]), (71, [])]:
        assert (await preview_of(front, waiting, country="US", at=later(days=days)))["badges"] == badges


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"country": "UK"}, "`country`"),
        ({"country": "de"}, "`country`"),
        ({"country": "DE", "language": "klingon"}, "`language`"),
        ({"country": "DE", "age": -1}, "`maximumAge`"),
        ({"country": "DE", "at": "2026-01-01T00:00:00"}, "$at"),
    ],
)
async def test_a_viewer_that_there_is_not(front: Front, given: dict[str, Any], named: str) -> None:
    film = await create(front, editor(front))
    (error,) = (await front.ask(NAMED, editor(front), id=film["id"], **given))["errors"]
    assert named in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_the_ends_of_time(front: Front, at: str) -> None:
    film = await create(front, editor(front))
    assert (await preview_of(front, film, country="US", at=at))["name"] == "Metropolis"
    assert (await preview_of(front, film, country="US", language="EN-us"))["name"] == "Metropolis"
