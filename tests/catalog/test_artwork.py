"""Artwork through the front door: the graph names an address, and the origin serves just that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from media.artwork import addresses_of, measured
from models.catalog import Artwork, ArtworkKind, Credit, PublicationState, Title, Window
from tests.catalog.wall import POSTER, Wall, decoded, is_nothing, photograph, picture

NOW = datetime.now(UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
FOREVER = "public, max-age=31536000, immutable"
ORIGINAL = (1000, 1500)
HUGE = 2**31 - 1
WIDTHS = [(None, ORIGINAL), (1, (80, 120)), (300, (320, 480)), (320, (320, 480)), (961, ORIGINAL), (HUGE, ORIGINAL)]


@pytest.mark.parametrize(("wanted", "size"), WIDTHS)
async def test_what_is_served_has_the_size_that_the_graph_says(
    wall: Wall, wanted: int | None, size: tuple[int, int]
) -> None:
    await wall.film()
    artwork = await wall.poster(wanted)
    assert (artwork["width"], artwork["height"]) == size
    assert (artwork["blurhash"], artwork["alt"]) == (measured(photograph()).blurhash, "A poster")
    answer = await wall.get(artwork["url"])
    assert decoded(answer).size == size
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_widths_of_one_rung_share_an_address(wall: Wall) -> None:
    await wall.film()
    assert len({await wall.url(width) for width in (241, 300, 320)}) == 1
    assert len({await wall.url(width) for width in (None, 1000, 5000)}) == 1


@pytest.mark.parametrize("width", [0, -1, -(2**31)])
async def test_a_width_that_is_none_is_refused_by_name(wall: Wall, width: int) -> None:
    await wall.film()
    [error] = (await wall.front.ask(POSTER, width=width))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "`width`" in error["message"]


async def test_a_picture_is_asked_after_without_being_sent(wall: Wall) -> None:
    await wall.film()
    url = await wall.url(80)
    whole = await wall.get(url)
    head = await wall.front.client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    conditions = {"if-none-match": '"x"', "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT"}
    again = await wall.front.client.get(url, headers=conditions)
    assert (again.status_code, again.content) == (200, whole.content)
    assert (await wall.front.client.post(url)).status_code == 405


async def test_no_other_address_is_served(wall: Wall) -> None:
    title, _ = await wall.film()
    url = await wall.url(320)
    assert (await wall.get(url)).status_code == 200
    base, id_, width, name = url.rsplit("/", 3)
    for address in (
        f"{base}/{id_}/480/{name}",
        f"{base}/{id_}/0320/{name}",
        f"{base}/{id_}/320x/{name}",
        f"{base}/{id_.upper()}/{width}/{name}",
        f"{base}/{id_}/{width}/{'B' if name[0] == 'A' else 'A'}{name[1:]}",
        f"{base}/{id_}/{width}/{name[:-1]}",
        f"{base}/{id_}/{width}/",
        f"{base}/{id_}/{width}",
        f"{base}/{title.id}/{width}/{name}",
        f"{base}/editorial/{int(NOW.timestamp()) + 3600}/{id_}/{width}/{name}",
        f"{base}/{title.id}/POSTER-None.webp",
        f"{base}/",
    ):
        assert await is_nothing(wall, await wall.get(address)), address


PLACES: dict[str, tuple[bool, dict[str, Any]]] = {
    "draft": (False, {"state": PublicationState.DRAFT}),
    "withdrawn": (False, {"state": PublicationState.UNPUBLISHED}),
    "over": (False, {"windows": [(["US", "DE"], NOW - 9 * DAY, NOW - SECOND)]}),
    "unrated": (False, {"ages": {}}),
    "coming": (True, {"windows": [(["DE"], NOW + DAY, None)]}),
    "elsewhere": (True, {"windows": [(["DE"], NOW - DAY, NOW + DAY)]}),
    "for adults": (True, {"ages": {"DE": 18}}),
    "open again": (True, {"windows": [(["US"], NOW - 9 * DAY, NOW - DAY), (["DE"], NOW - DAY, None)]}),
}


@pytest.mark.parametrize(("there", "options"), PLACES.values(), ids=PLACES)
async def test_a_picture_is_there_while_anybody_may_see_its_title(
    wall: Wall, there: bool, options: dict[str, Any]
) -> None:
    _, row = await wall.film(**options)
    answer = await wall.get(wall.address(row, 320))
    assert (answer.status_code == 200) is there
    assert await is_nothing(wall, answer) is not there


async def test_what_is_withdrawn_takes_its_pictures_along(wall: Wall) -> None:
    title, _ = await wall.film()
    url = await wall.url()
    assert (await wall.get(url)).status_code == 200
    ends, state = update(Window), update(Title)
    for hide, show in (
        (ends.values(closes_at=NOW - SECOND), ends.values(closes_at=None)),
        (state.values(state=PublicationState.UNPUBLISHED), state.values(state=PublicationState.PUBLISHED)),
    ):
        await wall.change(title, hide)
        assert await is_nothing(wall, await wall.get(url))
        await wall.change(title, show)
        assert (await wall.get(url)).status_code == 200


STILLS = """{ title(slug: "s") { ... on Series {
    artwork(kind: STILL) { url } trailers { artwork(kind: STILL) { url } }
    seasons { episodes { edges { node { artwork(kind: STILL) { url } } } } } } } }"""


async def test_an_episode_has_a_still_of_its_own_or_its_series(wall: Wall) -> None:
    series = wall.shelf.series("s", episodes=2)
    first, _ = wall.shelf.rows_of("Playable")
    wall.shelf.trailer(series)
    await wall.hang(series.id, photograph(90, 60), ArtworkKind.STILL)
    still = await wall.hang(first.id, photograph(60, 40), ArtworkKind.STILL)
    await wall.store()
    found = (await wall.front.data(STILLS))["title"]
    own, its_series = [edge["node"]["artwork"]["url"] for edge in found["seasons"][0]["episodes"]["edges"]]
    assert f"/artwork/{still.id}/60/" in own
    assert its_series == found["artwork"]["url"] == found["trailers"][0]["artwork"]["url"]
    assert [decoded(await wall.get(url)).width for url in (own, its_series)] == [60, 90]
    await wall.change(series, update(Title).values(state=PublicationState.UNPUBLISHED))
    assert [(await wall.get(url)).status_code for url in (own, its_series)] == [404, 404]


PHOTO = '{ title(slug: "m") { credits { edges { node { person { photo(width: 100) { url width height } } } } } } }'


async def test_a_photograph_is_there_while_a_title_of_theirs_is(wall: Wall) -> None:
    movie, draft = wall.shelf.movie("m"), wall.shelf.movie("n", state=PublicationState.DRAFT)
    person = wall.shelf.person("Anna May Wong", movie, draft)
    row = await wall.hang(person.id)
    await wall.store()
    [edge] = (await wall.front.data(PHOTO))["title"]["credits"]["edges"]
    photo = edge["node"]["person"]["photo"]
    assert (photo["width"], photo["height"]) == (160, 240)
    assert photo["url"].startswith(f"{wall.front.url}/artwork/{row.id}/160/")
    assert decoded(await wall.get(photo["url"])).size == (160, 240)
    await wall.change(movie, delete(Credit).where(col(Credit.title_id) == movie.id))
    assert await is_nothing(wall, await wall.get(photo["url"]))


async def test_another_original_has_another_address_and_the_old_one_is_gone(wall: Wall) -> None:
    title, _ = await wall.film()
    old = await wall.url(80)
    assert (await wall.get(old)).status_code == 200
    data = photograph(600, 400)
    await wall.front.resources.storage.put("artwork/new", data)
    looks = measured(data)
    values = {"object_key": "artwork/new", "width": 600, "height": 400, "blurhash": looks.blurhash}
    await wall.change(title, update(Artwork).values(values))
    new = await wall.url(80)
    assert new != old
    assert decoded(await wall.get(new)).size == (80, 53)
    assert await is_nothing(wall, await wall.get(old))


async def test_editors_see_pictures_of_drafts_for_an_hour_or_two(wall: Wall) -> None:
    _, row = await wall.film(state=PublicationState.DRAFT)
    addresses = addresses_of(wall.front.resources)
    url = addresses.editorial(picture(row), 320, NOW)
    answer = await wall.get(url)
    assert decoded(answer).size == (320, 480)
    kept, seconds = answer.headers["cache-control"].split("max-age=")
    assert kept == "private, "
    assert 2400 <= int(seconds) <= 7200, "an hour or two, less what the run took until now"
    for old in (NOW - timedelta(hours=2), NOW - 9 * DAY):
        assert await is_nothing(wall, await wall.get(addresses.editorial(picture(row), 320, old)))
    base, expiry, *rest = url.rsplit("/", 4)
    longer = "/".join((base, str(int(expiry) + 3600), *rest))
    assert await is_nothing(wall, await wall.get(longer))
    assert await is_nothing(wall, await wall.get(url.replace(f"editorial/{expiry}/", "")))
    assert await is_nothing(wall, await wall.get(wall.address(row, 320)))
