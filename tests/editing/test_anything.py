"""Whatever editors send: a title that reads back as it was sent, or refusals that changed nothing; never a fault."""

import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from resolvers.catalog.editing.applied import apply
from resolvers.catalog.editing.stored import editorial_rows, published_documents
from tests.editing.operations import CREATE, READ, SAVE_PLAYABLE, UPDATE, Answer, answer_of, editor, rows_of
from tests.served import Front

Input = dict[str, Any]
MOMENTS = ["2026-01-01T00:00:00Z", "2026-01-01T12:00:00.000001+05:30", "1888-01-01T00:00:00Z", "2200-01-01T00:00:00Z"]
EXTREMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
ODD_WORDS = ["\u0301", "", "\0", "A\nB", "\u200b", "x" * 501]


def mostly(good: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One in twenty is odd: most inputs have many parts, and one that is wrong is enough for a refusal."""
    return st.sampled_from([good] * 19 + [odd]).flatmap(lambda chosen: chosen)


def either(good: list[Any], odd: list[Any]) -> st.SearchStrategy[Any]:
    return mostly(st.sampled_from(good), st.sampled_from(odd))


def some(values: st.SearchStrategy[Any], most: int = 3, by: str | None = None) -> st.SearchStrategy[list[Any]]:
    """A list that mostly has no two of the same `by`."""
    unlike = None if by is None else lambda value: value[by].casefold()
    return mostly(st.lists(values, max_size=most, unique_by=unlike), st.lists(values, max_size=most))


def record(required: Input, **optional: Any) -> st.SearchStrategy[Input]:
    return st.fixed_dictionaries(required, optional=optional)


words = mostly(
    st.sampled_from(["A", "Metropolis", " Métro\u0301  polis ", "東京"]),
    st.sampled_from(ODD_WORDS) | st.text(max_size=20),
)
prose = st.none() | words
languages = either(["en", "de", "pt-br", "zh-hant-TW", "yua", "und", "iw"], ["klingon", "", "EN"])
kinds = st.sampled_from(["MOVIE", "SERIES"])
countries = either(["US", "DE", "SE", "AT"], ["us", "XX"])
odd_integers = st.integers(-(2**31), 2**31 - 1)
text = record({"language": languages, "name": words}, synopsis=prose, tagline=prose)
window = record(
    {"countries": mostly(st.lists(countries, min_size=1, max_size=3, unique=True), some(countries)),
     "from": either(MOMENTS[:3], EXTREMES)},
    until=either([None, MOMENTS[3]], EXTREMES + MOMENTS),
)  # fmt: skip
rating = mostly(
    st.sampled_from(
        [
            {"country": "DE", "code": "12", "minimumAge": 12},
            {"country": "AT", "code": "16", "minimumAge": 16},
            {"country": "SE", "code": " 15", "minimumAge": 15},
        ]
    ),
    record({"country": countries, "code": words, "minimumAge": odd_integers}),
)
credit = mostly(
    record({"role": st.sampled_from(["ACTOR", "DIRECTOR"]), "personName": words}, character=prose),
    record({"role": st.just("WRITER")}, personId=prose, personName=prose),
)
external = record({"source": either(["imdb", "wikidata"], ["IMDb", ""]), "value": words})
anything = record(
    {},
    slug=either([None], ["one", "No", ""]),
    status=either([None], ["UPCOMING", "ENDED"]),
    releaseYear=mostly(st.sampled_from([1927, None]), odd_integers),
    texts=some(text, by="language"),
    genreIds=mostly(st.just([]), st.lists(words, max_size=1)),
    windows=some(window),
    credits=some(credit),
    ratings=some(rating, by="country"),
    externalIds=some(external, by="source"),
)
marker = record(
    {
        "kind": st.sampled_from(["INTRO", "CHAPTER"]),
        "startMs": mostly(st.integers(0, 9), odd_integers),
        "endMs": mostly(st.integers(10, 20), odd_integers),
    },
    label=prose,
)
numbers = mostly(st.integers(0, 9), st.none() | odd_integers)
episode = record(
    {"kind": st.just("EPISODE"), "season": numbers, "number": numbers},
    airDate=either(["1927-01-10", None], ["0001-01-01", "9999-12-31"]),
    texts=some(text, by="language"),
    markers=some(marker),
)
trailer = record({"kind": either(["TRAILER"], ["MOVIE", None])}, texts=some(text, by="language"), season=st.none())


def told(words: str | None, is_name: bool = False) -> str | None:
    """The words as they are to be read: composed, names with single spaces, nothing instead of blanks."""
    composed = unicodedata.normalize("NFC", words or "")
    return (" ".join(composed.split()) if is_name else composed.strip()) or None


def read(title: Answer) -> Input:
    """What of a title can be compared with what was sent."""
    return {
        "texts": {(text["name"], text["synopsis"], text["tagline"]) for text in title["texts"]},
        "credits": [(credit["role"], credit["character"]) for credit in title["credits"]],
        "windows": {
            (tuple(window["countries"]), moment(window["from"]), moment(window["until"])) for window in title["windows"]
        },
        "ratings": {(rating["country"], rating["code"], rating["minimumAge"]) for rating in title["ratings"]},
        "externalIds": {(external["source"], external["value"]) for external in title["externalIds"]},
        "releaseYear": title["releaseYear"],
        "status": title["status"],
    }


def sent(input: Input) -> Input:
    """The oracle: what was sent, as `read` would show it."""
    shown = {name: input[name] for name in ("releaseYear", "status") if name in input}
    parts = {
        "texts": lambda x: (told(x["name"], True), told(x.get("synopsis")), told(x.get("tagline"))),
        "windows": lambda x: (tuple(x["countries"]), moment(x["from"]), moment(x.get("until"))),
        "ratings": lambda x: (x["country"], x["code"].strip(), x["minimumAge"]),
        "externalIds": lambda x: (x["source"], x["value"].strip()),
    }
    shown |= {name: {part(x) for x in input[name]} for name, part in parts.items() if name in input}
    if "credits" in input:
        shown["credits"] = [(x["role"], told(x.get("character"))) for x in input["credits"]]
    return shown


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def saved(front: Front, mutation: str, **variables: Any) -> Answer | None:
    """The title if it was saved, read anew; None if it was refused, and then nothing changed."""
    before = await rows_of(front)
    answer = await answer_of(front, editor(front), mutation, **variables)
    if answer["userErrors"]:
        assert answer["editorialTitle"] is None
        assert all(error["path"] and error["message"] for error in answer["userErrors"])
        assert await rows_of(front) == before
        return None
    title: Answer = answer["editorialTitle"]
    assert (await front.data(READ, editor(front), id=title["id"]))["editorialTitle"] == title
    return title


async def check_publishable(front: Front, title: Answer) -> None:
    """Whatever was accepted as a draft fits into the tables, and reads there as it did."""
    id_ = UUID(title["id"])
    async with front.database.write("catalog") as db:
        document = (await editorial_rows(db, [id_]))[id_].document
        await apply(db, {id_: document})
        assert (await published_documents(db, [id_]))[id_] == document


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["MOVIE", "SERIES"]), language=languages, new=anything, change=anything, part=episode | trailer
)
@example(
    kind="SERIES",
    language="de",
    new={"texts": [{"language": "EN", "name": " Me\u0301tro  polis ", "synopsis": " Me\u0301lo "}], "status": "ENDED"},
    change={
        "windows": [{"countries": ["US"], "from": MOMENTS[1]}],
        "ratings": [{"country": "SE", "code": " 15 ", "minimumAge": 15}],
        "credits": [{"role": "ACTOR", "personName": "Brigitte Helm", "character": " Maria"}],
        "externalIds": [{"source": "imdb", "value": " 1 "}],
    },
    part={"kind": "EPISODE", "season": 0, "number": 0, "markers": [{"kind": "INTRO", "startMs": 0, "endMs": 9}]},
)
async def test_it_is_saved_as_sent_or_refused(
    front: Front, kind: str, language: str, new: Input, change: Input, part: Input
) -> None:
    title = await saved(front, CREATE, kind=kind, language=language, input=new)
    if title is None:
        return
    assert read(title) == read(title) | sent(new)
    changed = await saved(front, UPDATE, id=title["id"], revision=1, input=change)
    if changed is not None:
        assert read(changed) == read(title) | sent(change)
        title = changed
    variables = {"title": title["id"], "revision": title["revision"], "input": part}
    with_part = await saved(front, SAVE_PLAYABLE, **variables)
    await check_publishable(front, with_part or title)
