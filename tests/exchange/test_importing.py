"""Importing: what lines say becomes titles, a second run changes nothing, and lines are told apart."""

import asyncio
import gzip
import signal
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from models.catalog import PublicationState, TitleKind
from models.columns import new_id
from oauth import audit
from resolvers.catalog.tables import GENRE, PERSON, TITLE, TITLE_DRAFT
from runtime.database import Database
from server.exchange import importing
from server.exchange.importing import LOCK
from server.exchange.options import Options, checked_options
from tests.exchange.desk import SHOWN, Desk, film
from tests.requests import NOW
from tests.server.programs import program

BOTH_WAYS = pytest.mark.parametrize("at_once", [1, 1000])
"""All lines in one transaction, or each in its own."""
WIKIPEDIA = b"""\
{"name": "Metropolis", "year": 1927, "cast": ["Brigitte Helm"], "genres": ["Drama"], "synopsis": null, "wikipedia": "M"}
{"name": "Metropolis", "year": 1927, "cast": [], "genres": ["Science Fiction"], "synopsis": "Below.", "wikipedia": null}
{"name": "The Lodger", "year": 1927, "cast": ["Ivor Novello"], "genres": [], "synopsis": "Fog.", "wikipedia": "L"}
{"name": "The Lodger", "year": 1932, "cast": ["Ivor Novello"], "genres": [], "synopsis": "Fog.", "wikipedia": "L"}
{"name": "Metropolis", "year": 1927, "cast": [], "genres": ["Science Fiction"], "synopsis": "Below.", "wikipedia": null}
"""


