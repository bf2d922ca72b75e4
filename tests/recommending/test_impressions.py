"""What was on the screen, what was played from there, and how the arms of an experiment did."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlmodel import col
from typer.testing import CliRunner

from models.columns import new_id
from models.viewing import Impression, PlaybackSession
from recommendations.experiments import arm_of, experiments_in
from runtime.errors import BadInput
from runtime.request import Request
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from schema.viewing import schema
from server.main import cli
from tests.queries import codes
from tests.recommending.members import NOON, Viewing, everybody, ids_in
from tests.viewing.world import ERRORS, START, World

TODAY = datetime.now(UTC).replace(hour=12)
REPORT = f"""mutation ($row: ID!, $of: [ID!]!) {{
    answer: reportImpressions(rowId: $row, titleIds: $of) {{ {ERRORS} }} }}"""
STAYING = text("update catalog.published_window set closes_at = null where closes_at > :now")
EXPERIMENTS: list[dict[str, Any]] = [
    {"name": "fresh", "arms": {"control": {"share": 1}, "lively": {"share": 1, "overrides": {"spread": 1}}}}
]


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    """A household whose profiles are in an experiment."""
    async with open_resources(settings.model_copy(update={"experiments": EXPERIMENTS})) as resources:
        made = World(resources)
        await made.begin()
        yield made


def row_of(profile_id: UUID, kind: str = "TRENDING") -> str:
    return f"row:{profile_id}:{kind}"


async def report(world: World, row: str, *titles: object, request: Request | None = None) -> list[dict[str, Any]]:
    """The errors."""
    asked = request or world.request(now=TODAY)
    errors: list[dict[str, Any]] = (await world.ask(REPORT, asked, row=row, of=[str(id_) for id_ in titles]))["answer"][
        "userErrors"
    ]
    return errors


async def recorded(world: World) -> dict[tuple[UUID, str, date], int]:
    async with world.resources.database.read("viewing") as db:
        rows = (await db.execute(select(Impression))).all()
    arms = {f"fresh={arm_of(*experiments_in(EXPERIMENTS), row.profile_id)}" for row in rows}
    assert {row.buckets for row in rows} == arms
    return {(row.title_id, row.row_id, row.day): row.count for row in rows}


async def test_impressions_are_counted_by_row_and_day(world: World) -> None:
    one, other = await world.movie(), await world.series()
    trending, picks = row_of(world.profile_id), row_of(world.profile_id, "TOP_PICKS")
    tomorrow = world.request(now=TODAY + timedelta(days=1))
    assert await report(world, trending, one, other, one) == []
    assert await report(world, trending, one) == []
    assert await report(world, picks, one) == []
    assert await report(world, trending, other, request=tomorrow) == []
    assert await report(world, trending) == []
    day, next_day = TODAY.date(), tomorrow.now.date()
    assert await recorded(world) == {
        (one, trending, day): 2, (other, trending, day): 1, (one, picks, day): 1, (other, trending, next_day): 1,
    }  # fmt: skip


async def test_rows_of_others_and_no_rows_are_refused(world: World) -> None:
    movie, sibling, genre = await world.movie(), new_id(), await world.genre(en="Crime")
    await world.profile(world.account_id, sibling, name="Kim")
    mine = row_of(world.profile_id)
    wrong = (
        row_of(sibling), row_of(world.profile_id, "NONE"), mine.lower(), f"{mine}:{genre}", f"{mine}:", "row", "",
        row_of(world.profile_id, "GENRE"), row_of(world.profile_id, "GENRE:crime"), mine.removeprefix("row:"),
    )  # fmt: skip
    for row in wrong:
        [error] = await report(world, row, movie)
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["rowId"]), row
        given = {"playableId": str(movie), "idempotencyKey": str(new_id()), "rowId": row}
        assert await codes(schema, world.request(), START, input=given) == [BadInput.code], row
    [error] = await report(world, mine, movie, request=world.request(profile_id=None))
    assert error["code"] == "PROFILE_REQUIRED"
    assert await recorded(world) == {}


async def test_a_list_with_a_title_that_is_not_there_is_refused_as_a_whole(world: World) -> None:
    movie, hidden = await world.movie(), await world.movie(closes=TODAY)
    errors = await report(world, row_of(world.profile_id), movie, new_id(), movie, hidden, "nonsense")
    assert {error["code"] for error in errors} == {"NOT_FOUND"}
    assert [error["path"] for error in errors] == [["titleIds", n] for n in ("1", "3", "4")]
    [error] = await report(world, row_of(world.profile_id), *[movie] * 101)
    assert (error["code"], error["path"]) == ("TOO_MANY_TITLES", ["titleIds"])
    assert await recorded(world) == {}
    assert await report(world, row_of(world.profile_id), *[movie] * 100) == []


async def test_a_play_knows_its_row_and_its_arms(world: World) -> None:
    movie = await world.movie()
    for row in (row_of(world.profile_id), None):
        started = await world.start(movie, rowId=row)
        async with world.resources.database.read("viewing") as db:
            query = select(PlaybackSession).where(col(PlaybackSession.id) == UUID(started["id"]))
            session = (await db.execute(query)).one()
        assert session.row_id == row
        assert session.buckets == f"fresh={arm_of(*experiments_in(EXPERIMENTS), world.profile_id)}"


async def test_experiments_say_how_their_arms_did(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("data", "database_url", "redis_url", "storage_url"):
        prefix = "" if name.endswith("url") else "MARQUEE_"
        monkeypatch.setenv(f"{prefix}{name.upper()}", str(getattr(world.resources.settings, name)))
    assert "No impressions" in await printed()
    movies = [await world.movie() for _ in range(3)]
    shown, played = Counter[str](), Counter[str]()
    for number in range(12):
        profile = new_id()
        await world.profile(world.account_id, profile)
        arm = arm_of(*experiments_in(EXPERIMENTS), profile)
        request = world.request(profile_id=profile, now=TODAY)
        row = row_of(profile)
        assert await report(world, row, *movies, request=request) == []
        shown[arm] += len(movies)
        # twice from the row counts once; from another row, from none, or on another day, not at all
        picks = [(movies[0], row), (movies[0], row)][: number % 3]
        others = [(movies[1], row_of(profile, "TOP_PICKS")), (movies[2], None)]
        for movie, picked in [*picks, *others]:
            await play(world, movie, picked, request)
        await play(world, movies[1], row, replace(request, now=TODAY + timedelta(days=1)))
        played[arm] += bool(picks)
    lines = [line.split() for line in (await printed()).splitlines()]
    assert lines[0][:5] == ["experiment", "arm", "impressions", "plays", "rate"]
    assert [line[:5] for line in lines[1:]] == [
        ["fresh", arm, str(shown[arm]), str(played[arm]), f"{played[arm] / shown[arm]:.4f}"]
        for arm in ("control", "lively")
        if shown[arm]
    ]
    for *_, rate, low, high in lines[1:]:
        assert 0 <= float(low) <= float(rate) <= float(high) <= 1


async def printed() -> str:
    """What the command line prints of experiments."""
    result = await asyncio.to_thread(CliRunner().invoke, cli, ["recommend", "experiments"])
    assert result.exit_code == 0, result.output
    return result.output


async def play(world: World, movie: UUID, row: str | None, request: Request) -> None:
    started = await world.start(movie, request, rowId=row)
    await world.stop(started["id"], 1000, request)


async def test_what_was_passed_over_counts_less_from_the_next_day_on(resources: Resources) -> None:
    """For two weeks, and not before: home stays as it is while somebody browses."""
    [(household, member)] = everybody(1)
    viewing = Viewing(resources, household, member)
    async with resources.database.write("catalog") as db:
        await db.execute(STAYING, {"now": NOON})
    days = [replace(viewing, now=NOON + timedelta(days=n)) for n in (0, 1, 14, 15)]
    before = [await day.suggested(100) for day in days]
    shown = before[1][0]
    rows = await viewing.rows()
    for row in rows:
        answer = (await viewing.ask(REPORT, row=row["id"], of=[str(id_) for id_ in {*ids_in(row)[:3], shown}]))[
            "answer"
        ]
        assert answer["userErrors"] == [], row["kind"]
    assert len(rows) > 10
    after = [await day.suggested(100) for day in days]
    assert after[0] == before[0]
    assert place(after[1], shown) > 2
    assert place(after[2], shown) > place(before[2], shown)
    assert after[3] == before[3]


def place(titles: list[UUID], title: UUID) -> int:
    return titles.index(title) if title in titles else len(titles)
