"""What there is to watch: a film and a series with something in every field, five times over.

`open` exists for all, and so do `more` and the films of `rest`, which nobody has seen, and `edited`, which editors may
change; `mature` for adults alone, and `abroad` for nobody in the country that the tests ask from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from models.catalog import ArtworkKind, ExternalId, MarkerKind, PlayableText, Rating, Title
from models.published import PublishedPopularity
from runtime.resources import Resources
from tests.catalog.shelf import LONG_AGO, Shelf
from tests.modelled import rank_by_hand

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Stock:
    """The ids of a film and a series, and of what belongs to them, by kind."""

    name: str
    ids: dict[str, UUID]


async def stocked(resources: Resources) -> dict[str, Stock]:
    shelf = Shelf()
    made = [
        put(shelf, "open", 0, ["US"]),
        put(shelf, "more", 0, ["US"]),
        put(shelf, "edited", 0, ["US"]),
        put(shelf, "mature", 18, ["US"]),
        put(shelf, "abroad", 0, ["DE"]),
    ]
    rest = [shelf.movie(f"rest-{n}") for n in range(REST)]
    await shelf.store(resources)
    async with resources.database.write("viewing") as db:
        db.add_all(PublishedPopularity(title_id=stock.ids[kind], score=0.5) for stock in made for kind in KINDS)
    made[0].ids["another"] = made[1].ids["movie"]
    made.append(Stock("rest", {f"film {n}": film.id for n, film in enumerate(rest)}))
    return {stock.name: stock for stock in made}


async def model_trained(resources: Resources, stock: Mapping[str, Stock], folder: Path) -> None:
    """A model to which all is alike that everybody may watch, and whose features are the genres."""
    seen = [stock[name].ids[kind] for name in ("open", "more") for kind in KINDS]
    hidden = [stock[name].ids[kind] for name in ("mature", "abroad") for kind in KINDS]
    features = {of.ids[kind]: [f"genre:{of.ids['genre']}"] for of in stock.values() for kind in KINDS if kind in of.ids}
    await rank_by_hand(resources, folder, datetime.now(UTC), [[*seen, *stock["rest"].ids.values()], hidden], features)


KINDS = ("movie", "series")
REST = 8
"""So many that more than one row has something to show: above the fold no title stands twice."""


def put(shelf: Shelf, name: str, age: int, countries: list[str]) -> Stock:
    windows = [(countries, LONG_AGO, datetime.now(UTC) + SOON)]
    asset = shelf.asset()
    movie = shelf.movie(f"{name}-film", asset=asset, synopsis="One. Two.", ages={}, windows=windows)
    series = shelf.series(f"{name}-series", synopsis="One. Two.", ages={}, windows=windows, aired=LONG_AGO.date())
    for title in (movie, series):
        shelf.picture(title.id)
        for country in ("US", "DE"):
            rating = Rating(title_id=title.id, country=country, system="S", code=str(age), minimum_age=age)
            shelf.add(rating).advisories = ["Loud music"]
    ids = {"movie": movie.id, "title": movie.id, "series": series.id}
    ids |= parts(shelf, name, movie, series)
    return Stock(name, ids)


def parts(shelf: Shelf, name: str, movie: Title, series: Title) -> dict[str, UUID]:
    """What belongs to both titles; whatever plays has a picture, markers and the asset of the film."""
    trailer = shelf.trailer(movie)
    shelf.add(PlayableText(playable_id=trailer.id, language="en", name="A trailer"))
    (asset,) = shelf.rows_of("MediaAsset")[-1:]
    episodes = [row for row in shelf.rows_of("Playable") if row.title_id == series.id]
    for playable in (trailer, *episodes):
        playable.asset_id = asset.id
        shelf.picture(playable.id, ArtworkKind.POSTER)
    for id_ in (movie.id, trailer.id, *(episode.id for episode in episodes)):
        shelf.marker(id_, MarkerKind.CHAPTER, 0, 1000).label = "One"
    person = shelf.person(f"{name} person", movie, series)
    shelf.picture(person.id)
    for picture in shelf.rows_of("Artwork"):
        picture.blurhash = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
    for title in (movie, series):
        shelf.trailer(title)
        shelf.add(ExternalId(title_id=title.id, source="wikidata", value=name))
    return {
        "trailer": trailer.id,
        "playable": trailer.id,
        "episode": episodes[0].id,
        "person": person.id,
        "genre": shelf.genre(f"{name}-genre", movie, series).id,
        "collection": shelf.collection(f"{name}-collection", movie, series).id,
    }
