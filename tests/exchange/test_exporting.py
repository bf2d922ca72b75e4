"""Exports: what is written makes the same catalogue elsewhere, in either form."""

import csv
import gzip
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.settings import Settings
from server.commands import Stop
from tests.cluster import Databases
from tests.exchange.desk import SHOWN, Desk, film
from tests.seeded import seeded, seeded_template

__all__ = ["seeded", "seeded_template"]

Values = dict[str, Any]
FORMS = ["out.jsonl", "out.csv"]
letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
words = st.text(letters, min_size=1, max_size=9).filter(str.isalnum)
prose = st.sampled_from(['He said "no", and; left.', "=1+1", "One\nTwo\n\n\tThree", "'", " ; ", "\ufeffmark"]) | words
languages = st.sampled_from(["de", "en", "pt-BR", "zh-Hant"])
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda moment: f"{moment.isoformat()}+05:30")
dates = st.dates(datetime(1990, 1, 1).date(), datetime(2100, 1, 1).date()).map(str)
numbers = st.integers(0, 99)


def some(values: st.SearchStrategy[Any], by: str | None = None, most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=most, unique_by=by and (lambda value: value[by]))


def record(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[Values]:
    return st.fixed_dictionaries(required, optional=optional)


def texts(**optional: Any) -> st.SearchStrategy[list[Values]]:
    return some(record({"language": languages, "name": words}, **optional), by="language")


markers = some(
    st.builds(
        lambda kind, start, label: {"kind": kind, "startMs": start, "endMs": start + 7} | label,
        st.sampled_from(["INTRO", "CREDITS"]),
        numbers,
        record({}, label=prose),
    ),
    by="startMs",
)
trailer = record({}, number=numbers, texts=texts(synopsis=prose), markers=markers)
episode = record({"number": numbers}, texts=texts(synopsis=prose), markers=markers, airDate=dates)
season = record(
    {"number": numbers, "episodes": some(episode, by="number")}, names=st.dictionaries(languages, words, max_size=3)
)
title = record(
    {"slug": st.from_regex("[a-z]{3,9}(-[0-9]{1,3})?", fullmatch=True), "originalLanguage": languages},
    texts=texts(synopsis=prose, tagline=prose),
    releaseYear=st.integers(1888, 2200),
    genres=some(words | st.sampled_from(["Science fiction", "drama", "ドラマ"])),
    credits=some(
        record({"person": words, "role": st.sampled_from(["ACTOR", "DIRECTOR", "COMPOSER"])}, character=prose), most=5
    ),
    windows=some(record({"countries": st.just(["US", "DE"]), "from": moments})),
    ratings=some(
        st.sampled_from(
            [
                {"country": "DE", "code": "12", "minimumAge": 12, "advisories": ["VIOLENCE", "x; y"]},
                {"country": "MT", "code": "12A", "minimumAge": 12},
                {"country": "AD", "code": "+7", "minimumAge": 7, "system": "Somebody's"},
            ]
        ),
        by="country",
    ),
    externalIds=some(record({"source": st.sampled_from(["imdb", "wikipedia"]), "value": words}), by="source"),
    trailers=some(trailer),
)
titles = st.one_of(
    st.builds(lambda value, more: value | more, title, record({"kind": st.just("MOVIE")}, markers=markers)),
    st.builds(
        lambda value, more: value | more,
        title,
        record({"kind": st.just("SERIES"), "seasons": some(season, by="number")}, status=st.sampled_from(["AIRING"])),
    ),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(titles, min_size=1, max_size=4, unique_by=lambda line: line["slug"]))
async def test_an_export_makes_the_same_catalogue_elsewhere(
    databases: Databases, migrated: str, valkey_url: str, tmp_path: Path, lines: list[Values]
) -> None:
    async def made(content: Any, name: str) -> tuple[list[Any], list[bytes]]:
        """What an installation has, and exports in either form, to which nothing else came than this."""
        async with databases.copy(migrated) as url:
            desk = Desk(Settings(data=tmp_path, database_url=url, redis_url=valkey_url), tmp_path)
            brought = await desk.bring(content, name=name)
            assert brought.counts("created", "refused") == [len(lines), 0], brought.said
            documents = await desk.documents()
            assert (await desk.bring(content, name=name)).counts("unchanged") == [len(lines)]
            return documents, [await desk.exported(form) for form in FORMS]

    documents, first = await made(lines, "in.jsonl")
    for form, content in zip(FORMS, first, strict=True):
        assert await made(content, form) == (documents, first)


async def test_the_starter_catalogue_comes_back_as_it_was(seeded: Settings, settings: Settings, tmp_path: Path) -> None:
    theirs, ours = Desk(seeded, tmp_path), Desk(settings, tmp_path)
    for form in FORMS:
        written = await theirs.exported(form)
        await ours.bring(written, name=form)
        assert await ours.exported(form) == written
        again = await theirs.bring(written, name=form)
        assert again.counts("created", "changed", "refused") == [0, 0, 0]
    assert len(written.splitlines()) > 100


async def test_a_draft_is_exported_in_place_of_what_is_published(desk: Desk) -> None:
    await desk.bring([film()])
    await desk.give_media("metropolis-1927")
    await desk.bring([film()], SHOWN)
    published = await desk.exported()
    await desk.bring([{"slug": "metropolis-1927", "name": "Metropolis, restored"}])
    assert await desk.exported() == published.replace(b'"Metropolis"', b'"Metropolis, restored"')


async def test_a_table_has_a_column_for_each_word_in_each_language(desk: Desk) -> None:
    await desk.bring([film("M", 1931, **{"name.de": "M", "tagline.de": "Wer?"}), film("Metropolis")])
    table = (await desk.exported("out.csv")).decode()
    first, second = csv.DictReader(io.StringIO(table))
    assert (first["name"], first["name.de"], first["tagline.de"], first["synopsis.de"]) == ("M", "M", "Wer?", "")
    assert second["name.de"] == ""
    assert b"".join([gzip.decompress(await desk.exported("out.csv.gz"))]) == table.encode()
    assert await desk.exported("out.csv.gz") == await desk.exported("out.csv.gz")


async def test_an_export_that_fails_leaves_the_file_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.bring([film()])
    before = await desk.exported()

    async def fail(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.exchange.exporting.write_titles", fail)
    with pytest.raises(Stop, match=r"out\.jsonl: No space left on device"):
        await desk.exported()
    assert {path.name for path in desk.folder.glob("*out*")} == {"out.jsonl"}
    assert (desk.folder / "out.jsonl").read_bytes() == before
    monkeypatch.undo()
    with pytest.raises(Stop, match="the name ends in none of"):
        await desk.exported("out.txt")
    with pytest.raises(Stop, match="No such file or directory"):
        await desk.exported("nowhere/out.csv")
