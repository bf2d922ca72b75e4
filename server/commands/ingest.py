"""`marquee ingest`: a film's or an episode's media, from a file here."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from media.errors import MediaError
from media.ingest import ingest
from media.source import store_source
from models.catalog import MediaAsset, Playable, PlayableKind, Season, Title
from models.columns import new_id
from resolvers.catalog.publish import one_at_a_time, publish_asset
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from server.commands import Stop
from server.run.screen import Report, Screen
from server.worker import work_folder

LOOK_EVERY = 0.5


async def ingest_file(settings: Settings, file: Path, title: str) -> None:
    """Encodes the file and makes the title play it; what it played before goes on playing until then."""
    if not file.is_file():
        raise Stop(f"There is no file {file}.")
    async with open_resources(settings, ("catalog",)) as resources:
        asset_id = await add_asset(resources, file, await find_playable(resources, title))
        folder = work_folder(settings)
        encoding = asyncio.create_task(
            ingest(resources.database.engines["catalog"], resources.storage, folder, asset_id, take_over)
        )
        with Screen().steps() as report:
            await show(resources, asset_id, encoding, file.name, report)
        try:
            await encoding
        except MediaError as error:
            raise Stop(f"{file}: {error}") from error


async def find_playable(resources: Resources, title: str) -> UUID:
    """The playable that `slug`, or `slug/season/episode`, names."""
    slug, *place = title.split("/")
    query = select(col(Playable.id)).join(Title, col(Title.id) == col(Playable.title_id)).where(col(Title.slug) == slug)
    if place:
        numbers = [int(number) for number in place if number.isdigit()]
        if len(numbers) != 2:
            raise Stop(f"{title!r} is not of the form slug/season/episode, such as flash-gordon/1/2.")
        query = query.join(Season, col(Season.id) == col(Playable.season_id)).where(
            col(Season.number) == numbers[0], col(Playable.number) == numbers[1]
        )
    else:
        query = query.where(col(Playable.kind) == PlayableKind.MOVIE)
    async with resources.database.read("catalog") as db:
        found: UUID | None = await db.scalar(query)
    if found is None:
        raise Stop(f"There is no film {title!r} (an episode is named by slug/season/episode).")
    return found


async def add_asset(resources: Resources, file: Path, target: UUID) -> UUID:
    """Puts the file, and the subtitles beside it, where an upload would lie; the new asset's id."""
    asset_id = new_id()
    source_key = await store_source(resources.storage, asset_id, file)
    async with resources.database.write("catalog") as db:
        db.add(
            MediaAsset(
                id=asset_id,
                target_id=target,
                filename=file.name,
                source_key=source_key,
                created_at=datetime.now(UTC),
            )
        )
    return asset_id


async def take_over(connection: AsyncConnection, asset_id: UUID) -> None:
    """Makes the asset's target play it, and tells the other subgraphs."""
    await one_at_a_time(connection)  # before the playable is locked, as whoever publishes does
    target = select(col(MediaAsset.target_id)).where(col(MediaAsset.id) == asset_id).scalar_subquery()
    await connection.execute(update(Playable).where(col(Playable.id) == target).values(asset_id=asset_id))
    await publish_asset(connection, asset_id)


async def show(resources: Resources, asset_id: UUID, encoding: asyncio.Task[None], name: str, report: Report) -> None:
    query = select(col(MediaAsset.progress), col(MediaAsset.stage)).where(col(MediaAsset.id) == asset_id)
    while not encoding.done():
        async with resources.database.read("catalog") as db:
            row = (await db.execute(query)).one()
        report(f"Encoding {name}", row.progress, 1, row.stage.name.lower() if row.stage else "")
        await asyncio.wait({encoding}, timeout=LOOK_EVERY)
    if not encoding.cancelled() and encoding.exception() is None:
        report(f"Encoding {name}", 1, 1, "it plays")
