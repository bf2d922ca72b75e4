"""What is true of profiles and titles, of these by the catalogue's own tables, which viewing does not read."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text

from runtime.resources import Resources

TRIED = 0.25
"""Who saw less of everything in a title was not told by it what they like."""
GENRES = text(
    "select g.title_id, g.genre_id, n.names from catalog.title_genre g join catalog.genre n on n.id = genre_id"
)
PEOPLE = text("select c.title_id, p.name from catalog.credit c join catalog.person p on p.id = c.person_id")
NAMES = text(
    "select x.title_id, x.language, x.name, t.original_language as original from catalog.title_text x"
    " join catalog.title t on t.id = x.title_id"
)
AGES = text("select title_id, country, max(minimum_age) as age from catalog.published_window group by 1, 2")
POPULARITY = text("select title_id, score from viewing.published_popularity")
WATCHED = text(
    "select profile_id, title_id, sum(case when watched then 1 else position_ms::float8 / duration_ms end) as share,"
    " max(updated_at) as at from viewing.progress group by 1, 2"
)
SAID = text(
    "select profile_id, title_id, thumb::text as what from viewing.title_thumb"
    " union all select profile_id, title_id, 'LISTED' from viewing.list_item"
    " union all select profile_id, title_id, 'SEED' from viewing.taste_seed"
    " union all select profile_id, title_id, 'UNWANTED' from viewing.not_interested"
)


@dataclass
class Known:
    """What a profile did: how much of each title it watched (and when last), and what it said of which."""

    watched: dict[UUID, tuple[float, Any]] = field(default_factory=dict)
    said: defaultdict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    @property
    def refused(self) -> set[UUID]:
        return self.said["DOWN"] | self.said["UNWANTED"]

    @property
    def liked(self) -> set[UUID]:
        """All that may speak for what it likes."""
        tried = {id_ for id_, (share, _) in self.watched.items() if share >= TRIED}
        return tried.union(*(self.said[what] for what in ("UP", "DOUBLE_UP", "LISTED", "SEED")))


@dataclass
class Facts:
    """By titles: genres (by the names in each language), people (by their names), names by language, and popularity."""

    genres: defaultdict[UUID, dict[UUID, dict[str, str]]]
    people: defaultdict[UUID, set[str]]
    names: defaultdict[UUID, dict[str, str]]
    original: dict[UUID, str]
    ages: dict[tuple[UUID, str], int]
    popularity: dict[UUID, float]
    profiles: defaultdict[UUID, Known]

    def name(self, title_id: UUID, language: str) -> str:
        """The title's name in the language, or else in its own, or in English."""
        names = self.names[title_id]
        return next(names[tag] for tag in (language, self.original[title_id], "en") if tag in names)

    def genres_of(self, title_id: UUID, language: str) -> set[str]:
        return {names[language] for names in self.genres[title_id].values()}


async def facts_of(resources: Resources) -> Facts:
    """All of them, as they are now."""
    facts = Facts(*(defaultdict(dict), defaultdict(set), defaultdict(dict)), {}, {}, {}, defaultdict(Known))
    async with resources.database.read("catalog") as db:
        for row in await db.execute(GENRES):
            facts.genres[row.title_id][row.genre_id] = row.names
        for row in await db.execute(PEOPLE):
            facts.people[row.title_id].add(row.name)
        for row in await db.execute(NAMES):
            facts.names[row.title_id][row.language] = row.name
            facts.original[row.title_id] = row.original
        for row in await db.execute(AGES):
            facts.ages[row.title_id, row.country] = row.age
    async with resources.database.read("viewing") as db:
        facts.popularity.update({row.title_id: row.score for row in await db.execute(POPULARITY)})
        for row in await db.execute(WATCHED):
            facts.profiles[row.profile_id].watched[row.title_id] = row.share, row.at
        for row in await db.execute(SAID):
            facts.profiles[row.profile_id].said[row.what].add(row.title_id)
    return facts
