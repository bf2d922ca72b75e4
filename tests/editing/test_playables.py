"""Episodes and trailers of a draft, and a film's markers."""

from typing import Any

import pytest

from tests.editing.operations import (
    REMOVE_PLAYABLE,
    SAVE_PLAYABLE,
    Answer,
    answer_of,
    change,
    create,
    done,
    editor,
    refused,
    rows_of,
)
from tests.served import Front

INTRO = {"kind": "INTRO", "startMs": 0, "endMs": 9000}


def playables(title: Answer) -> list[Answer]:
    return [edge["node"] for edge in title["playables"]["edges"]]


def places(title: Answer) -> list[tuple[int | None, int | None]]:
    return [(node["season"], node["number"]) for node in playables(title)]


async def save(front: Front, title: Answer, id: str | None = None, **given: Any) -> Answer:
    variables = {"title": title["id"], "revision": title["revision"], "id": id, "input": given}
    return await done(front, editor(front), SAVE_PLAYABLE, **variables)


async def not_saved(front: Front, title: Answer, id: str | None = None, **given: Any) -> list[tuple[str, str]]:
    """Why it is refused, and that nothing changed."""
    before = await rows_of(front)
    variables = {"title": title["id"], "revision": title["revision"], "id": id, "input": given}
    errors = await refused(front, editor(front), SAVE_PLAYABLE, **variables)
    assert await rows_of(front) == before
    return errors


@pytest.fixture
async def series(front: Front) -> Answer:
    """A series with episodes 2 and 1 of season 1."""
    title = await create(front, editor(front), "SERIES", status="AIRING")
    for number in (2, 1):
        texts = [{"language": "en", "name": f"Part {number}", "synopsis": "It goes on."}]
        title = await save(front, title, kind="EPISODE", season=1, number=number, texts=texts, airDate="1951-01-01")
    return title


async def test_episodes_are_in_the_order_of_the_series(front: Front, series: Answer) -> None:
    assert places(series) == [(1, 1), (1, 2)]
    first = playables(series)[0]
    assert (first["texts"][0]["name"], first["airDate"], series["revision"]) == ("Part 1", "1951-01-01", 3)
    title = await save(front, series, kind="EPISODE", season=0, number=1)
    title = await save(front, title, kind="TRAILER", texts=[{"language": "en", "name": "Soon"}])
    assert places(title) == [(0, 1), (1, 1), (1, 2), (None, None)]


async def test_an_episode_moves_and_keeps_what_was_not_given(front: Front, series: Answer) -> None:
    first = playables(series)[0]
    moved = await save(front, series, id=first["id"], season=2, markers=[INTRO])
    assert places(moved) == [(1, 2), (2, 1)]
    assert playables(moved)[1] == {**first, "season": 2, "markers": [{**INTRO, "label": None}]}
    cleared = await save(front, moved, id=first["id"], airDate=None)
    assert playables(cleared)[1]["airDate"] is None


async def test_a_removed_one_is_gone_and_its_number_is_free(front: Front, series: Answer) -> None:
    first = playables(series)[0]
    left = await done(front, editor(front), REMOVE_PLAYABLE, id=first["id"], revision=series["revision"])
    assert places(left) == [(1, 2)]
    assert places(await save(front, left, kind="EPISODE", season=1, number=1)) == [(1, 1), (1, 2)]
    given = {"id": first["id"], "revision": left["revision"] + 1}
    assert await refused(front, editor(front), REMOVE_PLAYABLE, **given) == [("PLAYABLE_NOT_FOUND", "id")]


async def test_a_film_has_markers_and_trailers(front: Front) -> None:
    film = await create(front, editor(front))
    marked = await save(front, film, id=film["id"], markers=[INTRO])
    assert playables(marked)[0]["markers"] == [{**INTRO, "label": None}]
    with_trailer = await save(front, marked, kind="TRAILER")
    assert [node["kind"] for node in playables(with_trailer)] == ["MOVIE", "TRAILER"]
    given = {"id": film["id"], "revision": with_trailer["revision"]}
    assert await refused(front, editor(front), REMOVE_PLAYABLE, **given) == [("NOT_APPLICABLE", "id")]


