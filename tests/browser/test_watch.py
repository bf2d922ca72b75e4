"""A real film in a real browser: it plays, is remembered, and goes on where it stopped."""

from typing import Any

from sqlalchemy import text

from tests.browser.conftest import SLUG, VIEWER
from tests.browser.drive import drive
from tests.gateway.test_home import viewer_token
from tests.served import Front

CONTINUE = """{ viewer { profile { continueWatching { edges { node { title { ... on Movie { slug } }
  playable { ... on Movie { progress { positionMs } } } reason } } } } } }"""


async def stored_ms(front: Front) -> int:
    """The position that Postgres holds for the film and the profile that watched it last."""
    title = await front.data("query ($slug: String) { title(slug: $slug) { id } }", slug=SLUG)
    query = text("select position_ms from viewing.progress where playable_id = :id order by updated_at desc limit 1")
    async with front.database.read("viewing") as db:
        return int((await db.execute(query, {"id": title["title"]["id"]})).scalar_one())


async def test_a_film_plays_is_remembered_and_goes_on_where_it_stopped(cinema: Front) -> None:
    seen = await drive("watch.mjs", url=cinema.url, slug=SLUG, untilAcknowledgedMs=9000, again=True, **VIEWER)
    first, last, resumed = seen["first"], seen["last"], seen["resumed"]
    assert first["manifest"].endswith(".mpd")
    assert len(set(first["height"])) >= 3, "a ladder of at least three rungs"
    assert last["position"] > first["position"] + 5
    assert last["frames"] > first["frames"] + 50
    assert last["acknowledged"] >= 9000
    assert abs(resumed["resumeAtMs"] / 1000 - last["position"]) < 3
    assert resumed["position"] >= resumed["resumeAtMs"] / 1000
    assert (first["errors"], last["errors"], resumed["errors"]) == ([], [], [])
    assert seen["elsewhere"] == [], "pages work offline"
    assert await stored_ms(cinema) >= last["acknowledged"]
    entries = await continuing(cinema)
    assert entries[0]["title"]["slug"] == SLUG
    assert entries[0]["reason"] == "IN_PROGRESS"
    assert entries[0]["playable"]["progress"]["positionMs"] == await stored_ms(cinema)


async def continuing(front: Front) -> list[dict[str, Any]]:
    data = await front.data(CONTINUE, await viewer_token(front, "Robin"))
    return [edge["node"] for edge in data["viewer"]["profile"]["continueWatching"]["edges"]]


async def test_hls_plays_where_dash_does_not(cinema: Front) -> None:
    seen = await drive("watch.mjs", url=cinema.url, slug=SLUG, untilAcknowledgedMs=1, block="**/*.mpd", **VIEWER)
    assert seen["last"]["manifest"].endswith(".m3u8")
    assert seen["last"]["frames"] > 0
