"""Random catalogues, those who look at them, and the oracle that says what they see."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import text

from models.catalog import CreditRole, PublicationState
from runtime.request import UNRESTRICTED_AGE, Request, Viewer
from runtime.resources import Resources
from tests.catalog.shelf import LONG_AGO, Shelf
from tests.requests import make_request, make_viewer

NOW = datetime(2200, 1, 1, 12, tzinfo=UTC)
"""Later than any clock: a window that is over when its title is published was never to be seen."""
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
COUNTRIES = ["US", "DE"]
WHAT_BECOMES_OF_A_CATALOGUE = [
    *("collection", "title", "person", "genre", "published_title", "published_window", "title_change"),
    *("search_name", "search_text", "search_word", "title_shown", "published_playable"),
]
"""The tables to empty, for rows in all others go with those of these."""


@dataclass(frozen=True)
class Shown:
    """A title: windows are (country, opens, closes) in hours from now, ages by country."""

    state: PublicationState
    windows: tuple[tuple[str, int, int | None], ...]
    ages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Asker:
    """Who asks, and when: hours from now, or a microsecond before or after. Without an age it is nobody signed in."""

    country: str
    age: int | None
    at: int
    off: int = 0

    @property
    def now(self) -> datetime:
        return instant(self.at) + self.off * MICROSECOND

    def request(self, resources: Resources, scopes: frozenset[str] = frozenset()) -> Request:
        return make_request(resources, self.viewer(scopes), country=self.country, now=self.now)

    def viewer(self, scopes: frozenset[str]) -> Viewer | None:
        if self.age is None and not scopes:
            return None
        age = UNRESTRICTED_AGE if self.age is None else self.age
        return make_viewer(maximum_age=age, scopes=scopes, now=self.now)


def instant(hour: int) -> datetime:
    return NOW + hour * HOUR


def exists(title: Shown, asker: Asker) -> bool:
    """The oracle: published, rated for the viewer's age, and in a window of the country that has not closed."""
    return is_for(title, asker) and any(
        closes is None or instant(closes) > asker.now
        for country, _, closes in title.windows
        if country == asker.country
    )


def plays(title: Shown, asker: Asker) -> bool:
    """And one of the windows is open."""
    return exists(title, asker) and any(
        instant(opens) <= asker.now and (closes is None or instant(closes) > asker.now)
        for country, opens, closes in title.windows
        if country == asker.country
    )


def is_for(title: Shown, asker: Asker) -> bool:
    age = dict(title.ages).get(asker.country)
    return title.state is PublicationState.PUBLISHED and age is not None and (asker.age is None or age <= asker.age)


hours = st.integers(-3, 3)
windows = st.tuples(st.sampled_from(COUNTRIES), hours, st.none() | st.integers(1, 4)).map(
    lambda window: (window[0], window[1], None if window[2] is None else window[1] + window[2])
)
shown = st.builds(
    Shown,
    state=st.sampled_from([PublicationState.PUBLISHED] * 4 + list(PublicationState)),
    windows=st.lists(windows, min_size=1, max_size=3).map(tuple),
    ages=st.dictionaries(st.sampled_from(COUNTRIES), st.sampled_from([0, 12, 16])).map(lambda a: tuple(a.items())),
)
askers = st.builds(
    Asker,
    country=st.sampled_from(COUNTRIES),
    age=st.none() | st.sampled_from([0, 11, 12, 15, 16, 99]),
    at=hours,
    off=st.sampled_from([0, 0, -1, 1]),
)


@dataclass
class Stock:
    """The ids of a title and of what belongs to it alone."""

    id: UUID
    slug: str
    playable: UUID
    trailer: UUID
    person: UUID

    @property
    def is_film(self) -> bool:
        return self.playable == self.id


@dataclass
class World:
    """What stands in the catalogue; genre, collection and the person everybody works with are shared by all titles."""

    stock: list[Stock]
    genre: UUID
    collection: UUID
    everybody: UUID


async def put_up(titles: tuple[Shown, ...], resources: Resources) -> World:
    """Empties the catalogue and stores the titles: films, but for every third, which is a series. They were published
    long ago, as far as they are."""
    async with resources.database.write("catalog") as session:
        for table in WHAT_BECOMES_OF_A_CATALOGUE:
            await session.execute(text(f"delete from catalog.{table}"))
    shelf, made, stock = Shelf(), [], []
    for n, title in enumerate(titles):
        opened = [([c], instant(a), None if b is None else instant(b)) for c, a, b in title.windows]
        add = shelf.series if n % 3 == 2 else shelf.movie
        row = add(f"title-{n}", texts={"en": f"Moonrise {n}"}, windows=opened, ages=dict(title.ages), state=title.state)
        (playable, *_) = [playable for playable in shelf.rows_of("Playable") if playable.title_id == row.id]
        person, trailer = shelf.person(f"Georges {n}", row), shelf.trailer(row)
        stock.append(Stock(row.id, row.slug, playable.id, trailer.id, person.id))
        made.append(row)
    everybody = shelf.person("Everybody", *made, role=CreditRole.DIRECTOR)
    world = World(stock, shelf.genre("genre", *made).id, shelf.collection("list", *made).id, everybody.id)
    await shelf.store(resources)
    async with resources.database.write("catalog") as session:
        await session.execute(text("update catalog.title_change set changed_at = :then"), {"then": LONG_AGO})
    return world