async def test_what_is_no_episode_is_refused(front: Front, series: Answer) -> None:
    first, second = playables(series)
    assert await not_saved(front, series) == [("REQUIRED", "input.kind")]
    assert await not_saved(front, series, kind="MOVIE") == [("NOT_APPLICABLE", "input.kind")]
    assert await not_saved(front, series, kind="EPISODE") == [
        ("REQUIRED", "input.season"),
        ("REQUIRED", "input.number"),
    ]
    taken = {"kind": "EPISODE", "season": 1, "number": 2}
    assert await not_saved(front, series, **taken) == [("DUPLICATE_NUMBER", "input.number")]
    assert await not_saved(front, series, id=first["id"], number=2) == [("DUPLICATE_NUMBER", "input.number")]
    assert await not_saved(front, series, id=second["id"], kind="TRAILER") == [("NOT_APPLICABLE", "input.kind")]
    assert await not_saved(front, series, id="nothing", number=9) == [("PLAYABLE_NOT_FOUND", "id")]
    assert await not_saved(front, series, kind="TRAILER", season=1) == [("NOT_APPLICABLE", "input.season")]
    tagline = [{"language": "en", "name": "A", "tagline": "B"}]
    new = {"kind": "EPISODE", "season": 1, "number": 3}
    assert await not_saved(front, series, **new, texts=tagline) == [("NOT_APPLICABLE", "input.texts.0.tagline")]
    inverted = [{"kind": "INTRO", "startMs": 9000, "endMs": 9000}]
    assert await not_saved(front, series, **new, markers=inverted) == [("INVERTED_MARKER", "input.markers.0.endMs")]
    assert await not_saved(front, series, **new, markers=[INTRO, INTRO]) == [
        ("DUPLICATE_MARKER", "input.markers.1.startMs")
    ]


async def test_a_film_has_no_episodes_and_no_texts_of_its_playable(front: Front) -> None:
    film = await create(front, editor(front))
    assert await not_saved(front, film, kind="EPISODE", season=1, number=1) == [("NOT_APPLICABLE", "input.kind")]
    texts = [{"language": "en", "name": "Another name"}]
    assert await not_saved(front, film, id=film["id"], texts=texts) == [("NOT_APPLICABLE", "input.texts")]
    assert await not_saved(front, film, id=film["id"], number=1) == [("NOT_APPLICABLE", "input.number")]


async def test_a_title_with_episodes_is_changed_like_any_other(front: Front, series: Answer) -> None:
    renamed = await change(front, editor(front), series, texts=[{"language": "en", "name": "Renamed"}])
    assert (renamed["texts"][0]["name"], playables(renamed)) == ("Renamed", playables(series))


async def test_null_keeps_no_texts_from_a_new_one_and_is_refused_for_an_old(front: Front, series: Answer) -> None:
    nulls = {"texts": None, "markers": None}
    with_trailer = await save(front, series, kind="TRAILER", **nulls)
    assert playables(with_trailer)[-1]["texts"] == []
    first = playables(series)[0]
    assert await not_saved(front, with_trailer, id=first["id"], **nulls) == [
        ("REQUIRED", "input.markers"),
        ("REQUIRED", "input.texts"),
    ]
    assert await not_saved(front, with_trailer, id=first["id"], season=None) == [("REQUIRED", "input.season")]


async def test_what_is_saved_as_it_was_makes_no_revision(front: Front, series: Answer) -> None:
    before = await rows_of(front)
    first = playables(series)[0]
    assert await save(front, series, id=first["id"], season=1, number=1, kind="EPISODE") == series
    assert await rows_of(front) == before


async def test_a_season_comes_and_goes_with_its_episodes(front: Front, series: Answer) -> None:
    async def seasons() -> list[int]:
        async with front.database.read("catalog") as db:
            found = await db.exec_driver_sql(
                "select jsonb_path_query_array(document, '$.seasons[*].number') from catalog.title_draft"
            )
            return list(found.scalar_one())

    with_two = await save(front, series, kind="EPISODE", season=2, number=1)
    assert await seasons() == [1, 2]
    last = playables(with_two)[-1]
    await done(front, editor(front), REMOVE_PLAYABLE, id=last["id"], revision=with_two["revision"])
    assert await seasons() == [1]


async def test_an_old_revision_is_refused_with_the_newer(front: Front, series: Answer) -> None:
    episode = {"kind": "EPISODE", "season": 1, "number": 3}
    calls: list[tuple[str, dict[str, Any]]] = [
        (SAVE_PLAYABLE, {"title": series["id"], "input": episode}),
        (REMOVE_PLAYABLE, {"id": playables(series)[0]["id"]}),
    ]
    for mutation, variables in calls:
        answer = await answer_of(front, editor(front), mutation, revision=1, **variables)
        assert [error["code"] for error in answer["userErrors"]] == ["STALE_REVISION"]
        assert answer["editorialTitle"] == series


async def test_of_a_title_that_there_is_not(front: Front) -> None:
    given = {"title": "nothing", "revision": 1, "input": {"kind": "TRAILER"}}
    assert await refused(front, editor(front), SAVE_PLAYABLE, **given) == [("TITLE_NOT_FOUND", "titleId")]
    assert await refused(front, editor(front), REMOVE_PLAYABLE, id="nothing", revision=1) == [
        ("PLAYABLE_NOT_FOUND", "id")
    ]