@BOTH_WAYS
async def test_the_films_of_wikipedia_are_taken_as_they_are(
    desk: Desk, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINES_AT_ONCE", at_once)
    brought = await desk.bring(gzip.compress(WIKIPEDIA), name="films.jsonl.gz")
    assert brought.counts("created", "repeated", "refused") == [4, 1, 0]
    assert brought.of_line(5) == ["note: the same as line 2"]
    assert brought.outcome.genres == ["drama (Drama)", "science-fiction (Science Fiction)"]
    assert [title["slug"] for title in await desk.titles()] == [
        *("metropolis-1927", "metropolis-1927-2", "the-lodger-1927", "the-lodger-1932")
    ]
    first, second, *_ = await desk.titles()
    assert first == {
        "slug": "metropolis-1927",
        "kind": "MOVIE",
        "originalLanguage": "en",
        "releaseYear": 1927,
        "texts": [{"language": "en", "name": "Metropolis"}],
        "genres": ["drama"],
        "credits": [{"person": "Brigitte Helm", "role": "ACTOR"}],
        "externalIds": [{"source": "wikipedia", "value": "M"}],
    }
    assert second["texts"] == [{"language": "en", "name": "Metropolis", "synopsis": "Below."}]


async def test_a_second_run_changes_nothing(desk: Desk) -> None:
    for options in (None, SHOWN):
        await desk.bring(WIKIPEDIA, options)
        await desk.give_media("metropolis-1927", "the-lodger-1932")
        await desk.bring(WIKIPEDIA, options)
        before = await desk.fingerprint()
        again = await desk.bring(WIKIPEDIA, options)
        assert again.counts("created", "changed", "unchanged", "published") == [0, 0, 4, 0]
        assert await desk.fingerprint() == before


async def test_lines_of_one_name_and_year_stay_the_titles_they_became(desk: Desk) -> None:
    await desk.bring([film(synopsis="One."), film(synopsis="x" * 10_001), film(synopsis="Two.")])
    assert [title["texts"][0]["synopsis"] for title in await desk.titles()] == ["One.", "Two."]
    brought = await desk.bring([film(synopsis="One."), film(synopsis="x" * 10_001), film(synopsis="Two, better.")])
    assert brought.counts("created", "changed", "unchanged", "refused") == [0, 1, 1, 1]
    assert [title["texts"][0]["synopsis"] for title in await desk.titles()] == ["One.", "Two, better."]


async def test_a_title_that_another_line_is_known_to_be_about_is_left_to_it(desk: Desk) -> None:
    await desk.bring([film(wikipedia="M", synopsis="Lang.")])
    await desk.bring([film(synopsis="Rintaro."), film(wikipedia="M", synopsis="Fritz Lang.")])
    assert [title["texts"][0]["synopsis"] for title in await desk.titles()] == ["Fritz Lang.", "Rintaro."]


async def test_a_title_is_known_by_its_own_external_id(desk: Desk) -> None:
    await desk.bring([film("Metropolys", wikipedia="M"), film(), film("Shared", 1930, wikipedia="S")])
    lines = [film(wikipedia="M"), film("Shared", 1931, wikipedia="S"), film("Shared", 1932, wikipedia="S")]
    brought = await desk.bring(lines)
    assert brought.counts("created", "changed", "refused") == [2, 1, 0]
    names = {title["slug"]: title["texts"][0]["name"] for title in await desk.titles()}
    assert names["metropolys-1927"] == names["metropolis-1927"] == "Metropolis"
    assert set(names) == {"metropolys-1927", "metropolis-1927", "shared-1930", "shared-1931", "shared-1932"}
    assert (await desk.bring(lines)).counts("unchanged") == [3]


async def test_an_external_id_of_another_name_and_year_is_not_believed(desk: Desk) -> None:
    await desk.bring([film(wikipedia="M"), film("Nosferatu", 1922, wikipedia="N")])
    before = await desk.titles()
    both = [{"source": "wikipedia", "value": "M"}, {"source": "imdb", "value": "tt1"}]
    for field, line in {
        "wikipedia": film("Frau im Mond", 1929, wikipedia="M"),
        "externalIds": film("Nosferatu", 1922, externalIds=both),
    }.items():
        brought = await desk.bring([line])
        assert brought.said[0].startswith(f"line 1: {field}: metropolis-1927 has this external id, and another name")
        assert brought.counts("refused") == [1]
        assert await desk.titles() == before
    several = [{"source": "wikipedia", "value": "M"}, {"source": "imdb", "value": "tt2"}]
    await desk.bring([{"slug": "nosferatu-1922", "externalIds": [{"source": "imdb", "value": "tt2"}]}])
    (problem,) = (await desk.bring([film(externalIds=several)])).of_line(1)
    assert (
        problem == "externalIds: Its external ids are those of metropolis-1927, nosferatu-1922: give the slug of one."
    )


@BOTH_WAYS
async def test_two_lines_about_one_title_are_refused(desk: Desk, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LINES_AT_ONCE", at_once)
    third = [film("Third", 1930), film("Third", 1930, slug="third-1930", tagline="Last.")]
    brought = await desk.bring([film(slug="m"), film("Other", slug="m"), *third])
    assert brought.of_line(2) == ["slug: Line 1 is about the same title."]
    assert [title["slug"] for title in await desk.titles()] == ["m", "third-1930", "third-1930-2"]
    for _ in range(2):
        again = await desk.bring([*third, film(slug="m"), film("Other", slug="m")])
        assert again.counts("unchanged", "refused") == [3, 1]


async def test_a_slug_that_an_editor_took_gets_a_number(desk: Desk) -> None:
    await desk.bring([film("Something else", 1900, slug="metropolis-1927")])
    for _ in range(2):
        await desk.bring([film()])
        names = {title["slug"]: title["texts"][0]["name"] for title in await desk.titles()}
        assert names == {"metropolis-1927": "Something else", "metropolis-1927-2": "Metropolis"}


async def test_what_is_not_given_stays(desk: Desk) -> None:
    complete = {
        "slug": "m",
        "originalLanguage": "de",
        "texts": [
            {"language": "de", "name": "Metropolis", "synopsis": "Oben.", "tagline": "Mittler."},
            {"language": "en", "name": "Metropolis", "synopsis": "Above."},
        ],
        "credits": [
            {"person": "Brigitte Helm", "role": "ACTOR", "character": "Maria"},
            {"person": "Thea von Harbou", "role": "WRITER"},
        ],
        "externalIds": [{"source": "imdb", "value": "tt1"}],
        "genres": ["Drama"],
    }
    await desk.bring([complete])
    await desk.bring([{"slug": "m", "synopsis": "Unten.", "name.fr": "Métropolis", "wikipedia": "M"}])
    await desk.bring([{"slug": "m", "cast": ["Alfred Abel", "Brigitte  Helm"], "directors": ["Fritz Lang"]}])
    (title,) = await desk.titles()
    assert title["texts"] == [
        {"language": "de", "name": "Metropolis", "synopsis": "Unten.", "tagline": "Mittler."},
        {"language": "en", "name": "Metropolis", "synopsis": "Above."},
        {"language": "fr", "name": "Métropolis"},
    ]
    assert title["credits"] == [
        {"person": "Thea von Harbou", "role": "WRITER"},
        {"person": "Fritz Lang", "role": "DIRECTOR"},
        {"person": "Alfred Abel", "role": "ACTOR"},
        {"person": "Brigitte Helm", "role": "ACTOR", "character": "Maria"},
    ]
    assert title["externalIds"] == [{"source": "imdb", "value": "tt1"}, {"source": "wikipedia", "value": "M"}]
    assert title["genres"] == ["drama"]
    assert await desk.standing() == {"m": (3, None)}


async def test_episodes_and_trailers_keep_their_ids(desk: Desk) -> None:
    def series(name: str, *numbers: int) -> dict[str, Any]:
        episodes = [{"number": n, "texts": [{"language": "en", "name": name}]} for n in numbers]
        seasons = [{"number": 1, "episodes": episodes}]
        return film("Fantômas", 1913, kind="SERIES", status="ENDED", seasons=seasons, trailers=[{}])

    def ids(document: Any) -> dict[Any, str]:
        return {(entry["kind"], entry["number"]): entry["id"] for entry in document["playables"]}

    await desk.bring([series("One", 1, 2)])
    ((before,),) = await desk.rows(select(TITLE_DRAFT.c.document))
    brought = await desk.bring([series("Two", 2, 3)])
    assert brought.counts("changed") == [1]
    ((after,),) = await desk.rows(select(TITLE_DRAFT.c.document))
    kept = {place: id_ for place, id_ in ids(after).items() if ids(before).get(place) == id_}
    assert set(kept) == {("EPISODE", 2), ("TRAILER", None)}
    assert before["seasons"][0]["id"] == after["seasons"][0]["id"]


async def test_trailers_with_and_without_numbers_stay_apart(desk: Desk) -> None:
    named = [{"number": n, "texts": [{"language": "en", "name": f"Number {n}"}]} for n in (0, 11, None, None, 11)]
    await desk.bring([film(trailers=named)])
    assert (await desk.bring([film(trailers=named)])).counts("unchanged") == [1]


async def test_genres_are_known_by_slug_or_any_name_and_made_otherwise(desk: Desk) -> None:
    await desk.bring([film(genres=["Science fiction", "ドラマ", "アクション", "sci-fi"])], Options(language="ja"))
    await desk.bring([film("Another", genres=["science-fiction", "SCIENCE FICTION", "ドラマ", "Science-Fiction"])])
    genres = {row.slug: row.names for row in await desk.rows(select(GENRE.c.slug, GENRE.c.names))}
    assert genres == {
        "science-fiction": {"ja": "Science fiction"},
        "genre": {"ja": "ドラマ"},
        "genre-2": {"ja": "アクション"},
        "sci-fi": {"ja": "Sci fi"},
    }
    assert (await desk.titles())[0]["genres"] == ["science-fiction", "genre"]
    brought = await desk.bring([film("Third", genres=["genre-2", "Dramma"])], Options(known_genres=True))
    assert brought.of_line(1) == ["genres.1: There is no genre 'Dramma'."]
    assert brought.counts("created") == [0]


@BOTH_WAYS
async def test_a_dry_run_says_what_would_be_and_changes_nothing(
    desk: Desk, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINES_AT_ONCE", at_once)
    await desk.bring([film(genres=["Drama"])])
    before = await desk.fingerprint()
    lines = [film(synopsis="New."), film("Another", cast=["Somebody"], genres=["Crime"]), film("")]
    lines += [film("Another", genres=["Crime"]), film("Named", slug="s"), film("Named again", slug="s")]
    dry = await desk.bring(lines, replace(SHOWN, dry_run=True))
    assert await desk.fingerprint() == before
    wet = await desk.bring(lines, SHOWN)
    assert wet.counts("created", "changed", "refused", "not published") == [3, 1, 2, 4]
    assert dry.outcome.summary() == wet.outcome.summary()
    assert dry.said == wet.said


async def test_an_import_that_is_killed_is_completed_by_the_next(desk: Desk) -> None:
    lines = [film(f"Film {n % 900}", 1950, cast=[f"Actor {n % 50}"], genres=["Drama"]) for n in range(3_000)]
    lines = [line | {"synopsis": f"Number {n}."} for n, line in enumerate(lines)]
    path = desk.write(lines)
    count = select(func.count()).select_from(TITLE)
    with program(desk.program("import", str(path)), env=desk.environment()) as running:
        async with asyncio.timeout(60):
            while not 0 < (await desk.rows(count))[0][0] < 3_000:
                assert running.poll() is None, "it ended before it was killed"
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert 0 < (await desk.rows(count))[0][0] < 3_000
    await desk.bring_file(path)
    completed = await desk.exported()
    await desk.write_rows(text("truncate catalog.title, catalog.person, catalog.genre cascade"))
    brought = await desk.bring_file(path)
    assert brought.counts("created") == [3_000]
    assert await desk.exported() == completed


async def test_two_imports_take_turns(desk: Desk) -> None:
    path = desk.write([film(f"Film {n}", cast=["One", "Two"]) for n in range(50)])
    database = Database.connect(desk.settings, ("catalog",))
    async with database.read("catalog") as db:
        await db.execute(select(func.pg_advisory_lock(LOCK)))
        both = asyncio.gather(desk.bring_file(path), desk.bring_file(path))
        waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
        while (await desk.rows(waiting))[0][0] < 2:
            assert not both.done()
        await db.execute(select(func.pg_advisory_unlock(LOCK)))
        first, second = await both
    await database.close()
    assert sorted([*first.counts("created"), *second.counts("created")]) == [0, 50]
    assert sorted([*first.counts("unchanged"), *second.counts("unchanged")]) == [0, 50]
    assert (await desk.rows(select(func.count()).select_from(PERSON)))[0][0] == 2


async def test_a_slug_that_is_taken_at_the_same_instant_is_looked_up_again(desk: Desk) -> None:
    database = Database.connect(desk.settings, ("catalog",))
    async with database.write("catalog") as db:
        standing = {"id": new_id(), "kind": TitleKind.MOVIE, "slug": "m", "original_language": "de", "added_at": NOW}
        await db.execute(insert(TITLE).values(state=PublicationState.DRAFT, revision=1, **standing))
        running = asyncio.create_task(desk.bring([film(slug="other"), film(slug="m")]))
        waiting = text("select count(*) from pg_locks where not granted")
        while not (await desk.rows(waiting))[0][0]:
            assert not running.done()
    await database.close()
    brought = await running
    assert brought.counts("created", "changed") == [1, 1]
    assert [(title["slug"], title["originalLanguage"]) for title in await desk.titles()] == [
        ("m", "de"),
        ("other", "en"),
    ]


async def test_a_run_leaves_one_line_in_the_audit_log(desk: Desk) -> None:
    queued = text("select convert_from(payload, 'utf8')::jsonb from jobs.pgqueuer where entrypoint = 'audit'")
    await desk.bring([film(), film("")])
    await desk.bring([film()])
    ((entry,),) = await desk.rows(queued)
    assert (entry["actor"], entry["action"]) == ("marquee catalog import", "IMPORTED_TITLES")
    assert entry["reason"].startswith("films.jsonl: 1 created, 0 changed, 0 unchanged, 0 published, 1 refused")
    assert entry["actor"] != audit.PLATFORM


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"language": "xx"}, "--language: 'xx'"),
        ({"countries": "US"}, "--countries and --from: a window has both"),
        ({"countries": "US,XX", "opens": "2026-01-01T00:00:00Z"}, "--countries: 'XX' is not a country"),
        ({"countries": "US", "opens": "2026-01-01"}, "--from: '2026-01-01' does not say in which time zone"),
        ({"countries": "US", "opens": "soon"}, "--from: 'soon' is no instant"),
        (
            {"countries": "US", "opens": "2026-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"},
            "--until: A window closes after it opens",
        ),
        ({"ratings": ["US"]}, "--rating: 'US' is not of the form"),
        ({"ratings": ["US=PG-12"]}, "--rating: 'PG-12' is no rating of US; there are G, NC-17, PG, PG-13, R, TV-14"),
        ({"ratings": ["MT=12"]}, "--rating: we know no ratings of MT: write MT=CODE:AGE"),
        ({"ratings": ["XX=12:12"]}, "--rating: 'XX' is not a country"),
        ({"ratings": ["US=G", "US=PG"]}, "--rating: US stands here twice"),
    ],
)
def test_options_that_make_no_sense_are_named(given: dict[str, Any], problem: str) -> None:
    nothing: dict[str, Any] = {"language": "en", "countries": "", "opens": "", "until": "", "ratings": []}
    with pytest.raises(Exception, match=f"^{problem}"):
        checked_options(**nothing | given)
