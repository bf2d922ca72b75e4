"""What a model's lists cost: as many statements however many titles there are, with all that explains them."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from resolvers.viewing.recommending.stock import stock_of
from runtime.resources import open_resources
from schema.viewing import schema
from tests.modelled import rank_by_hand
from tests.queries import ask, check_statements
from tests.requests import NOW, make_request
from tests.viewing.world import MINUTE, World

WHY = "explanation { text evidence { kind label weight title { __typename id } } }"
NODE = "node { __typename id inMyList } cursor"
LISTS = {
    "recommendations": f"recommendations(first: 100) {{ edges {{ {NODE} }} }}",
    "of a genre": f"recommendations(first: 100, genreId: GENRE) {{ edges {{ {NODE} }} }}",
    "explanations": f"recommendations(first: 100) {{ edges {{ {NODE} {WHY} }} }}",
    "matchScore": "recommendations(first: 100) { edges { node { id matchScore } } }",
    "moreLikeThis": f"""recommendations(first: 100) {{ edges {{ node {{ id
        moreLikeThis(first: 100) {{ edges {{ {NODE} {WHY} }} }} }} }} }}""",
    "home": f"""home(first: 100) {{ modelVersion edges {{ node {{ id heading seed {{ id }}
        titles(first: 100) {{ edges {{ {NODE} {WHY} }} }} }} }} }}""",
}
MOST = {"recommendations": 4, "of a genre": 4, "explanations": 7, "matchScore": 4, "moreLikeThis": 7, "home": 11}
"""Statements that a field takes with everything below it, the profile itself among them."""


@pytest.fixture
async def genres(world: World, tmp_path: Path) -> list[UUID]:
    """Two genres of eight films each, whose circles a model knows; the profile has watched three of them, so that
    both titles and genres are evidence."""
    made = [await world.genre(en="Crime"), await world.genre(en="Romance")]
    circles = [[await world.movie(genres=[genre], score=0.5) for _ in range(8)] for genre in made]
    features = {id_: [f"genre:{made[n]}"] for n, circle in enumerate(circles) for id_ in circle}
    await rank_by_hand(world.resources, tmp_path / "model", NOW, circles, features)
    for film in (*circles[0][:2], circles[1][0]):
        await world.watch(film, 90 * MINUTE)
    await look_around(world)
    return made


async def look_around(world: World) -> None:
    """Has the process read what titles and which model there are; that's once for all who ask."""
    assert (await world.ask("{ tasteSeeds { id } }"))["tasteSeeds"]


async def more(world: World, genres: list[UUID]) -> None:
    """As many films again, so new that the model knows their genres alone; two of them are watched."""
    new = [[await world.movie(genres=[genre], score=0.5) for _ in range(10)] for genre in genres]
    for film in new[0][:2]:
        await world.watch(film, 90 * MINUTE)
    await look_around(world)


async def test_a_stock_is_of_the_revision_that_it_was_read_at(world: World, genres: list[UUID]) -> None:
    """Whatever the revision was a moment before, when the request began: rankings name titles by their places in it."""
    before = (await stock_of(world.request(), (0, 0))).revision
    await world.movie(score=0.5)
    async with open_resources(world.resources.settings) as another:
        stock = await stock_of(make_request(another), before)
    assert len(stock.ids) == 17
    assert all(had < has for had, has in zip(before, stock.revision, strict=True))


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_takes_as_many_statements_whatever_its_length(world: World, genres: list[UUID], name: str) -> None:
    fields = LISTS[name].replace("GENRE", f'"{genres[0]}"')
    query = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on Profile {{ {fields} }} }} }}"
    of = [{"__typename": "Profile", "id": str(world.profile_id)}]

    async def double() -> None:
        await more(world, genres)

    statements = await check_statements(schema, world.request, query, double, of=of)
    assert len(statements) <= MOST[name], "\n\n".join(statements)
    shown = str(await ask(schema, world.request(), query, of=of))
    assert ("because" in shown.lower()) == (name in ("explanations", "home"))
    assert ("matchScore" in shown) == (name == "matchScore")
    assert "'matchScore': None" not in shown


async def test_a_cached_home_reads_nothing_of_the_profile_s_taste(world: World, genres: list[UUID]) -> None:
    first, second = world.request(), world.request()
    fields = LISTS["home"].replace(WHY, "")  # which is made up from the taste each time
    answers = [await world.of_profile(fields, request) for request in (first, second)]
    assert answers[0] == answers[1]
    assert answers[0]["home"]["modelVersion"]
    assert len(second.tally.statements) < len(first.tally.statements)


async def test_titles_asked_for_by_their_keys_share_their_statements(world: World, genres: list[UUID]) -> None:
    seeds = [UUID(seed["id"]) for seed in (await world.ask("{ tasteSeeds { id } }"))["tasteSeeds"]]
    fields = f"matchScore moreLikeThis {{ edges {{ {NODE} {WHY} }} }}"
    counts = []
    for asked in (seeds[:4], seeds):
        request = world.request()
        found = await world.entities("Movie", asked, fields, request)
        assert all(title["moreLikeThis"]["edges"] for title in found)
        counts.append(len(request.tally.statements))
    assert len(seeds) > 8
    assert counts[0] == counts[1]


async def test_another_model_ranks_anew_what_was_kept(world: World, tmp_path: Path) -> None:
    """The profile does nothing meanwhile: it is the model alone that says what is alike."""
    one, other = [[await world.movie(score=0.5) for _ in range(8)] for _ in range(2)]
    watched = await world.movie(score=0.5)
    await world.watch(watched, 90 * MINUTE)
    for number, like in enumerate((one, other)):
        circles = [[watched, *like], other if like is one else one]
        await rank_by_hand(world.resources, tmp_path / str(number), NOW + timedelta(hours=number), circles)
        for _ in range(2):  # the second one is kept
            [row, *_] = (await world.of_profile(LISTS["home"]))["home"]["edges"]
            assert {edge["node"]["id"] for edge in row["node"]["titles"]["edges"][:6]} <= set(map(str, like))
