"""Files as they come: what is wrong is told by line and field, and the rest is imported."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from server.commands import Stop
from server.exchange.sources import LONGEST_LINE
from tests.exchange.desk import Desk, film

GOOD = b'{"name": "Metropolis"}'


async def faults_of(desk: Desk, *lines: dict[str, Any]) -> list[str]:
    """What is said of these lines, all of which must be refused, without their numbers; nothing is stored."""
    brought = await desk.bring(list(lines))
    assert brought.counts("created", "refused") == [0, len(lines)]
    assert await desk.titles() == []
    return [said.split(": ", 1)[1] for said in brought.said if said.startswith("line ")]


async def test_every_fault_of_a_line_is_told_by_its_field(desk: Desk) -> None:
    line = film(
        "\u0301",
        1500,
        cast=["Brigitte Helm", " "],
        genres=[""],
        wikipedia="",
        windows=[{"countries": ["US", "XX"], "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}],
        ratings=[{"country": "US", "code": "PG-12", "minimumAge": 12}],
        credits=[{"person": "A", "role": "ACTOR", "character": "x" * 201}],
        trailers=[{"texts": [{"language": "en", "name": "T", "synopsis": "x" * 10_001}]}],
        seasons=[{"number": -1, "episodes": [{"number": 1, "markers": [{"kind": "INTRO", "startMs": 9, "endMs": 8}]}]}],
        **{"synopsis.de": "Ohne Namen.", "name.klingon": "tlhIngan", "name.fr": "\0"},
    )
    assert sorted(fault.split(": ")[0] for fault in await faults_of(desk, line)) == [
        "cast.1",
        "credits.0.character",
        "genres.0",
        "name",
        "name.de",
        "name.fr",
        "name.fr",
        "name.klingon",
        "ratings.0.code",
        "seasons",
        "seasons.0.episodes.0.markers.0.endMs",
        "seasons.0.number",
        "trailers.0.texts.0.synopsis",
        "wikipedia",
        "windows.0.countries.1",
        "windows.0.until",
        "year",
    ]


async def test_wrong_types_are_told_together_with_what_else_is_wrong(desk: Desk) -> None:
    line = film(5, "soon", kind="FILM", windows=[{"from": "2026-01-01T00:00:00"}], slug="Not a slug", tagline=["x"])
    assert sorted(await faults_of(desk, line)) == [
        "kind: Input should be 'MOVIE' or 'SERIES'.",
        "name: Input should be a valid string.",
        "slug: A slug has 1 to 100 small letters, digits and single hyphens between them.",
        "tagline: Input should be a valid string.",
        "windows.0.countries: Field required.",
        "windows.0.from: Input should have timezone info.",
        "year: Input should be a valid integer, unable to parse string as an integer.",
    ]


async def test_a_mistyped_key_loses_nothing(desk: Desk) -> None:
    lines = [film(taglin="x"), film(credits=[{"person": "A", "roll": "ACTOR"}]), film(**{"titel.de": "x"})]
    assert await faults_of(desk, *lines) == [
        "taglin: There is no such field.",
        "credits.0.role: Field required.",
        "credits.0.roll: Extra inputs are not permitted.",
        "titel.de: There is no such field.",
    ]


async def test_a_line_says_which_title_and_only_once(desk: Desk) -> None:
    twice = film(texts=[{"language": "en", "name": "Metropolis"}])
    tags = film(originalLanguage="de", **{"name.de": "Metropolis", "name.pt-br": "A", "name.pt-BR": "B"})
    assert await faults_of(desk, {"year": 1927}, film(releaseYear=1926), twice, tags) == [
        "name: A title has a `name`, `texts`, or at least a `slug`.",
        "year: `year` and `releaseYear` differ.",
        "originalLanguage: The language en stands here twice.",
        "name.de: The language de stands here twice.",
        "name.pt-br: The language pt-BR stands here twice.",
    ]


async def test_a_film_stays_a_film(desk: Desk) -> None:
    await desk.bring([film(slug="m")])
    brought = await desk.bring([{"slug": "m", "kind": "SERIES", "seasons": [{"number": 1}], "status": "ENDED"}])
    assert sorted(brought.of_line(1)) == [
        "kind: It is a MOVIE, and stays one.",
        "seasons: A film has no episodes.",
        "status: Only a series has a status.",
    ]


async def test_broken_lines_are_left_out(desk: Desk) -> None:
    long = b'{"name": "' + b"x" * LONGEST_LINE * 3 + b'"}'
    lines = [b"\xef\xbb\xbf" + GOOD, b"", b"{", b'"Metropolis"', b'{"name": "\xff"}', long, b'{"name": "Last"}']
    for end in (b"\n", b"\r\n"):
        brought = await desk.bring(end.join(lines))
        assert [said.split(": ")[0:2] for said in brought.said if said.startswith("line")] == [
            *(["line 3", "line"], ["line 4", "line"], ["line 5", "line"], ["line 6", "line"]),
        ]
        assert brought.of_line(6) == ["line: A line has at most 1,000,000 bytes."]
        assert brought.counts("refused") == [4]
        assert [title["slug"] for title in await desk.titles()] == ["last", "metropolis"]


CSV = """\
name,year,name.de,synopsis,genres,cast,windows,credits\r
Metropolis,1927,,"Above,
and ""below"".",Drama; Science fiction,Brigitte Helm;Alfred Abel ,"[{""countries"":[""US""],
""from"":""2026-01-01T00:00:00Z""}]",\r
\r
M,,M – Eine Stadt sucht einen Mörder,,,,,\r
Broken,1931,,,,,[{,nonsense\r
Wrong,year,,,,,,\r
Short,1931\r
Last,1932,,,,,,
"""


async def test_a_table_is_imported_by_the_names_of_its_columns(desk: Desk) -> None:
    brought = await desk.bring("\ufeff" + CSV, name="films.csv")
    assert [said.split(": ")[:3] for said in brought.said if said.startswith("line")] == [
        ["line 7", "windows", "This is not JSON"],
        ["line 7", "credits", "This is not JSON"],
        ["line 8", "year", "Input should be a valid integer, unable to parse string as an integer."],
        ["line 9", "line", "The header has 8 columns; this line has 2."],
    ]
    last, m, metropolis = await desk.titles()
    assert (last["slug"], m["texts"][0]["name"]) == ("last-1932", "M – Eine Stadt sucht einen Mörder")
    assert metropolis["texts"] == [{"language": "en", "name": "Metropolis", "synopsis": 'Above,\nand "below".'}]
    assert metropolis["genres"] == ["drama", "science-fiction"]
    assert [credit["person"] for credit in metropolis["credits"]] == ["Brigitte Helm", "Alfred Abel"]
    assert metropolis["windows"] == [{"countries": ["US"], "from": "2026-01-01T00:00:00Z"}]


async def test_a_broken_record_does_not_break_the_next(desk: Desk) -> None:
    filler = [b'"' + b"x" * 9_000 + b'",' for _ in range(120)]
    rows = [b"name,synopsis", b"One,\xff", b'Two,"a"b', b'Three,"', b"Four,", *filler, b'Five,"a', b"Six,"]
    brought = await desk.bring(b"\n".join(rows).replace(b'"xx', b"xx").replace(b'xx"', b"xx"), name="films.csv")
    assert brought.of_line(2) == ["synopsis: This is not UTF-8."]
    assert brought.of_line(3) == ["line: This is not CSV: ',' expected after '\"'."]
    assert brought.of_line(4) == ["line: A line has at most 1,000,000 bytes."]
    assert brought.of_line(6) == ["name: At most 500 characters fit here; these are 9,000."]
    assert brought.of_line(126) == ["line: This is not CSV: unexpected end of data."]
    assert [title["slug"] for title in await desk.titles()] == ["four", "six"]


async def test_a_line_without_end_takes_no_memory(desk: Desk) -> None:
    long = b"x" * LONGEST_LINE * 2
    brought = await desk.bring(b"\n".join([b"name,synopsis", b"One," + long, b"Two,"]), name="films.csv")
    assert brought.of_line(2) == ["line: A line has at most 1,000,000 bytes."]
    assert [title["slug"] for title in await desk.titles()] == ["two"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("films.txt", b"", "the name ends in none of .jsonl, .ndjson, .csv"),
        ("films.csv", b"", "films.csv: line 1: there is no header"),
        ("films.csv", b"name,titel\nA,B\n", "films.csv: line 1: there is no column 'titel'"),
        ("films.csv", b"name,year,name\nA,1,B\n", "films.csv: line 1: the column 'name' stands there twice"),
        ("films.csv", b'"name\n', "films.csv: line 1: the header can't be read"),
        ("films.jsonl.gz", GOOD, "films.jsonl.gz: Not a gzipped file"),
        (
            "films.jsonl.gz",
            gzip.compress(GOOD + b"\n" * 9, mtime=0)[:-9],
            "films.jsonl.gz: Compressed file ended before",
        ),
    ],
)
async def test_a_file_that_is_none_is_refused_whole(desk: Desk, name: str, content: bytes, problem: str) -> None:
    with pytest.raises(Stop, match=problem):
        await desk.bring(content, name=name)
    assert await desk.titles() == []


async def test_an_empty_file_has_no_titles(desk: Desk) -> None:
    brought = await desk.bring(b"")
    assert brought.counts("created", "refused") == [0, 0]
    with pytest.raises(Stop, match=r"nothing\.jsonl: No such file or directory"):
        await desk.bring_file(desk.folder / "nothing.jsonl")


async def test_the_report_has_all_that_was_said_and_more(desk: Desk, tmp_path: Path) -> None:
    path = desk.write([film(genres=["Drama"]), film("x" * 501, 1), film(genres=["Drama"])])
    brought = await desk.bring_file(path, report=tmp_path / "report.jsonl")
    *remarks, last = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [(remark["line"], remark["what"], remark["code"], remark["field"]) for remark in remarks] == [
        (2, "refused", "OUT_OF_RANGE", "year"),
        (2, "refused", "TOO_LONG", "name"),
        (3, "note", "REPEATED", ""),
    ]
    assert last == {"summary": brought.outcome.summary()}
    assert brought.said[1] == "line 2: name: At most 500 characters fit here; these are 501."
    assert brought.said[-8:] == [
        *("created: 1", "changed: 0", "unchanged: 0", "published: 0", "refused: 1", "repeated: 1", "not published: 0"),
        "new genre: drama (Drama)",
    ]


def test_the_command_tells_a_script_how_it_went(desk: Desk) -> None:
    good, bad = desk.write([film()]), desk.write([film(), film("")], "bad.jsonl")
    for arguments, code, said in (
        ((str(good),), 0, "created: 1"),
        ((str(bad),), 1, "line 2: name: A name is one line with something to read in it."),
        ((str(good), "--language", "xx"), 1, "--language: 'xx' is not a language tag of BCP 47."),
        (("nothing.csv",), 1, "nothing.csv: No such file or directory."),
    ):
        ended = desk.command("import", *arguments)
        assert (ended.returncode, said in ended.stderr.decode().splitlines()) == (code, True), ended.stderr
        assert b"Traceback" not in ended.stderr


def test_standard_input_and_output_do_as_well(desk: Desk) -> None:
    table = b"name,year\nMetropolis,1927\n"
    assert b"--format: say whether" in desk.command("import", "-", stdin=table).stderr
    ended = desk.command("import", "-", "--format", "csv", stdin=table)
    assert ended.returncode == 0, ended.stderr
    written = desk.command("export", "-", "--format", "jsonl").stdout
    assert json.loads(written)["slug"] == "metropolis-1927"
    assert desk.command("import", "-", "--format", "jsonl", stdin=written).stderr.splitlines()[2] == b"unchanged: 1"
