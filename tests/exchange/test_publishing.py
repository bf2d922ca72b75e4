"""Titles published as they are imported: what lacks nothing is seen, and an editor's word holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models.catalog import PublicationState
from resolvers.catalog.tables import PUBLISHED_TITLE, TITLE
from server.exchange.options import checked_options
from tests.exchange.desk import SHOWN, Desk, film
from tests.served import served

SEEN = "query ($slug: String!) { title(slug: $slug) { name year: releaseYear } search(query: $slug) { totalCount } }"
KEPT = {"publish": True}


async def seen(desk: Desk, slug: str) -> Any:
    async with served(desk.settings) as front:
        return (await front.data(SEEN, slug=slug))["title"]


async def test_what_has_media_is_seen_and_the_rest_is_told(desk: Desk) -> None:
    lines = [film(), film("Fantômas", 1913, kind="SERIES", status="ENDED"), film("M", 1931)]
    await desk.bring(lines)
    await desk.give_media("metropolis-1927")
    brought = await desk.bring(lines, SHOWN)
    assert brought.counts("changed", "published", "not published") == [3, 1, 2]
    assert dict(brought.outcome.reasons) == {"NO_MEDIA": 2}
    assert brought.said[-2:] == ["not published: 2", "not published, NO_MEDIA: 2"]
    assert await seen(desk, "metropolis-1927") == {"name": "Metropolis", "year": 1927}
    assert await seen(desk, "m-1931") is None
    ratings = {title["slug"]: title["ratings"][0]["code"] for title in await desk.titles()}
    assert ratings == {"metropolis-1927": "PG-13", "fantomas-1913": "TV-14", "m-1931": "PG-13"}


async def test_a_change_of_what_is_seen_waits_unless_it_is_to_be_published(desk: Desk) -> None:
    await desk.bring([film()])
    await desk.give_media("metropolis-1927")
    await desk.bring([film()], SHOWN)
    changed = [{"slug": "metropolis-1927", "name": "Metropolis, restored"}]
    await desk.bring(changed)
    assert await desk.standing() == {"metropolis-1927": (3, 2)}
    assert await seen(desk, "metropolis-1927") == {"name": "Metropolis", "year": 1927}
    brought = await desk.bring([{"slug": "metropolis-1927", "tagline": "Below."}])
    assert brought.of_line(1) == ["note: it had edits that viewers do not see yet, of revision 3: they are kept"]
    await desk.bring(changed, checked_options("en", "", "", "", [], **KEPT))
    assert await desk.standing() == {"metropolis-1927": (4, 4)}
    assert await seen(desk, "metropolis-1927") == {"name": "Metropolis, restored", "year": 1927}


@pytest.mark.parametrize("state", [PublicationState.UNPUBLISHED, PublicationState.SCHEDULED])
async def test_what_editors_withdrew_or_scheduled_is_not_published(desk: Desk, state: PublicationState) -> None:
    await desk.bring([film()])
    await desk.give_media("metropolis-1927")
    await desk.write_rows(update(TITLE).values(state=state))
    brought = await desk.bring([film(synopsis="New.")], SHOWN)
    assert brought.counts("changed", "published", "not published") == [1, 0, 1]
    assert list(brought.outcome.reasons) == [{"UNPUBLISHED": "WITHDRAWN"}.get(state.value, state.value)]
    assert await desk.rows(select(PUBLISHED_TITLE)) == []
    noted = ["note: it goes out by itself as it was scheduled, without these changes"]
    assert brought.of_line(1) == (noted if state is PublicationState.SCHEDULED else [])


async def test_windows_and_ratings_of_the_command_are_for_titles_without(desk: Desk) -> None:
    own = {
        "windows": [{"countries": ["DE"], "from": "2020-01-01T00:00:00Z"}],
        "ratings": [{"country": "DE", "code": "6", "minimumAge": 6}],
    }
    until = datetime.now(UTC) + timedelta(days=9)
    options = checked_options("en", "US, MT", "2020-01-01T00:00:00+01:00", until.isoformat(), ["US=PG", "MT=12A:12"])
    await desk.bring([film(), film("Own", **own), film("None", windows=[], ratings=[])], options)
    metropolis, none, third = await desk.titles()
    assert metropolis["windows"][0]["from"] == "2019-12-31T23:00:00Z"
    assert metropolis["windows"][0]["countries"] == ["US", "MT"]
    assert [(x["country"], x["code"], x["minimumAge"]) for x in metropolis["ratings"]] == [
        *(("MT", "12A", 12), ("US", "PG", 10)),
    ]
    assert ("windows" in none, "ratings" in none) == (False, False)
    assert {name: third[name] for name in own} == own
