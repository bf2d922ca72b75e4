"""Draws the starter catalogue's posters and backdrops; a picture's row comes once the picture is stored."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from models.catalog import Artwork
from models.catalog import ArtworkKind as Kind
from runtime.database import Database
from runtime.storage import Storage
from sandbox.artwork import ArtworkKind, PosterSubject, alt_text, draw
from sandbox.catalogue import CreditRole, StarterTitle, read
from sandbox.seed_catalog import Report, id_of, title_id

LABEL = "Drawing posters and backdrops"
MEDIA_TYPE = "image/jpeg"
KINDS: tuple[ArtworkKind, ...] = ("POSTER", "BACKDROP")


class Measured(Protocol):
    """What a picture turns out to be: width and height in pixels, and its BlurHash."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def blurhash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to be drawn, and where it goes."""

    title_id: UUID
    kind: ArtworkKind
    subject: PosterSubject

    @property
    def id(self) -> UUID:
        return id_of("artwork", self.subject.slug, self.kind)

    @property
    def key(self) -> str:
        """Where it lies in object storage."""
        return f"artwork/{self.subject.slug}/{self.kind.lower()}.jpg"

    def row(self, measured: Measured) -> Artwork:
        """Its row; posters bear words in English, backdrops none."""
        return Artwork(
            id=self.id,
            owner_id=self.title_id,
            kind=Kind(self.kind),
            language="en" if self.kind == "POSTER" else None,
            object_key=self.key,
            width=measured.width,
            height=measured.height,
            blurhash=measured.blurhash,
            alt=alt_text(self.kind, self.subject),
        )


Measure = Callable[[bytes], Measured]
Drawn = tuple[bytes, Measured]


class Pool(Protocol):
    """Calls a module's function for each subject in other processes, and gives the results as they come."""

    def __call__(
        self, draw: Callable[[Picture], Drawn], subjects: Sequence[Picture], /
    ) -> AsyncIterator[tuple[Picture, Drawn]]: ...


def pictures(titles: Sequence[StarterTitle]) -> list[Picture]:
    """All that is to be drawn, the posters of what is watched most first."""
    best_first = sorted(titles, key=lambda title: (-title.popularity, title.slug))
    return [Picture(title_id(title.slug), kind, subject_of(title)) for kind in KINDS for title in best_first]


def subject_of(title: StarterTitle) -> PosterSubject:
    director = next(iter(title.people(CreditRole.DIRECTOR)), "")
    return PosterSubject(title.slug, title.name, title.genres, title.release_year, director)


def draw_picture(measure: Measure, picture: Picture) -> Drawn:
    """The encoded picture, and what it turns out to be; for use in a pool of processes."""
    data = draw(picture.kind, picture.subject)
    return data, measure(data)


async def draw_all(database: Database, storage: Storage, report: Report, *, pool: Pool, measure: Measure) -> None:
    """Draws and stores what is missing; a run after a killed one goes on where that one stopped."""
    async with database.read("catalog") as db:
        there = set((await db.execute(select(col(Artwork.id)))).scalars())
    wanted = pictures(read().titles)
    missing = [picture for picture in wanted if picture.id not in there]
    done = len(wanted) - len(missing)
    report(LABEL, done, len(wanted))
    async for picture, (data, measured) in pool(partial(draw_picture, measure), missing):
        await storage.put(picture.key, data, MEDIA_TYPE)
        async with database.write("catalog") as session:
            row = picture.row(measured).model_dump()
            await session.execute(insert(Artwork).values(row).on_conflict_do_nothing())
        done += 1
        report(LABEL, done, len(wanted))
