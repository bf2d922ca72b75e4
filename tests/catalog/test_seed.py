"""The starter catalogue, loaded: complete, safe to load twice, and every title of it plays."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from media.artwork import measured
from resolvers.catalog.publish import publish
from runtime.resources import Resources
from sandbox.artwork import size_of
from sandbox.catalogue import read
from sandbox.films import FILMS
from sandbox.seed_artwork import draw_all, draw_picture, pictures
from sandbox.seed_catalog import seed_catalog, title_id
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask
from tests.requests import NOW, make_request

LATER = NOW + timedelta(days=1)
TABLES = "title title_text genre title_genre person credit rating window artwork external_id season playable \
playable_text marker collection collection_title published_title published_window published_playable"


def quiet(label: str, done: float, total: float, note: str = "") -> None:
    assert 0 <= done <= total


async def load(resources: Resources, shelf: Shelf) -> None:
    assets = {film.slug: shelf.asset() for film in FILMS}
    await shelf.store(resources)
    await seed_catalog(
        resources.database, NOW, quiet, publish=publish, assets={slug: asset.id for slug, asset in assets.items()}
    )


async def counts(resources: Resources) -> dict[str, int]:
    async with resources.database.read("catalog") as db:
        found = [(await db.execute(text(f'select count(*) from catalog."{t}"'))).scalar_one() for t in TABLES.split()]
    return dict(zip(TABLES.split(), found, strict=True))


async def test_everything_is_stored_and_twice_is_as_once(resources: Resources, shelf: Shelf) -> None:
    starter = read(now=NOW)
    await load(resources, shelf)
    once = await counts(resources)
    assert once["title"] == once["published_title"] == len(starter.titles)
    assert once["person"] == len(starter.people)
    assert once["credit"] == sum(len(title.credits) for title in starter.titles)
    films = sum(not title.seasons for title in starter.titles)
    episodes = sum(len(season.episodes) for title in starter.titles for season in title.seasons)
    assert once["playable"] == once["published_playable"] == films + episodes
    await load(resources, Shelf())
    assert await counts(resources) == once


async def test_what_an_editor_changed_stays(resources: Resources, shelf: Shelf) -> None:
    await load(resources, shelf)
    async with resources.database.write("catalog") as session:
        await session.execute(text("update catalog.title_text set name = 'Changed' where language = 'en'"))
    await load(resources, Shelf())
    [edge] = (await ask(schema, make_request(resources), "{ titles(first: 1) { edges { node { name } } } }"))["titles"][
        "edges"
    ]
    assert edge["node"]["name"] == "Changed"


async def test_every_title_answers_and_plays(resources: Resources, shelf: Shelf) -> None:
    await load(resources, shelf)
    fields = """slug name originalName synopsis maturity { code } genres { name } availability { state } badges
        ... on Movie { runtimeMs maxHeight markers { kind } }
        ... on Series { seasons { name episodes { edges { node { name runtimeMs } } } } }"""
    query = f"""query($after: String) {{ titles(sort: NAME, first: 100, after: $after) {{
        edges {{ node {{ {fields} }} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    seen: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        connection = (await ask(schema, make_request(resources), query, after=after))["titles"]
        seen += [edge["node"] for edge in connection["edges"]]
        after, more = connection["pageInfo"]["endCursor"], connection["pageInfo"]["hasNextPage"]
    starter = read(now=NOW)
    windows = [(title.slug, window) for title in starter.titles for window in title.windows]
    still = {slug for slug, window in windows if "US" in window.countries and (window.closes_at or LATER) > NOW}
    assert sorted(title["slug"] for title in seen) == sorted(still)
    for title in seen:
        episodes = [edge["node"] for season in title.get("seasons", ()) for edge in season["episodes"]["edges"]]
        assert all(playable["runtimeMs"] == 600_000 for playable in episodes or [title]), title["slug"]
    assert {title["availability"]["state"] for title in seen} == {"AVAILABLE", "COMING_SOON"}
    assert any("LEAVING_SOON" in title["badges"] for title in seen)


async def test_pictures_are_stored_and_drawn_once(resources: Resources, shelf: Shelf) -> None:
    await load(resources, shelf)
    drawn: list[str] = []

    async def first_two(draw: Callable[..., Any], subjects: Sequence[Any]) -> AsyncIterator[Any]:
        for subject in subjects[:2]:
            drawn.append(subject.key)
            yield subject, draw(subject)

    for _ in range(2):
        await draw_all(resources.database, resources.storage, quiet, pool=first_two, measure=measured)
    assert len(set(drawn)) == len(drawn) == 4
    slug = drawn[0].split("/")[1]
    query = f'{{ title(slug: "{slug}") {{ id artwork(kind: POSTER) {{ url width height blurhash alt }} }} }}'
    title = (await ask(schema, make_request(resources), query))["title"]
    assert title["id"] == str(title_id(slug))
    assert (title["artwork"]["width"], title["artwork"]["height"]) == size_of("POSTER")
    poster = next(picture for picture in pictures(read(now=NOW).titles) if picture.key == drawn[0])
    assert title["artwork"]["url"].startswith(f"http://127.0.0.1:8000/artwork/{poster.id}/{size_of('POSTER')[0]}/")
    data, looks = draw_picture(measured, poster)
    assert await resources.storage.get(drawn[0]) == data
    assert title["artwork"]["blurhash"] == looks.blurhash
