"""Revisions: of several changes of one revision one is saved; and what is to go out stays as it was."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from resolvers.catalog.editing.releasing import release_due
from tests.editing.operations import (
    CREATE,
    READ,
    SAVE_PLAYABLE,
    UPDATE,
    answer_of,
    change,
    complete,
    create,
    editor,
    give_media,
    later,
    published,
    publisher,
    rated,
    refused,
    release,
)
from tests.served import Front

RATED = "query ($id: ID!) { title(id: $id) { maturity { system code advisories } } }"


async def actions(front: Front) -> list[str]:
    """What the audit log is told, in order."""
    async with front.database.read("catalog") as db:
        found = await db.exec_driver_sql(
            "select convert_from(payload, 'UTF8')::json ->> 'action' from jobs.pgqueuer"
            " where entrypoint = 'audit' order by id"
        )
        return list(found.scalars())


async def test_of_different_changes_at_once_one_is_saved(front: Front) -> None:
    token = editor(front)
    title = await create(front, token)
    of = {"revision": 1}
    answers = await asyncio.gather(
        *[answer_of(front, token, UPDATE, id=title["id"], **of, input={"releaseYear": 1900 + n}) for n in range(4)],
        *[answer_of(front, token, SAVE_PLAYABLE, title=title["id"], **of, input={"kind": "TRAILER"}) for _ in range(4)],
    )
    errors = [[error["code"] for error in answer["userErrors"]] for answer in answers]
    assert sorted(errors) == [[]] + [["STALE_REVISION"]] * 7
    assert {answer["editorialTitle"]["revision"] for answer in answers} == {2}
    stands = (await front.data(READ, token, id=title["id"]))["editorialTitle"]
    assert [answer["editorialTitle"] for answer in answers] == [stands] * 8
    assert await actions(front) == ["CREATED_TITLE", "CHANGED_TITLE"]


async def test_titles_made_at_once_get_slugs_of_their_own(front: Front) -> None:
    made = await asyncio.gather(*[create(front, editor(front)) for _ in range(6)])
    assert {title["slug"] for title in made} == {"metropolis", *(f"metropolis-{n}" for n in range(2, 7))}


async def test_an_edit_leaves_what_is_to_go_out_alone_with_its_slug(front: Front) -> None:
    film = await create(front, editor(front))
    await give_media(front, film["id"])
    waiting = await release(front, publisher(front), film, later(hours=1))
    moved = await change(front, editor(front), waiting, slug="elsewhere", releaseYear=1930)
    assert (moved["state"], moved["publishAt"], moved["revision"]) == ("SCHEDULED", waiting["publishAt"], 2)
    new = {"kind": "MOVIE", "language": "en", "input": complete(slug="metropolis")}
    assert await refused(front, editor(front), CREATE, **new) == [("SLUG_TAKEN", "input.slug")]
    assert (await create(front, editor(front)))["slug"] == "metropolis-2"
    await release_due(front.resources, datetime.now(UTC) + timedelta(hours=2))
    found = await front.data('{ title(slug: "metropolis") { id releaseYear } }')
    assert found["title"] == {"id": film["id"], "releaseYear": 1927}
    stands = (await front.data(READ, editor(front), id=film["id"]))["editorialTitle"]
    assert (stands["publishedRevision"], stands["revision"], stands["slug"]) == (1, 2, "elsewhere")


@pytest.mark.parametrize(("code", "age", "kept"), [("PG-13", 13, ["violence"]), ("R", 17, [])])
async def test_an_unchanged_rating_keeps_its_advisories(front: Front, code: str, age: int, kept: list[str]) -> None:
    film = await published(front)
    async with front.database.write("catalog") as db:
        await (await db.connection()).exec_driver_sql("update catalog.rating set advisories = '{violence}'")
    austrian = {"country": "AT", "code": "12", "minimumAge": 12}
    changed = await change(front, editor(front), film, ratings=[*rated(code, age), austrian])
    await release(front, publisher(front), changed)
    maturity: dict[str, Any] = (await front.data(RATED, id=film["id"]))["title"]["maturity"]
    assert maturity == {"system": "MPA", "code": code, "advisories": kept}
