"""The starter catalogue as the simulator of households sees it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.catalog import Playable, PlayableKind, Season, Title, TitleKind
from models.published import PublishedWindow
from resolvers.viewing import rules
from runtime.database import Database
from sandbox.catalogue import StarterTitle, read
from sandbox.films import FILMS, Film
from sandbox.households import Opening
from sandbox.households import Playable as SimulatedPlayable
from sandbox.households import Title as SimulatedTitle
from server.seed.ids import seed_id

WINDOWS = select(
    col(PublishedWindow.title_id),
    col(PublishedWindow.country),
    col(PublishedWindow.minimum_age),
    col(PublishedWindow.opens_at),
    col(PublishedWindow.closes_at),
)
PLAYABLES: Any = (
    select(
        col(Playable.id),
        col(Playable.kind),
        col(Playable.title_id),
        col(Title.slug),
        col(Playable.asset_id),
        col(Season.number).label("season"),
        col(Playable.number),
    )
    .join(Title, col(Title.id) == col(Playable.title_id))
    .outerjoin(Season, col(Season.id) == col(Playable.season_id))
    .where(col(Playable.kind) != PlayableKind.TRAILER)
    .order_by(col(Playable.title_id), col(Season.number), col(Playable.number))
)


def asset_id(film: Film) -> UUID:
    """The id of the media asset of one of our own films."""
    return seed_id("film", film.slug)


FILM_OF = {asset_id(film): film for film in FILMS}


@dataclass(frozen=True)
class Repertoire:
    """What households can watch: the titles, and what the rules of viewing need to know of each playable."""

    titles: Sequence[SimulatedTitle]
    playables: Mapping[UUID, rules.Playable]


async def repertoire(database: Database, now: datetime) -> Repertoire:
    """The published titles of the starter catalogue that play one of our films."""
    rows, openings = await published(database)
    entries = read(now=now).by_slug
    by_title: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.slug in entries and row.asset_id in FILM_OF and row.title_id in openings:
            by_title[row.slug].append(row)
    titles = [simulated(entries[slug], rows, openings[rows[0].title_id]) for slug, rows in sorted(by_title.items())]
    ruled = [playable for rows in by_title.values() for playable in in_order(rows)]
    return Repertoire(titles, {playable.playable_id: playable for playable in ruled})


async def published(database: Database) -> tuple[Sequence[Any], Mapping[UUID, Sequence[Opening]]]:
    """All playables but trailers, in the order of their series; and where and for whom each title opens."""
    async with database.read("catalog") as db:
        windows = (await db.execute(WINDOWS)).all()
        playables = (await db.execute(PLAYABLES)).all()
    openings: defaultdict[UUID, list[Opening]] = defaultdict(list)
    for row in windows:
        openings[row.title_id].append(Opening(row.country, row.minimum_age, row.opens_at, row.closes_at))
    return playables, openings


def simulated(entry: StarterTitle, rows: Sequence[Any], openings: Sequence[Opening]) -> SimulatedTitle:
    return SimulatedTitle(
        rows[0].title_id,
        kind=TitleKind[entry.kind.name],
        genres=entry.genres,
        year=entry.release_year,
        people=frozenset(credit.person for credit in entry.credits),
        popularity=entry.popularity,
        openings=tuple(openings),
        playables=tuple(SimulatedPlayable(row.id, FILM_OF[row.asset_id].seconds * 1000) for row in rows),
    )


def in_order(rows: Sequence[Any]) -> Iterator[rules.Playable]:
    """A title's playables, each of which knows the next."""
    for row, following in zip_longest(rows, rows[1:]):
        film = FILM_OF[row.asset_id]
        next_id = following.id if following else None
        yield rules.Playable(row.id, row.title_id, row.kind, film.seconds * 1000, film.credits[0], next_id)
