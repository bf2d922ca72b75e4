"""A profile with a taste, in a random catalogue; and what it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from models.columns import new_id
from models.identity import ProfileKind
from models.published import PublishedPopularity, PublishedProfile
from models.viewing import (
    ContinueReason,
    ContinueWatching,
    Impression,
    ListItem,
    NotInterested,
    Progress,
    TasteSeed,
    Thumb,
    TitleThumb,
    TrainedModel,
)
from runtime.request import UNRESTRICTED_AGE, Request
from runtime.resources import Resources
from schema.viewing import schema
from tests.catalog.worlds import NOW, Asker, Stock, World
from tests.modelled import rank_by_hand
from tests.queries import ask
from tests.requests import make_request, make_viewer

WATCHED, UNWANTED, CHOSEN = (0, 1, 2), 3, 5
"""Which of a world's titles the profile has watched, the last of them long ago; does not want; and picked as a seed."""
SHOWN = """edges { node { __typename id matchScore } explanation { text evidence { label title { id } } } }"""
OF_TITLE = f"id matchScore moreLikeThis(first: 100) {{ {SHOWN} }}"
TITLES = f"""titles: _entities(representations: $given) {{
  ... on Movie {{ {OF_TITLE} }} ... on Series {{ {OF_TITLE} }} }}"""
SIGNED_OUT = f"query($given: [_Any!]!) {{ {TITLES} }}"
SIGNED_IN = f"""query($given: [_Any!]!, $profile: [_Any!]!, $genre: ID!) {{ {TITLES}
  tasteSeeds(first: 50) {{ id matchScore }}
  profile: _entities(representations: $profile) {{ ... on Profile {{
    home(first: 100) {{ modelVersion edges {{ node {{
      id kind heading seed {{ id }} titles(first: 100) {{ {SHOWN} }} }} }} }}
    recommendations(first: 100) {{ {SHOWN} }}
    ofGenre: recommendations(first: 100, genreId: $genre) {{ {SHOWN} }} }} }} }}"""


@dataclass
class Taster:
    """A grown-up's profile; each request says up to which age its token goes."""

    world: World
    account_id: UUID
    profile_id: UUID

    def request(self, resources: Resources, asker: Asker) -> Request:
        if asker.age is None:
            return make_request(resources, country=asker.country, now=asker.now)
        viewer = make_viewer(asker.age, self.account_id, self.profile_id, now=asker.now)
        return make_request(resources, viewer, country=asker.country, now=asker.now)

    async def ask(self, resources: Resources, asker: Asker) -> dict[str, Any]:
        """All that recommends anything; without a token only what is like each title."""
        ids = [str(of.id) for of in self.world.stock]
        given = {"given": [{"__typename": name, "id": id_} for name in ("Movie", "Series") for id_ in ids]}
        request = self.request(resources, asker)
        if asker.age is None:
            return dict(await ask(schema, request, SIGNED_OUT, **given))
        profile = [{"__typename": "Profile", "id": str(self.profile_id)}]
        return dict(await ask(schema, request, SIGNED_IN, profile=profile, genre=str(self.world.genre), **given))


async def settle(resources: Resources, world: World, model: Path | None) -> Taster:
    """Everything is watched, so that every title is popular; a model ranks if there is a folder to write it to."""
    taster = Taster(world, new_id(), new_id())
    profile = PublishedProfile(profile_id=taster.profile_id, account_id=taster.account_id, kind=ProfileKind.ADULT)
    profile.name, profile.maximum_age, profile.language = "Ada", UNRESTRICTED_AGE, "en"
    profile.subtitle_mode, profile.audio_languages, profile.subtitle_languages = "OFF", [], []
    async with resources.database.write("identity") as db:
        db.add(profile)
    async with resources.database.write("viewing") as db:
        await db.execute(delete(TrainedModel))
        db.add_all([PublishedPopularity(title_id=of.id, score=0.5) for of in world.stock])
        db.add_all(taste(taster.profile_id, world.stock))
    if model:
        await rank_by_hand(
            resources, model, NOW, circles(world), {id_: [f"genre:{world.genre}"] for id_ in ids_in(world)}
        )
    return taster


def ids_in(world: World) -> list[UUID]:
    """What the model knows: all but the newest title."""
    return [of.id for of in world.stock[:-1]]


def circles(world: World) -> Sequence[Sequence[UUID]]:
    """All titles are alike, and unlike others, which are no longer published."""
    return [ids_in(world), [new_id() for _ in range(3)]]


def taste(profile_id: UUID, stock: Sequence[Stock]) -> list[Any]:
    """Rows for those of the places that the stock has."""
    rows: list[Any] = []
    for n, of in enumerate(stock):
        about: dict[str, Any] = {"profile_id": profile_id, "title_id": of.id}
        at = NOW - timedelta(days=30 if n == WATCHED[-1] else n + 1)
        if n in WATCHED:
            seen = {"position_ms": 1, "duration_ms": 1, "watched": True, "play_count": 1, "updated_at": at}
            going_on = {"playable_id": of.playable, "reason": ContinueReason.IN_PROGRESS, "updated_at": at}
            rows += [Progress(**about, playable_id=of.playable, **seen), ContinueWatching(**about, **going_on)]
            rows += [TitleThumb(**about, thumb=Thumb.UP, rated_at=at), ListItem(**about, added_at=at)]
        elif n == UNWANTED:
            rows.append(NotInterested(**about, said_at=at))
        elif n == CHOSEN:
            rows.append(TasteSeed(**about, chosen_at=at))
        else:
            rows.append(Impression(**about, row_id="row", day=at.date(), count=2, buckets=""))
    return rows
