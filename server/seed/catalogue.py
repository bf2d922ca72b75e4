"""The starter catalogue, and our own films that it plays."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from models.catalog import MediaAsset, MediaAssetStatus, Title
from resolvers.catalog.publish import publish
from runtime.database import Database, among
from runtime.jobs import enqueue
from sandbox.catalogue import Kind, StarterTitle, read
from sandbox.films import FILMS, Film
from sandbox.seed_catalog import House, seed_catalog, title_id
from server.run.screen import Report
from server.seed.starter import asset_id

UNFINISHED = (MediaAssetStatus.QUEUED, MediaAssetStatus.PROCESSING)


async def seed_catalogue(database: Database, now: datetime, report: Report) -> None:
    """Stores and publishes the titles that are not there, and queues the making of the films that they play."""
    assets = {film.slug: asset_id(film) for film in FILMS}
    titles = read(now=now).titles
    await seed_films(database, titles, assets, now)
    if not await all_there(database, col(Title.id), {title_id(title.slug) for title in titles}):
        await seed_catalog(database, now, report, publish=publish, assets=assets)


async def all_there(database: Database, column: Any, ids: Collection[UUID]) -> bool:
    """Whether each of the ids has its row."""
    query = select(func.count()).where(among(column, list(ids)))
    async with database.read("catalog") as db:
        return (await db.execute(query)).scalar_one() == len(ids)


async def seed_films(
    database: Database, titles: Collection[StarterTitle], assets: Mapping[str, UUID], now: datetime
) -> None:
    """Makes the assets that are not there, and sees to it that each unfinished one has a job, whatever befell the last.

    A job that waits or runs is not queued a second time.
    """
    for film in FILMS:
        stored = insert(MediaAsset).values(asset_of(film, titles, assets, now).model_dump())
        status = select(col(MediaAsset.status)).where(col(MediaAsset.id) == assets[film.slug])
        async with database.write("catalog") as db:
            await db.execute(stored.on_conflict_do_nothing())
            if await db.scalar(status) in UNFINISHED:
                payload = orjson.dumps({"asset_id": assets[film.slug], "slug": film.slug})
                await enqueue(db, "house_film", payload, once=f"house_film:{film.slug}")


def asset_of(film: Film, titles: Collection[StarterTitle], assets: Mapping[str, UUID], now: datetime) -> MediaAsset:
    return MediaAsset(
        id=assets[film.slug],
        target_id=target_of(film, titles, assets),
        filename=f"{film.slug}.mp4",
        source_key=f"sources/house/{film.slug}.mp4",
        status=MediaAssetStatus.QUEUED,
        created_at=now,
    )


def target_of(film: Film, titles: Collection[StarterTitle], assets: Mapping[str, UUID]) -> UUID:
    """The best known of the films that it is shown for: an asset is of one title, even where others share it."""
    house = House(assets)
    known = sorted(titles, key=lambda title: -title.popularity)
    ids = (title_id(title.slug) for title in known if title.kind is Kind.MOVIE)
    return next(id_ for id_ in ids if (playing := house.playing(id_)) and playing[1] is film)
