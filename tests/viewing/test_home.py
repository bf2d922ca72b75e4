"""The home screen by popularity."""

from datetime import timedelta
from typing import Any

from runtime.errors import BadInput
from schema.viewing import schema
from tests.queries import check_statements, codes
from tests.requests import NOW
from tests.viewing.world import MINUTE, World

NODE = "node { __typename id } explanation { text evidence { kind label weight title { id } } }"
TITLES = f"titles {{ pageInfo {{ hasNextPage endCursor }} edges {{ cursor {NODE} }} }}"
HOME = f"""home(first: 100) {{ modelVersion generatedAt pageInfo {{ hasNextPage endCursor }}
    edges {{ cursor node {{ id kind heading seed {{ id }} {TITLES} }} }} }}"""


async def stocked(world: World, genres: int = 3, titles: int = 6) -> dict[str, Any]:
    """Titles in genres, each less popular than the one before."""
    names = [{"en": f"Genre {n}", "de": f"Art {n}"} for n in range(genres)]
    ids = [await world.genre(**name) for name in names]
    made = [
        await world.movie(genres=[ids[n % genres]], score=1 - n / (genres * titles), added=NOW - timedelta(days=n))
        for n in range(genres * titles)
    ]
    return {"genres": ids, "titles": made}


async def rows_of(world: World, **options: Any) -> list[dict[str, Any]]:
    home = (await world.of_profile(HOME, world.request(**options)))["home"]
    return [edge["node"] for edge in home["edges"]]


def ids_of(row: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in row["titles"]["edges"]]


async def test_rows_come_in_their_order_and_in_the_viewers_language(world: World) -> None:
    stock = await stocked(world)
    leaving = await world.movie(closes=NOW + timedelta(days=5), score=0.01)
    await world.watch(stock["titles"][4], 50 * MINUTE)
    await world.ask("mutation ($id: ID!) { addToMyList(titleId: $id) { title { id } } }", id=str(stock["titles"][5]))
    rows = await rows_of(world, languages=("de-AT",))
    assert [(row["kind"], row["heading"]) for row in rows] == [
        ("CONTINUE_WATCHING", "Weiterschauen"), ("MY_LIST", "Meine Liste"), ("TRENDING", "Gerade angesagt"),
        ("NEW_RELEASES", "Neu bei Marquee"), ("GENRE", "Art 1"), ("GENRE", "Art 2"), ("GENRE", "Art 0"),
        ("LEAVING_SOON", "Nur noch kurz verfügbar"),
    ]  # fmt: skip
    assert ids_of(rows[-1]) == [str(leaving)]
    assert len({row["id"] for row in rows}) == len(rows)


async def test_above_the_fold_no_title_stands_twice(world: World) -> None:
    stock = await stocked(world, genres=4, titles=8)
    for title in stock["titles"][:3]:
        await world.watch(title, 50 * MINUTE)
    shown = [title for row in (await rows_of(world))[:4] for title in ids_of(row)[:6]]
    assert len(shown) > 12
    assert len(set(shown)) == len(shown)


async def test_evidence_is_the_score_or_there_is_none(world: World) -> None:
    stock = await stocked(world)
    unseen = [await world.movie(genres=[stock["genres"][0]]) for _ in range(2)]
    rows = {row["heading"]: row["titles"]["edges"] for row in await rows_of(world)}
    first = rows["Trending now"][0]
    evidence = {"kind": "POPULAR", "label": "Popular on Marquee", "weight": 1.0, "title": None}
    assert first["node"]["id"] == str(stock["titles"][0])
    assert first["explanation"] == {"text": "Popular on Marquee", "evidence": [evidence]}
    genre = {edge["node"]["id"]: edge["explanation"] for edge in rows["Genre 0"]}
    assert genre[str(unseen[0])] is None, "nobody watches it"
    assert genre[str(stock["titles"][12])]["text"] == "Popular in Genre 0"
    assert all(edge["explanation"] is None for edge in rows["New on Marquee"])


async def test_nothing_invisible_or_to_come_is_on_home(world: World) -> None:
    genre = await world.genre(en="Crime")
    hidden = [
        await world.movie(score=1, genres=[genre], opens=NOW + timedelta(days=1)),
        await world.movie(score=1, genres=[genre], closes=NOW),
        await world.movie(score=1, genres=[genre], age=16),
    ]
    seen = [await world.movie(score=0.5, genres=[genre]) for _ in range(10)]
    found = {title for row in await rows_of(world, maximum_age=12) for title in ids_of(row)}
    assert found == set(map(str, seen))
    grown = {title for row in await rows_of(world) for title in ids_of(row)}
    assert str(hidden[2]) in grown


async def test_rows_and_titles_page(world: World) -> None:
    await stocked(world, genres=3, titles=6)
    all_rows = await rows_of(world)
    paged, after = [], ""
    while True:
        fields = f"home(first: 2{after}) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ id }} }} }}"
        home = (await world.of_profile(fields))["home"]
        paged += [edge["node"]["id"] for edge in home["edges"]]
        after = f', after: "{home["pageInfo"]["endCursor"]}"'
        if not home["pageInfo"]["hasNextPage"]:
            break
    assert paged == [row["id"] for row in all_rows]
    trending = next(row for row in all_rows if row["kind"] == "TRENDING")
    cursor = trending["titles"]["edges"][4]["cursor"]
    page = f'titles(first: 5, after: "{cursor}") {{ edges {{ node {{ id }} }} }}'
    fields = f"home(first: 1) {{ edges {{ node {{ kind {page} }} }} }}"
    [row] = (await world.of_profile(fields))["home"]["edges"]
    assert ids_of(row["node"]) == ids_of(trending)[5:10]


async def test_page_sizes_and_cursors_are_checked(world: World) -> None:
    query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Profile { %s { edges { cursor } } } } }"
    of = [{"__typename": "Profile", "id": str(world.profile_id)}]
    for field in ("home(first: 0)", "home(first: 101)", 'home(after: "x")', 'myList(after: "x")'):
        assert await codes(schema, world.request(), query % field, of=of) == [BadInput.code], field


async def test_home_takes_the_same_statements_whatever_its_size(world: World) -> None:
    async def more() -> None:
        stock = await stocked(world, genres=3, titles=5)
        for title in stock["titles"][:3]:
            await world.watch(title, 50 * MINUTE)

    await more()
    title = "id __typename inMyList thumb upNext { id } ... on Movie { progress { percent } }"
    row = f"id heading titles(first: 20) {{ edges {{ node {{ {title} }} }} }}"
    fields = f"home(first: 10) {{ edges {{ node {{ {row} }} }} }}"
    query = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on Profile {{ {fields} }} }} }}"
    of = [{"__typename": "Profile", "id": str(world.profile_id)}]
    statements = await check_statements(schema, world.request, query, more, of=of)
    assert len(statements) <= 11, statements


async def test_taste_seeds_are_the_most_watched(world: World) -> None:
    stock = await stocked(world)
    seeds = (await world.ask("{ tasteSeeds(first: 3) { id } }"))["tasteSeeds"]
    assert [seed["id"] for seed in seeds] == [str(title) for title in stock["titles"][:3]]
