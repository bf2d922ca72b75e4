"""Genres by whatever a line may call them: the slug, or the name in any language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from models.columns import new_id
from resolvers.catalog.editing.drafts import numbered, slug_of
from resolvers.catalog.editing.people import spelt
from resolvers.catalog.editing.rules import SLUG
from resolvers.catalog.tables import GENRE


@dataclass
class Genres:
    """The genres that there are, with those that lines need besides: `new` has the rows of these."""

    by_slug: dict[str, UUID] = field(default_factory=dict)
    by_name: dict[str, UUID] = field(default_factory=dict)
    new: list[dict[str, Any]] = field(default_factory=list)
    told: int = 0

    def add(self, id_: UUID, slug: str, names: Mapping[str, str]) -> None:
        self.by_slug[slug] = id_
        for name in names.values():
            self.by_name.setdefault(folded(name), id_)

    def fresh(self) -> list[dict[str, Any]]:
        """The rows that came since this was last asked."""
        rows = self.new[self.told :]
        self.told = len(self.new)
        return rows

    def find(self, name: str) -> UUID | None:
        """By its slug, its name, or a name that makes the slug."""
        return self.by_slug.get(name) or self.by_name.get(folded(name)) or self.by_slug.get(own_slug(name) or "")

    def find_or_make(self, name: str, language: str) -> UUID:
        """The genre; a new one is called as it is here, one that is named by a slug after that."""
        if found := self.find(name):
            return found
        slug = numbered(own_slug(name) or "genre", set(self.by_slug))
        label = spelt(name)
        names = {language: label.replace("-", " ").capitalize() if SLUG.fullmatch(label) else label}
        id_ = new_id()
        self.add(id_, slug, names)
        self.new.append({"id": id_, "slug": slug, "names": names})
        return id_


def folded(name: str) -> str:
    return spelt(name).casefold()


def own_slug(name: str) -> str | None:
    """The slug of the name's own letters; None where it has none of ours, for then all such names have one slug."""
    slug = slug_of(name)
    return slug if slug != slug_of("") or folded(name) == slug else None


async def known_genres(db: AsyncSession | AsyncConnection) -> Genres:
    genres = Genres()
    for row in await db.execute(select(GENRE.c.id, GENRE.c.slug, GENRE.c.names).order_by(GENRE.c.id)):
        genres.add(row.id, row.slug, row.names)
    return genres
