"""Continue-watching, my list, thumbs, history and what is up next, through the schema."""

from datetime import timedelta
from uuid import UUID

from models.catalog import PlayableKind
from models.columns import new_id
from runtime.request import Request
from schema.viewing import schema
from tests.queries import check_statements
from tests.requests import NOW, make_request
from tests.viewing.world import ERRORS, MINUTE, World

PAYLOAD = f"title {{ id inMyList thumb }} {ERRORS}"


def at(world: World, minutes: int, **options: object) -> Request:
    return world.request(now=NOW + timedelta(minutes=minutes), **options)


async def add(world: World, title_id: UUID | str, request: Request | None = None) -> object:
    query = f"mutation ($id: ID!) {{ addToMyList(titleId: $id) {{ {PAYLOAD} }} }}"
    return (await world.ask(query, request, id=str(title_id)))["addToMyList"]


async def test_a_series_has_one_entry_and_the_newest_comes_first(world: World) -> None:
    series, movie = await world.series(), await world.movie()
    first, second, third = world.episodes[series]
    await world.watch(first, 50 * MINUTE, at(world, 0))
    await world.watch(movie, 50 * MINUTE, at(world, 1))
    assert await world.continuing() == [
        (str(movie), str(movie), "IN_PROGRESS"), (str(series), str(first), "IN_PROGRESS")
    ]  # fmt: skip
    await world.watch(first, 95 * MINUTE, at(world, 2))
    assert (await world.continuing())[0] == (str(series), str(second), "NEXT_EPISODE")
    await world.watch(third, 95 * MINUTE, at(world, 3))
    assert await world.continuing() == [(str(movie), str(movie), "IN_PROGRESS")]


async def test_an_entry_can_be_removed_and_watched_can_be_said(world: World) -> None:
    series = await world.series(episodes=2)
    first, second = world.episodes[series]
    marked = f"markWatched(playableId: $id, watched: $w) {{ playable {{ id }} {ERRORS} }}"
    mark = f"mutation ($id: ID!, $w: Boolean!) {{ {marked} }}"
    await world.ask(mark, id=str(first), w=True)
    assert await world.continuing() == [(str(series), str(second), "NEXT_EPISODE")]
    [item] = (await world.of_profile("continueWatching { edges { node { id } } }"))["continueWatching"]["edges"]
    remove = f"mutation ($id: ID!) {{ removeFromContinueWatching(titleId: $id) {{ removedId {ERRORS} }} }}"
    removed = (await world.ask(remove, id=str(series)))["removeFromContinueWatching"]
    assert removed == {"removedId": item["node"]["id"], "userErrors": []}
    assert await world.continuing() == []
    assert (await world.ask(remove, id=str(series)))["removeFromContinueWatching"]["removedId"] is None
    await world.ask(mark, id=str(first), w=False)
    assert (await world.entity("Episode", first, "progress { watched }"))["progress"] is None


async def test_what_became_invisible_leaves_every_list(world: World) -> None:
    movie = await world.movie(age=16)
    await world.watch(movie, 50 * MINUTE, at(world, 5))
    await add(world, movie)
    child = world.request(maximum_age=12)
    fields = "continueWatching { edges { cursor } } myList { edges { cursor } } history { edges { cursor } }"
    assert all(not lists["edges"] for name, lists in (await world.of_profile(fields, child)).items() if name != "id")
    grown = await world.of_profile(fields)
    assert (len(grown["continueWatching"]["edges"]), len(grown["myList"]["edges"])) == (1, 1)
    assert await world.entity("Movie", movie, "inMyList", child) is None


async def test_a_childs_profile_lists_nothing_above_its_age_whoever_asks(world: World) -> None:
    child, movie = new_id(), await world.movie(age=16)
    await world.profile(world.account_id, child, name="Kim", age=99)
    await add(world, movie, world.request(profile_id=child))
    young = new_id()
    await world.profile(world.account_id, young, name="Lou", age=6)
    await add(world, movie, world.request(profile_id=young))
    fields = "myList { edges { cursor } }"
    assert len((await world.of_profile(fields, profile_id=child))["myList"]["edges"]) == 1
    assert (await world.of_profile(fields, profile_id=young))["myList"]["edges"] == []


async def test_my_list_pages_from_the_newest(world: World) -> None:
    movies = [await world.movie() for _ in range(5)]
    for minute, movie in enumerate(movies):
        assert (await add(world, movie, at(world, minute)))["title"] == {
            "id": str(movie),
            "inMyList": True,
            "thumb": None,
        }  # type: ignore[index]
    await add(world, movies[0], at(world, 9))
    page = "edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }"
    first = (await world.of_profile(f"myList(first: 2) {{ {page} }}"))["myList"]
    rest = (await world.of_profile(f'myList(after: "{first["pageInfo"]["endCursor"]}") {{ {page} }}'))["myList"]
    found = [edge["node"]["id"] for page in (first, rest) for edge in page["edges"]]
    assert found == [str(movie) for movie in reversed(movies)]
    assert first["pageInfo"]["hasNextPage"]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_lists_and_thumbs_are_refused_for_unknown_titles_and_without_a_profile(world: World) -> None:
    refused = [await add(world, i) for i in (new_id(), "nonsense", await world.movie(closes=NOW))]
    assert all(r == refused[0] for r in refused)
    assert refused[0]["userErrors"][0]["code"] == "NOT_FOUND"  # type: ignore[index]
    nobody = await add(world, await world.movie(), world.request(profile_id=None))
    assert nobody["userErrors"][0]["code"] == "PROFILE_REQUIRED"  # type: ignore[index]


