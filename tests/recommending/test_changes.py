"""What a profile does, and what becomes of titles, shows on the next home, though rankings are kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from media.signing import EdgeSigner, UrlSigner
from models.catalog import TitleKind
from models.columns import new_id
from models.published import PublishedTitle, PublishedWindow
from resolvers.viewing import home
from resolvers.viewing.recommending import cache, personal
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from tests.recommending.facts import facts_of
from tests.recommending.members import NOON, Viewing, everybody, ids_in, of_kind
from tests.seeded import UNUSED_VALKEY
from tests.viewing.world import HEARTBEAT, SECRET, START, STOP, World

READY = text(
    "update catalog.published_playable set prefix = 'media/a/b', duration_ms = 6000000, min_height = 240,"
    " max_height = 1080, audio_languages = '[\"en\"]', subtitle_languages = '[]'"
)
CHANGED = "with told as (update catalog.published_revision set revision = revision + 1) "
TITLE = "mutation ($id: ID!) { %s { userErrors { code } } }"
DOWN, LOVED = TITLE % "rateTitle(titleId: $id, thumb: DOWN)", TITLE % "rateTitle(titleId: $id, thumb: DOUBLE_UP)"
UNRATED = TITLE % "rateTitle(titleId: $id)"
LISTED, UNLISTED = TITLE % "addToMyList(titleId: $id)", TITLE % "removeFromMyList(titleId: $id)"
UNWANTED, WANTED = TITLE % "notInterested(titleId: $id)", TITLE % "notInterested(titleId: $id, undo: true)"
WATCHED, UNWATCHED = (TITLE % f"markWatched(playableId: $id, watched: {said})" for said in ("true", "false"))
CLEARED, ALL_CLEARED = TITLE % "clearHistory(titleId: $id)", "mutation { clearHistory(all: true) { cleared } }"
CHOSEN = "mutation ($of: [ID!]!) { chooseTasteSeeds(titleIds: $of) { userErrors { code } } }"
Rows = list[dict[str, Any]]


@pytest.fixture
def rankings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each ranking of a home that is made, and none that was kept."""
    made: list[object] = []

    def counted(personal: Any) -> Any:
        made.append(personal.profile_id)
        return ranked_rows(personal)

    ranked_rows = home.ranked_rows
    monkeypatch.setattr(home, "ranked_rows", counted)
    return made


@pytest.fixture
async def viewing(resources: Resources) -> Viewing:
    """A member of a simulated household, to whom everything plays."""
    resources.shared[UrlSigner] = EdgeSigner(SECRET, "http://edge.test")
    async with resources.database.write("catalog") as db:
        await db.execute(READY)
    [(household, member)] = everybody(1)
    return Viewing(resources, household, member)


def picks_in(rows: Rows) -> list[UUID]:
    return ids_in(of_kind(rows, "TOP_PICKS")[0])


def suggested_in(rows: Rows) -> set[UUID]:
    kinds = ("TOP_PICKS", "BECAUSE_YOU_WATCHED", "GENRE")
    return {id_ for kind in kinds for row in of_kind(rows, kind) for id_ in ids_in(row)}


def below(rows: Rows) -> list[list[UUID]]:
    """The rows that are ranked."""
    return [ids_in(row) for row in rows if row["kind"] not in ("CONTINUE_WATCHING", "MY_LIST")]


async def kept(viewing: Viewing, rankings: list[object]) -> Rows:
    """Home, of which it is certain that its ranking is kept."""
    rows = await viewing.rows()
    made = len(rankings)
    assert await viewing.rows() == rows
    assert len(rankings) == made
    assert 0 < await viewing.resources.valkey.ttl(cache.keys_of(viewing.id)[0]) <= 300
    return rows


async def films(viewing: Viewing, count: int) -> list[UUID]:
    """The first films that are suggested."""
    fields = "recommendations(first: 100) { edges { node { __typename id } } }"
    edges = (await viewing.of_profile(fields))["recommendations"]["edges"]
    return [UUID(edge["node"]["id"]) for edge in edges if edge["node"]["__typename"] == "Movie"][:count]


async def test_whatever_a_profile_does_shows_at_once(viewing: Viewing, rankings: list[object]) -> None:
    [film] = await films(viewing, 1)
    for query, there in (
        (DOWN, False), (UNRATED, True), (UNWANTED, False), (WANTED, True), (WATCHED, False), (UNWATCHED, True),
        (WATCHED, False), (CLEARED, True),
    ):  # fmt: skip
        await kept(viewing, rankings)
        made = len(rankings)
        await viewing.ask(query, id=str(film))
        assert (film in suggested_in(await viewing.rows())) is there, query
        assert len(rankings) == made + 1, query


async def test_what_it_likes_changes_its_rows_at_once(viewing: Viewing, rankings: list[object]) -> None:
    liked, listed, *seeds = await films(viewing, 5)
    for query, given in (
        (LOVED, {"id": str(liked)}), (LISTED, {"id": str(listed)}), (UNLISTED, {"id": str(listed)}),
        (CHOSEN, {"of": [str(seed) for seed in seeds]}), (CHOSEN, {"of": []}), (ALL_CLEARED, {}),
    ):  # fmt: skip
        before, made = await kept(viewing, rankings), len(rankings)
        await viewing.ask(query, **given)
        rows = await viewing.rows()
        assert below(rows) != below(before), query
        assert len(rankings) == made + 1, query


