"""No row on any path holds a title that the viewer may not see, whoever ranked it, however long ago."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.catalog import PublicationState
from runtime.resources import Resources
from tests.catalog.tasters import UNWANTED, WATCHED, Taster, settle
from tests.catalog.worlds import Asker, Shown, askers, exists, plays, put_up, shown

EXAMPLES = 200 if os.environ.get("MARQUEE_SOAK") == "1" else 10
OWN = {"CONTINUE_WATCHING", "MY_LIST"}
"""Rows that show what is still to come, too: the profile put it there."""
PUBLIC = PublicationState.PUBLISHED
ALWAYS = Shown(PUBLIC, (("US", -3, None), ("DE", -3, None)), (("US", 0), ("DE", 0)))
CLOSING, OPENING = Shown(PUBLIC, (("US", -3, 1),), ALWAYS.ages), Shown(PUBLIC, (("US", 1, None),), ALWAYS.ages)
MATURE, ABROAD = Shown(PUBLIC, ALWAYS.windows, (("US", 16),)), Shown(PUBLIC, (("DE", -3, None),), ALWAYS.ages)
REST = (ALWAYS,) * 6
"""Twice as many show more than one row: above the fold no title stands twice."""
catalogues = st.lists(st.just(ALWAYS) | shown, min_size=5, max_size=10).map(tuple)
visits = st.lists(askers, min_size=1, max_size=3).map(tuple)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=catalogues, visits=visits, ranked=st.booleans())
@example(
    (CLOSING, ALWAYS, MATURE, *REST, *REST), (Asker("US", 99, 0), Asker("US", 99, 1, -1), Asker("US", 99, 1)), True
)
@example((MATURE, CLOSING, MATURE, *REST), (Asker("US", 99, 0), Asker("US", 12, 0), Asker("US", None, 1)), True)
@example((ABROAD, OPENING, ALWAYS, *REST), (Asker("DE", 99, 0), Asker("US", 99, 0), Asker("US", 99, 1)), True)
@example((ALWAYS, ALWAYS, ALWAYS, ALWAYS, *[CLOSING] * 6), (Asker("US", 99, 0), Asker("US", 99, 1)), False)
async def test_whatever_is_proposed_may_be_watched(
    resources: Resources, titles: tuple[Shown, ...], visits: tuple[Asker, ...], ranked: bool
) -> None:
    """One profile asks again and again, while what was ranked for it at first lies in Valkey."""
    world = await put_up(titles, resources)
    with TemporaryDirectory() as folder:
        taster = await settle(resources, world, Path(folder) / "model" if ranked else None)
    for number, asker in enumerate(visits):
        found = await taster.ask(resources, asker)
        there = ids_where(exists, taster, titles, asker)
        play = ids_where(plays, taster, titles, asker)
        hidden = {str(of.id) for of in world.stock} - there
        names = {f"Moonrise {n}" for n, of in enumerate(world.stock) if str(of.id) in hidden}
        told = str(found)
        assert [word for word in (*hidden, *names) if re.search(rf"{word}\b", told)] == [], (
            "neither its id nor its name"
        )
        check_titles(found["titles"], there, play, taster, ranked, asker.age is not None)
        if asker.age is not None:
            check_lists(found, there, play, taster)
            check_home(found["profile"][0]["home"], there, play, taster, anew=number == 0, ranked=ranked)


def ids_where(oracle: Any, taster: Taster, titles: Iterable[Shown], asker: Asker) -> set[str]:
    return {str(of.id) for of, title in zip(taster.world.stock, titles, strict=True) if oracle(title, asker)}


def places(taster: Taster, *numbers: int) -> set[str]:
    return {str(taster.world.stock[n].id) for n in numbers}


def nodes(connection: Any) -> set[str]:
    return {edge["node"]["id"] for edge in connection["edges"]}


def check_titles(
    found: list[Any], there: set[str], play: set[str], taster: Taster, ranked: bool, signed_in: bool
) -> None:
    """What is there is like others that play; without a model like all that are of its genre."""
    by_id = {title["id"]: title for title in found if title}
    assert by_id.keys() == there
    for id_, title in by_id.items():
        alike = nodes(title["moreLikeThis"])
        assert alike <= play - {id_}
        assert (title["matchScore"] is not None) == (ranked and signed_in)
        if not ranked:
            assert alike | places(taster, UNWANTED) >= play - {id_}


def check_lists(found: dict[str, Any], there: set[str], play: set[str], taster: Taster) -> None:
    """These are ranked anew for each request, so that nothing is missing, either."""
    profile = found["profile"][0]
    wanted = play - places(taster, UNWANTED)
    assert {seed["id"] for seed in found["tasteSeeds"]} == wanted
    for name in ("recommendations", "ofGenre"):
        assert nodes(profile[name]) == wanted - places(taster, *WATCHED), name


def check_home(home: Any, there: set[str], play: set[str], taster: Taster, anew: bool, ranked: bool) -> None:
    rows = [edge["node"] for edge in home["edges"]]
    assert (home["modelVersion"] is not None) == ranked
    proposed = [row for row in rows if row["kind"] not in OWN]
    assert set().union(*(nodes(row["titles"]) for row in rows)) <= there
    assert set().union(*(nodes(row["titles"]) for row in proposed)) <= play
    assert {row["seed"]["id"] for row in proposed if row["seed"]} <= play
    assert set(evidence_in(rows)) <= there
    if anew:
        assert set().union(*(nodes(row["titles"]) for row in rows)) >= play - places(taster, UNWANTED)


def evidence_in(rows: Iterable[Any]) -> Iterator[str]:
    """The ids of the titles that explain the rows' titles."""
    for row in rows:
        for edge in row["titles"]["edges"]:
            for evidence in (edge["explanation"] or {"evidence": []})["evidence"]:
                if evidence["title"]:
                    yield evidence["title"]["id"]