async def test_a_thumb_is_given_and_taken_back(world: World) -> None:
    movie = await world.movie()
    rate = f"mutation ($id: ID!, $t: Thumb) {{ rateTitle(titleId: $id, thumb: $t) {{ {PAYLOAD} }} }}"
    for thumb in ("UP", "DOUBLE_UP", None):
        assert (await world.ask(rate, id=str(movie), t=thumb))["rateTitle"]["title"]["thumb"] == thumb
    await add(world, movie)
    gone = f"mutation ($id: ID!) {{ removeFromMyList(titleId: $id) {{ {PAYLOAD} }} }}"
    assert (await world.ask(gone, id=str(movie)))["removeFromMyList"]["title"]["inMyList"] is False


async def test_up_next(world: World) -> None:
    series, movie = await world.series(), await world.movie()
    first, second, third = world.episodes[series]

    async def up_next(title: str = "Series", of: UUID = series, request: Request | None = None) -> str | None:
        found = (await world.entity(title, of, "upNext { id }", request))["upNext"]
        return found and found["id"]

    assert await up_next() == str(first)
    await world.watch(first, 3 * MINUTE)
    assert await up_next() == str(first)
    await world.watch(second, 50 * MINUTE)
    assert await up_next() == str(second)
    await world.watch(second, 95 * MINUTE)
    assert await up_next() == str(third)
    assert await up_next("Movie", movie) == str(movie)
    assert await up_next(request=make_request(world.resources)) is None, "null without a profile"


async def test_history_says_whether_it_was_completed(world: World) -> None:
    movie = await world.movie()
    for start, position in ((0, 40 * MINUTE), (200, 100 * MINUTE)):
        session = await world.play(movie, at(world, start))
        await world.stop(session, position, at(world, start + 100))
    edges = (await world.of_profile("history { edges { node { id watchedMs completed endedAt } } }"))["history"][
        "edges"
    ]
    assert [(e["node"]["watchedMs"], e["node"]["completed"]) for e in edges] == [
        (100 * MINUTE, True), (40 * MINUTE, False)
    ]  # fmt: skip
    assert edges[0]["node"]["endedAt"] == "2026-06-01T17:00:00Z"


async def test_a_profile_is_only_found_by_its_own_household(world: World) -> None:
    assert await world.of_profile("myList { edges { cursor } }", world.request(account_id=new_id())) is None
    assert await world.of_profile("myList { edges { cursor } }", make_request(world.resources)) is None


async def test_lists_take_the_same_statements_whatever_their_length(world: World) -> None:
    async def more() -> None:
        for _ in range(4):
            series, movie = await world.series(episodes=2), await world.movie()
            for playable in (world.episodes[series][0], movie):
                await world.watch(playable, 50 * MINUTE, at(world, 100))
            await add(world, series)
            await add(world, movie)

    await more()
    title = "title { __typename id inMyList thumb upNext { id progress { percent } } }"
    fields = f"""
        continueWatching(first: 100) {{ edges {{ node {{ id {title} playable {{ id progress {{ percent }} }} }} }} }}
        myList(first: 100) {{ edges {{ node {{ id inMyList thumb }} }} }}
        history(first: 100) {{ edges {{ node {{ id playable {{ id progress {{ percent }} }} }} }} }}"""
    query = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on Profile {{ {fields} }} }} }}"
    of = [{"__typename": "Profile", "id": str(world.profile_id)}]
    statements = await check_statements(schema, world.request, query, more, of=of)
    assert len(statements) <= 12, "\n\n".join(statements)


async def test_entities_take_one_statement_a_field(world: World) -> None:
    movies, series = [await world.movie() for _ in range(6)], [await world.series() for _ in range(6)]
    trailers = [await world.playable(movie, PlayableKind.TRAILER) for movie in movies]
    episodes = [world.episodes[i][0] for i in series]

    async def statements(type_: str, ids: list[UUID], fields: str) -> int:
        request = world.request()
        assert all(await world.entities(type_, ids, fields, request))
        return len(request.tally.statements)

    for type_, ids, fields, most in (
        ("Movie", movies, "inMyList thumb progress { percent } upNext { id }", 4),
        ("Series", series, "inMyList thumb upNext { id }", 4),
        ("Episode", episodes, "progress { percent }", 2),
        ("Trailer", trailers, "progress { percent }", 2),
    ):
        assert await statements(type_, ids, fields) == await statements(type_, ids[:1], fields) == most
    assert await world.entities("Movie", [series[0], new_id()], "inMyList") == [None, None], "a series is no film"