async def test_a_play_changes_the_next_home(viewing: Viewing, rankings: list[object]) -> None:
    heard, stopped = await films(viewing, 2)
    later = replace(viewing, now=NOON + timedelta(minutes=95))
    for film, send in ((heard, beat), (stopped, stop)):
        before = await kept(viewing, rankings)
        assert film in suggested_in(before)
        given = {"playableId": str(film), "idempotencyKey": str(film)}
        session = (await viewing.ask(START, input=given))["startPlayback"]
        assert session["__typename"] == "PlaybackSession", session
        made = len(rankings)
        await send(later, session["id"])
        assert film not in suggested_in(await later.rows())
        assert len(rankings) == made + 1


async def beat(viewing: Viewing, session: str) -> None:
    given = {"sessionId": session, "sequence": 1, "positionMs": 5_700_000, "state": "PLAYING"}
    assert (await viewing.ask(HEARTBEAT, input=given))["heartbeat"]["userErrors"] == []


async def stop(viewing: Viewing, session: str) -> None:
    assert (await viewing.ask(STOP, id=session, at=5_700_000))["stopPlayback"]["userErrors"] == []


async def test_what_is_done_while_a_ranking_is_made_is_not_lost(
    viewing: Viewing, rankings: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    film = (await kept(viewing, rankings))[0] and (await films(viewing, 1))[0]
    await viewing.ask(LISTED, id=str(film))
    tastes_of = personal.tastes_of

    async def overtaken(*given: Any) -> Any:
        """Reads the tastes; before anything comes of that, the profile says that it does not want the film."""
        monkeypatch.setattr(personal, "tastes_of", tastes_of)
        tastes = await tastes_of(*given)
        await viewing.ask(UNWANTED, id=str(film))
        return tastes

    monkeypatch.setattr(personal, "tastes_of", overtaken)
    assert film in suggested_in(await viewing.rows()), "that one came too late for this home"
    assert film not in suggested_in(await viewing.rows())


async def test_a_new_title_is_suggested_by_its_features(viewing: Viewing, rankings: list[object]) -> None:
    facts = await facts_of(viewing.resources)
    liked = facts.profiles[viewing.id].liked
    genres = Counter({genre: 0 for of in facts.genres.values() for genre in of})
    genres.update(genre for id_ in liked for genre in facts.genres[id_])
    ranked = [genre for genre, _ in genres.most_common()]
    await kept(viewing, rankings)
    fitting, other = [await publish(viewing, of) for of in (ranked[:2], ranked[-2:])]
    rows = await viewing.rows()
    assert other in ids_in(of_kind(rows, "NEW_RELEASES")[0])[:2]
    assert fitting in suggested_in(rows)
    edges = "edges { node { id } explanation { evidence { kind label } } }"
    found = (await viewing.of_profile(f"recommendations(first: 100) {{ {edges} }}"))["recommendations"]["edges"]
    order = [UUID(edge["node"]["id"]) for edge in found]
    assert order.index(fitting) < len(order) / 3
    assert other not in order or order.index(fitting) < order.index(other)
    evidence = next(edge for edge in found if edge["node"]["id"] == str(fitting))["explanation"]["evidence"]
    names = {names["en"] for of in facts.genres.values() for id_, names in of.items() if id_ in ranked[:2]}
    assert {one["kind"] for one in evidence} == {"GENRE"}, "nobody has watched it yet"
    assert {one["label"] for one in evidence} <= {f"Because you like {name}" for name in names}


async def publish(viewing: Viewing, genres: Sequence[UUID]) -> UUID:
    """A new film of these genres."""
    title = PublishedTitle(title_id=new_id(), kind=TitleKind.MOVIE, genre_ids=list(genres), release_year=1930)
    title.added_at, title.names = NOON - timedelta(minutes=1), {"en": "A new one"}
    country = viewing.household.country
    window = PublishedWindow(title_id=title.title_id, country=country, opens_at=title.added_at, minimum_age=0)
    await World(viewing.resources).insert("catalog", title, window)
    return title.title_id


async def test_a_title_withdrawn_is_gone_at_once(viewing: Viewing, rankings: list[object]) -> None:
    first, *_ = picks_in(await kept(viewing, rankings))
    await change(viewing.resources, "delete from catalog.published_title where title_id = :id", id=first)
    await absent(viewing, first)


async def test_a_title_is_gone_when_its_window_closes_though_the_ranking_is_kept(
    viewing: Viewing, rankings: list[object]
) -> None:
    first, *_ = await viewing.suggested()
    closing = "update catalog.published_window set closes_at = :at where title_id = :id"
    await change(viewing.resources, closing, at=NOON + timedelta(hours=1), id=first)
    assert first in picks_in(await kept(viewing, rankings))
    made = len(rankings)
    await absent(replace(viewing, now=NOON + timedelta(hours=1)), first)
    assert len(rankings) == made


async def change(resources: Resources, statement: str, **given: Any) -> None:
    """Changes what is published, as publishing does."""
    async with resources.database.write("catalog") as db:
        await db.execute(text(CHANGED + statement), given)


async def absent(viewing: Viewing, title: UUID) -> None:
    rows = await viewing.rows(titles=100)
    assert title not in {id_ for row in rows for id_ in ids_in(row)}
    assert title not in await viewing.suggested(100)


async def test_home_is_the_same_without_valkey(trained: Settings, viewing: Viewing, rankings: list[object]) -> None:
    rows, [film] = await kept(viewing, rankings), await films(viewing, 1)
    async with open_resources(trained.model_copy(update={"redis_url": UNUSED_VALKEY})) as resources:
        alone = replace(viewing, resources=resources)
        made = len(rankings)
        assert [await alone.rows(), await alone.rows()] == [rows, rows]
        assert len(rankings) == made + 2, "nothing is kept"
        await alone.ask(UNWANTED, id=str(film))
        assert film not in suggested_in(await alone.rows())
