"""The published titles as arrays in the process's memory, read anew when their revision in Postgres says so.

Every ranking masks by what is in here: what may be watched now, in one country, up to one age.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlalchemy import text

from models.catalog import TitleKind
from resolvers.viewing.references import TITLES, TitleRef
from runtime.request import Request

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]

# one row of packed columns: a hundred thousand rows of objects would take seconds, and the event loop with them; its
# revision is of the same snapshot, for rankings that are kept by it name titles by their places
STOCK = text(
    """
    select (select revision from catalog.published_revision where id = 1) as published,
        (select revision from viewing.popularity_revision where id = 1) as popular,
        string_agg(uuid_send(t.title_id), ''::bytea order by t.title_id) as ids,
        string_agg(int4send((t.kind = 'MOVIE')::int), ''::bytea order by t.title_id) as films,
        string_agg(float8send(extract(epoch from t.added_at)::float8), ''::bytea order by t.title_id) as added,
        string_agg(float8send(coalesce(p.score, 0)), ''::bytea order by t.title_id) as popularity,
        string_agg(int4send(cardinality(t.genre_ids)), ''::bytea order by t.title_id) as genre_counts,
        string_agg(g.ids, ''::bytea order by t.title_id) as genres
    from catalog.published_title t left join viewing.published_popularity p using (title_id),
        lateral (
            select string_agg(uuid_send(genre_id), ''::bytea) as ids from unnest(t.genre_ids) as genre_id
        ) g
    """
)
WINDOWS = text(
    """
    select string_agg(uuid_send(w.title_id), ''::bytea order by w.title_id, w.opens_at) as ids,
        string_agg(float8send(extract(epoch from w.opens_at)::float8), ''::bytea order by w.title_id, w.opens_at)
            as opens,
        string_agg(float8send(coalesce(extract(epoch from w.closes_at)::float8, 'infinity')), ''::bytea
            order by w.title_id, w.opens_at) as closes,
        string_agg(int4send(w.minimum_age), ''::bytea order by w.title_id, w.opens_at) as ages
    from catalog.published_window w join catalog.published_title using (title_id) where w.country = :country
    """
)


@dataclass(frozen=True, slots=True)
class Windows:
    """When titles may be watched in one country: the places of the titles, seconds since 1970, and minimum ages."""

    titles: Indices
    opens: NDArray[np.float64]
    closes: NDArray[np.float64]
    ages: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Openings:
    """What plays now for a viewer: whether, since when, and until when, of each title (seconds since 1970)."""

    playing: Mask
    since: NDArray[np.float64]
    until: NDArray[np.float64]


@dataclass(frozen=True)
class Stock:
    """N titles in the order of their ids; `genres` (N, G) has 1 where a title is of a genre."""

    revision: tuple[int, int]
    ids: Sequence[bytes]
    places: Mapping[bytes, int]
    films: Mask
    added: NDArray[np.float64]
    popularity: NDArray[np.float64]
    genre_ids: Sequence[UUID]
    genres: csr_array[Any]
    windows: dict[str, Windows]
    references: dict[int, TitleRef] = field(default_factory=dict)

    @cached_property
    def members(self) -> list[Indices]:
        """The places of each genre's titles."""
        by_genre = self.genres.tocsc()
        return [by_genre.indices[start:end].astype(np.intp) for start, end in pairwise(by_genre.indptr)]

    @cached_property
    def shares(self) -> csr_array[Any]:
        """(N, G): the genres of each title; they sum to 1 where there are any."""
        counts = np.maximum(np.diff(self.genres.indptr), 1)
        return csr_array(self.genres.multiply(1 / counts[:, None]))

    def openings(self, country: str, maximum_age: int, now: datetime) -> Openings:
        """What a viewer of the country up to that age may watch at that moment; `since` is when it was added, if that
        was later than its window's opening."""
        windows, moment = self.windows[country], now.timestamp()
        open_now = (windows.opens <= moment) & (moment < windows.closes) & (windows.ages <= maximum_age)
        titles = windows.titles[open_now]
        starts = np.flatnonzero(np.diff(titles, prepend=-1))  # of each title's windows, which are next to each other
        playing = np.zeros(len(self.ids), dtype=np.bool_)
        playing[titles] = True
        since, until = np.full(len(self.ids), np.inf), np.full(len(self.ids), -np.inf)
        if len(starts):
            since[playing] = np.minimum.reduceat(windows.opens[open_now], starts)
            until[playing] = np.maximum.reduceat(windows.closes[open_now], starts)
        return Openings(playing, np.maximum(since, self.added), until)

    def places_of(self, title_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Where those of the titles stand that are published."""
        return {id_: self.places[id_.bytes] for id_ in title_ids if id_.bytes in self.places}

    def id_of(self, place: int) -> UUID:
        return UUID(bytes=self.ids[place])

    def title(self, place: int) -> TitleRef:
        """The title as a reference; made once, for home has a thousand of them."""
        known = self.references.get(place)
        if known is None:
            kind = TitleKind.MOVIE if self.films[place] else TitleKind.SERIES
            known = self.references[place] = TITLES[kind](self.id_of(place))
        return known


class Shelf:
    """The process's stock; whoever finds it outdated reads it anew, and the others wait for that."""

    def __init__(self) -> None:
        self.stock: Stock | None = None
        self.lock = asyncio.Lock()


async def stock_of(request: Request, revision: tuple[int, int]) -> Stock:
    """The stock of at least this revision, with the windows of the request's country."""
    shelf: Shelf = request.resources.shared.setdefault(Shelf, Shelf())
    async with shelf.lock:
        stock = shelf.stock
        if stock is None or any(had < has for had, has in zip(stock.revision, revision, strict=True)):
            stock = shelf.stock = await read_stock(request)
        if request.country not in stock.windows:
            async with request.read("viewing") as db:
                found = (await db.execute(WINDOWS, {"country": request.country})).one()
            stock.windows[request.country] = await asyncio.to_thread(windows_in, stock.places, found)
    return stock


async def read_stock(request: Request) -> Stock:
    async with request.read("viewing") as db:
        row = (await db.execute(STOCK)).one()
    return await asyncio.to_thread(unpacked, row)


def unpacked(row: Any) -> Stock:
    ids = split(row.ids)
    counts = floats(row.genre_counts, ">i4").astype(np.int64)
    genre_ids, genres = genres_in(split(row.genres), counts)
    return Stock(
        (row.published, row.popular),
        ids,
        places={id_: place for place, id_ in enumerate(ids)},
        films=floats(row.films, ">i4") == 1,
        added=floats(row.added, ">f8"),
        popularity=floats(row.popularity, ">f8"),
        genre_ids=genre_ids,
        genres=genres,
        windows={},
    )


def windows_in(places: Mapping[bytes, int], row: Any) -> Windows:
    titles = np.array([places.get(id_, -1) for id_ in split(row.ids)], dtype=np.intp)
    known = titles >= 0  # a title that was published since the stock was read comes with the next one
    columns = (floats(row.opens, ">f8"), floats(row.closes, ">f8"), floats(row.ages, ">i4"))
    opens, closes, ages = (column[known] for column in columns)
    return Windows(titles[known], opens, closes, ages.astype(np.int64))


def split(packed: bytes | None) -> list[bytes]:
    """The 16 bytes of each id."""
    return [packed[at : at + 16] for at in range(0, len(packed), 16)] if packed else []


def floats(packed: bytes | None, kind: str) -> NDArray[Any]:
    """Numbers in network order as the machine's own."""
    found = np.frombuffer(packed or b"", dtype=kind)
    return found.astype(found.dtype.newbyteorder("="))


def genres_in(ids: Sequence[bytes], counts: NDArray[np.int64]) -> tuple[list[UUID], csr_array[Any]]:
    """The genres there are, and (N, G) which title has which: `ids` are those of each title's genres, on and on."""
    known = {id_: n for n, id_ in enumerate(sorted(set(ids)))}
    columns = np.array([known[id_] for id_ in ids], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(counts)])
    matrix = csr_array((np.ones(len(ids), np.float32), columns, ends), shape=(len(counts), len(known)))
    return [UUID(bytes=id_) for id_ in known], matrix
