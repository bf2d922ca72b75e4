"""Titles made and changed: what is stored, what stays, what is refused, and that a refusal changes nothing."""

import asyncio
import json
from typing import Any

import pytest

from tests.editing.operations import (
    CREATE,
    READ,
    SEEN,
    UPDATE,
    answer_of,
    change,
    complete,
    create,
    done,
    editor,
    refused,
    rows_of,
)
from tests.served import Front


async def test_a_new_title_is_a_draft_that_viewers_know_nothing_of(front: Front) -> None:
    title = await create(front, editor(front), "MOVIE", "de", name="Métropolis: l'été")
    assert (title["state"], title["revision"], title["publishedRevision"]) == ("DRAFT", 1, None)
    assert title["slug"] == "metropolis-lete"
    assert title["texts"][0]["name"] == "Métropolis: l'été"
    assert title["playables"]["edges"] == [
        {"node": {**title["playables"]["edges"][0]["node"], "id": title["id"], "kind": "MOVIE"}}
    ]
    assert (await front.data(READ, editor(front), id=title["id"]))["editorialTitle"] == title
    assert await front.data(SEEN, id=title["id"]) == {"title": None}


async def test_titles_of_one_name_get_slugs_of_their_own(front: Front) -> None:
    slugs = [(await create(front, editor(front)))["slug"] for _ in range(3)]
    assert slugs == ["metropolis", "metropolis-2", "metropolis-3"]
    named = {"東京物語": "title", "Straße Łódź – Bjørn": "strasse-lodz-bjorn", "x" * 500: "x" * 94}
    for name, slug in named.items():
        assert (await create(front, editor(front), name=name))["slug"] == slug


async def test_what_is_not_given_stays_and_null_empties_what_may_be_empty(front: Front) -> None:
    token = editor(front)
    title = await create(front, token, "SERIES", status="AIRING")
    renamed = await change(front, token, title, texts=[{"language": "pt-br", "name": " Metrópolis "}])
    assert renamed["texts"] == [{"language": "pt-BR", "name": "Metrópolis", "synopsis": None, "tagline": None}]
    assert renamed == {**title, "texts": renamed["texts"], "revision": 2, "problems": renamed["problems"]}
    emptied = await change(front, token, renamed, releaseYear=None, status=None, windows=[])
    assert (emptied["releaseYear"], emptied["status"], emptied["windows"]) == (None, None, [])
    assert emptied["revision"] == 3


async def test_null_is_refused_where_nothing_could_be_emptied_by_it(front: Front) -> None:
    token = editor(front)
    title = await create(front, token)
    before = await rows_of(front)
    nulls = ["slug", "texts", "genreIds", "windows", "credits", "ratings", "externalIds"]
    given = {"id": title["id"], "revision": 1, "input": dict.fromkeys(nulls)}
    errors = await refused(front, token, UPDATE, **given)
    assert sorted(errors) == sorted(("REQUIRED", f"input.{name}") for name in nulls)
    assert await rows_of(front) == before
    assert (await create(front, token, **dict.fromkeys(nulls)))["texts"] == []


async def test_what_changes_nothing_makes_no_revision(front: Front) -> None:
    token = editor(front)
    title = await create(front, token)
    before = await rows_of(front)
    assert await change(front, token, title, **complete()) == title
    assert await change(front, token, title) == title
    assert await rows_of(front) == before


async def test_an_edit_on_an_old_revision_is_refused_and_shows_the_newer(front: Front) -> None:
    token = editor(front)
    title = await create(front, token)
    newer = await change(front, token, title, releaseYear=1928)
    before = await rows_of(front)
    given = {"id": title["id"], "revision": 1, "input": {"releaseYear": 1900}}
    answer = await answer_of(front, token, UPDATE, **given)
    assert [(error["code"], error["path"]) for error in answer["userErrors"]] == [("STALE_REVISION", ["revision"])]
    assert answer["editorialTitle"] == newer
    assert await rows_of(front) == before


async def test_of_two_editors_at_once_one_wins(front: Front) -> None:
    title = await create(front, editor(front))
    edits = [
        answer_of(front, editor(front), UPDATE, id=title["id"], revision=1, input={"releaseYear": 1900 + n})
        for n in range(8)
    ]
    answers = await asyncio.gather(*edits)
    won = [answer for answer in answers if not answer["userErrors"]]
    assert len(won) == 1
    assert {answer["editorialTitle"]["releaseYear"] for answer in answers} == {won[0]["editorialTitle"]["releaseYear"]}


async def test_a_slug_is_one_title_s_whether_drafted_or_published(front: Front) -> None:
    token = editor(front)
    first, second = await create(front, token), await create(front, token)
    taken = {"id": second["id"], "revision": 1, "input": {"slug": first["slug"]}}
    assert await refused(front, token, UPDATE, **taken) == [("SLUG_TAKEN", "input.slug")]
    new = {"kind": "MOVIE", "language": "en", "input": complete(slug="metropolis")}
    assert await refused(front, token, CREATE, **new) == [("SLUG_TAKEN", "input.slug")]
    created = await asyncio.gather(
        *[answer_of(front, token, CREATE, kind="MOVIE", language="en", input=complete(slug="one")) for _ in range(4)]
    )
    assert sorted(len(answer["userErrors"]) for answer in created) == [0, 1, 1, 1]


