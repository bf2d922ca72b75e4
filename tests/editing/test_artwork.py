"""What editors see of a title's pictures before viewers may."""

from models.catalog import ArtworkKind, PublicationState
from tests.catalog.wall import Wall, decoded, photograph
from tests.editing.operations import editor
from tests.served import Front

PICTURES = """query ($id: ID!) { editorialTitle(id: $id) {
  artwork { kind language url alt }
  preview(country: "US", at: "2036-01-01T00:00:00Z") { artwork(kind: POSTER, width: 300) { url width height blurhash } }
  none: preview(country: "US") { artwork(kind: LOGO) { url } }
  bad: preview(country: "US") { artwork(kind: POSTER, width: %d) { url } } } }"""


async def test_a_draft_s_pictures_are_shown_to_editors_and_nobody_else(front: Front) -> None:
    wall = Wall(front)
    title, poster = await wall.film(state=PublicationState.DRAFT)
    backdrop = await wall.hang(title.id, photograph(90, 60), ArtworkKind.BACKDROP)
    await wall.store()
    found = (await front.data(PICTURES % 1, editor(front), id=str(title.id)))["editorialTitle"]
    assert found["none"]["artwork"] is None
    preview = found["preview"]["artwork"]
    assert (preview["width"], preview["height"], preview["blurhash"]) == (320, 480, poster.blurhash)
    listed = {picture["kind"]: picture["url"] for picture in found["artwork"]}
    assert listed.keys() == {"POSTER", "BACKDROP"}
    for url, width in ((preview["url"], 320), (listed["POSTER"], 1000), (listed["BACKDROP"], 90)):
        answer = await wall.get(url)
        assert decoded(answer).width == width
        kept, seconds = answer.headers["cache-control"].split("max-age=")
        assert kept == "private, "
        assert int(seconds) <= 7200  # from now, not from the moment that is previewed
    for row in (poster, backdrop):
        assert (await wall.get(wall.address(row, row.width))).status_code == 404


async def test_a_preview_s_picture_has_a_width(front: Front) -> None:
    title, _ = await Wall(front).film()
    [error] = (await front.ask(PICTURES % 0, editor(front), id=str(title.id)))["errors"]
    assert (error["extensions"]["code"], error["path"][1]) == ("BAD_USER_INPUT", "bad")
