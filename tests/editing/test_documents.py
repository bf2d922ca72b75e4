"""Documents: what is published reads as one, and written back it is the same; as JSON too."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from models.catalog import MarkerKind, MediaAssetStatus, Season
from resolvers.catalog.editing.applied import apply
from resolvers.catalog.editing.document import TitleDocument, as_json, of_json
from resolvers.catalog.editing.stored import in_place, published_documents
from runtime.resources import Resources
from tests.catalog.shelf import Shelf


async def read(resources: Resources, *ids: UUID) -> dict[UUID, TitleDocument]:
    async with resources.database.read("catalog") as db:
        return await published_documents(db, ids)


async def write(resources: Resources, documents: dict[UUID, TitleDocument]) -> None:
    async with resources.database.write("catalog") as db:
        await apply(db, documents)


async def media(resources: Resources) -> dict[UUID, UUID]:
    async with resources.database.read("catalog") as db:
        return dict((await db.execute(text("select id, asset_id from catalog.playable"))).all())


async def test_what_is_written_back_is_the_same(resources: Resources, shelf: Shelf) -> None:
    film, series = shelf.full("one", shelf.asset())
    special = shelf.add(Season(series_id=series.id, number=0, names={"en": "Extras"}))
    shelf.marker(shelf.episode(special, 1).id, MarkerKind.INTRO, 0, 9_000)
    await shelf.store(resources)
    before, playing = await read(resources, film.id, series.id), await media(resources)
    await write(resources, before)
    assert await read(resources, film.id, series.id) == before
    assert await media(resources) == playing
    assert [len(before[id_].playables) for id_ in (film.id, series.id)] == [2, 4]


async def test_a_document_survives_json(resources: Resources, shelf: Shelf) -> None:
    film, series = shelf.full("one", shelf.asset())
    await shelf.store(resources)
    for document in (await read(resources, film.id, series.id)).values():
        assert of_json(as_json(document)) == document


async def test_episodes_may_change_places_and_go(resources: Resources, shelf: Shelf) -> None:
    series = shelf.series("s", seasons=1, episodes=3)
    await shelf.store(resources)
    document = (await read(resources, series.id))[series.id]
    first, second, third = document.playables
    moved = in_place([replace(first, number=2), replace(second, number=1)])
    await write(resources, {series.id: replace(document, playables=moved)})
    assert [entry.id for entry in (await read(resources, series.id))[series.id].playables] == [second.id, first.id]
    assert third.id not in await media(resources)


async def test_media_that_were_ready_first_are_attached(resources: Resources, shelf: Shelf) -> None:
    film, waits = shelf.movie("film"), shelf.movie("waits")
    ready, unready = shelf.asset(), shelf.asset(MediaAssetStatus.PROCESSING)
    ready.target_id, unready.target_id = film.id, waits.id
    await shelf.store(resources)
    assert await media(resources) == {film.id: None, waits.id: None}
    await write(resources, await read(resources, film.id, waits.id))
    assert await media(resources) == {film.id: ready.id, waits.id: None}