async def test_people_are_found_by_their_exact_name_or_made(front: Front) -> None:
    token = editor(front)
    first = await create(
        front, token, credits=[{"personName": " Brigitte  Helm", "role": "ACTOR", "character": "Maria"}]
    )
    helm = first["credits"][0]["person"]
    assert helm["name"] == "Brigitte Helm"
    second = await create(
        front,
        token,
        credits=[{"personName": "Brigitte Helm", "role": "ACTOR"}, {"personId": helm["id"], "role": "WRITER"}],
    )
    assert [credit["person"] for credit in second["credits"]] == [helm, helm]
    assert second["credits"][0]["character"] is None
    others = await asyncio.gather(
        *[create(front, token, credits=[{"personName": "Fritz Lang", "role": "DIRECTOR"}]) for _ in range(4)]
    )
    assert len({title["credits"][0]["person"]["id"] for title in others}) == 1


HUGE = "x" * 10_001
BAD: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"texts": [{"language": "en", "name": "\u0301\u0308\u200b"}]}, [("INVALID_NAME", "input.texts.0.name")]),
    ({"texts": [{"language": "en", "name": "  "}]}, [("INVALID_NAME", "input.texts.0.name")]),
    ({"texts": [{"language": "en", "name": "A\0B"}]}, [("INVALID_TEXT", "input.texts.0.name")]),
    ({"texts": [{"language": "en", "name": "x" * 501}]}, [("TOO_LONG", "input.texts.0.name")]),
    ({"texts": [{"language": "en", "name": "A", "synopsis": HUGE}]}, [("TOO_LONG", "input.texts.0.synopsis")]),
    ({"texts": [{"language": "tlh-Nope", "name": "A"}]}, [("UNKNOWN_LANGUAGE", "input.texts.0.language")]),
    (
        {"texts": [{"language": "en", "name": "A"}, {"language": "EN", "name": "B"}]},
        [("DUPLICATE_LANGUAGE", "input.texts.1.language")],
    ),
    ({"slug": "No Slug"}, [("INVALID_SLUG", "input.slug")]),
    ({"slug": ""}, [("INVALID_SLUG", "input.slug")]),
    ({"releaseYear": 1066}, [("OUT_OF_RANGE", "input.releaseYear")]),
    ({"status": "ENDED"}, [("NOT_APPLICABLE", "input.status")]),
    ({"genreIds": ["00000000-0000-0000-0000-000000000000"]}, [("UNKNOWN_GENRE", "input.genreIds.0")]),
    ({"genreIds": ["drama"]}, [("UNKNOWN_GENRE", "input.genreIds.0")]),
    ({"credits": [{"personId": "nobody", "role": "ACTOR"}]}, [("UNKNOWN_PERSON", "input.credits.0.personId")]),
    ({"credits": [{"role": "ACTOR"}]}, [("REQUIRED", "input.credits.0.personId")]),
    ({"credits": [{"personName": "\u0301", "role": "ACTOR"}]}, [("INVALID_NAME", "input.credits.0.personName")]),
    (
        {"windows": [{"countries": ["US"], "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}]},
        [("INVERTED_WINDOW", "input.windows.0.until")],
    ),
    (
        {"windows": [{"countries": ["US"], "from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}]},
        [("INVERTED_WINDOW", "input.windows.0.until")],
    ),
    ({"windows": [{"countries": [], "from": "2026-01-01T00:00:00Z"}]}, [("NO_COUNTRY", "input.windows.0.countries")]),
    (
        {"windows": [{"countries": ["US", "XX", "US"], "from": "2026-01-01T00:00:00Z"}]},
        [
            ("UNKNOWN_COUNTRY", "input.windows.0.countries.1"),
            ("DUPLICATE_COUNTRY", "input.windows.0.countries.2"),
        ],
    ),
    (
        {"windows": [{"countries": ["US"], "from": "9999-12-31T23:59:59-14:00"}]},
        [("OUT_OF_RANGE", "input.windows.0.from")],
    ),
    (
        {"ratings": [{"country": "SE", "code": " ", "minimumAge": 99}]},
        [("INVALID_TEXT", "input.ratings.0.code"), ("OUT_OF_RANGE", "input.ratings.0.minimumAge")],
    ),
    (
        {"ratings": [{"country": "US", "code": "PG13", "minimumAge": 13}]},
        [("UNKNOWN_RATING", "input.ratings.0.code")],
    ),
    (
        {"ratings": [{"country": "DE", "code": "16", "minimumAge": 12}]},
        [("UNKNOWN_RATING", "input.ratings.0.minimumAge")],
    ),
    (
        {"externalIds": [{"source": "imdb", "value": "1"}, {"source": "imdb", "value": ""}]},
        [("DUPLICATE_SOURCE", "input.externalIds.1.source"), ("INVALID_TEXT", "input.externalIds.1.value")],
    ),
]


@pytest.mark.parametrize(("given", "errors"), BAD)
async def test_bad_input_is_named_and_nothing_is_saved(
    front: Front, given: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    token = editor(front)
    title = await create(front, token)
    before = await rows_of(front)
    assert await refused(front, token, CREATE, kind="MOVIE", language="en", input=complete(**given)) == errors
    assert await refused(front, token, UPDATE, id=title["id"], revision=1, input=given) == errors
    assert await rows_of(front) == before


async def test_half_a_character_is_refused(front: Front) -> None:
    body = {"query": CREATE, "variables": {"kind": "MOVIE", "language": "en", "input": complete(name="HALF")}}
    content = json.dumps(body).replace("HALF", "A\\ud800")
    headers = {"authorization": f"Bearer {editor(front)}", "content-type": "application/json"}
    before = await rows_of(front)
    answer = await front.client.post("/graphql", content=content, headers=headers)
    assert (answer.status_code, "JSON" in answer.text) == (400, True)
    assert await rows_of(front) == before


@pytest.mark.parametrize("length", [20_000, 10_000_000])
async def test_a_synopsis_that_is_far_too_long_is_refused_by_its_length(front: Front, length: int) -> None:
    before = await rows_of(front)
    texts = [{"language": "en", "name": "A", "synopsis": "x" * length}]
    given = {"kind": "MOVIE", "language": "en", "input": complete(texts=texts)}
    assert await refused(front, editor(front), CREATE, **given) == [("TOO_LONG", "input.texts.0.synopsis")]
    assert await rows_of(front) == before


async def test_all_that_is_wrong_is_told_at_once_and_in_the_reader_s_language(front: Front) -> None:
    headers = {"authorization": f"Bearer {editor(front)}", "accept-language": "de"}
    given = {"slug": "No", "releaseYear": 1, "texts": [{"language": "en", "name": ""}]}
    given |= {"genreIds": ["drama"], "credits": [{"role": "ACTOR"}]}
    body = {"query": CREATE, "variables": {"kind": "MOVIE", "language": "en", "input": given}}
    answer = (await front.client.post("/graphql", json=body, headers=headers)).json()["data"]["answer"]
    codes = {error["code"] for error in answer["userErrors"]}
    assert codes == {"INVALID_SLUG", "OUT_OF_RANGE", "INVALID_NAME", "UNKNOWN_GENRE", "REQUIRED"}
    assert "Ein Name ist eine Zeile, in der etwas zu lesen ist." in [error["message"] for error in answer["userErrors"]]


async def test_a_language_that_there_is_not_makes_no_title(front: Front) -> None:
    new = {"kind": "MOVIE", "language": "klingon", "input": complete()}
    assert await refused(front, editor(front), CREATE, **new) == [("UNKNOWN_LANGUAGE", "originalLanguage")]


@pytest.mark.parametrize("id_", ["nothing", "00000000-0000-0000-0000-000000000000"])
async def test_a_title_that_there_is_not(front: Front, id_: str) -> None:
    given = {"id": id_, "revision": 1, "input": {}}
    assert await refused(front, editor(front), UPDATE, **given) == [("TITLE_NOT_FOUND", "id")]
    assert await front.data(READ, editor(front), id=id_) == {"editorialTitle": None}


async def test_whoever_reads_the_log_sees_who_changed_what(front: Front) -> None:
    token = editor(front)
    title = await create(front, token)
    await done(front, token, UPDATE, id=title["id"], revision=1, input={"releaseYear": 1926, "windows": []})
    async with front.database.read("catalog") as db:
        payloads = await db.exec_driver_sql("select convert_from(payload, 'UTF8') from jobs.pgqueuer order by id")
        created, changed = [payload for (payload,) in payloads]
    assert '"action":"CREATED_TITLE"' in created
    assert "movie metropolis" in created
    assert '"action":"CHANGED_TITLE"' in changed
    assert "revision 2: release year, windows" in changed


async def test_what_was_there_before_a_rule_keeps_nobody_from_editing_the_rest(front: Front) -> None:
    """A rating that no system has, from before we knew the system: it may stay, but not be given."""
    title = await create(front, editor(front))
    async with front.database.write("catalog") as db:
        await (await db.connection()).exec_driver_sql(
            "update catalog.title_draft set document = jsonb_set(document, '{ratings,0,code}', '\"Old\"')"
        )
    renamed = await change(front, editor(front), title, texts=[{"language": "en", "name": "Renamed"}])
    assert renamed["ratings"][0]["code"] == "Old"
    given = {"id": title["id"], "revision": 2, "input": {"ratings": renamed["ratings"]}}
    assert await refused(front, editor(front), UPDATE, **given) == [("UNKNOWN_RATING", "input.ratings.0.code")]
