"""Collections put together by editors: viewers see them at once, with the titles that they may see."""

from typing import Any

from tests.editing.operations import COLLECT, answer_of, create, editor, published, refused, rows_of
from tests.served import Front

NAMED = [{"language": "en", "name": "Night"}, {"language": "de", "name": "Nacht"}]
LISTED = """query ($slug: String!) { collection(slug: $slug) { id name titles { edges { node { id } } } } }"""


async def test_a_collection_is_shown_in_its_order_without_drafts(front: Front) -> None:
    films = [await published(front, name=name) for name in ("One", "Two")]
    draft = await create(front, editor(front))
    ids = [films[1]["id"], draft["id"], films[0]["id"]]
    saved = await answer_of(front, editor(front), COLLECT, input={"slug": "night", "texts": NAMED, "titleIds": ids})
    assert saved["userErrors"] == []
    shown = (await front.data(LISTED, slug="night"))["collection"]
    assert [edge["node"]["id"] for edge in shown["titles"]["edges"]] == [films[1]["id"], films[0]["id"]]
    changed = {"slug": "nights", "texts": NAMED[:1], "titleIds": ids[2:]}
    again = await answer_of(front, editor(front), COLLECT, id=saved["collection"]["id"], input=changed)
    assert again["collection"]["id"] == saved["collection"]["id"]
    assert (await front.data(LISTED, slug="night"))["collection"] is None
    edges = (await front.data(LISTED, slug="nights"))["collection"]["titles"]["edges"]
    assert [edge["node"]["id"] for edge in edges] == ids[2:]


async def test_bad_collections_are_refused_and_change_nothing(front: Front) -> None:
    film = await published(front)
    good = {"slug": "night", "texts": NAMED, "titleIds": [film["id"]]}
    await answer_of(front, editor(front), COLLECT, input=good)
    before = await rows_of(front)
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"slug": "Night"}, ("INVALID_SLUG", "input.slug")),
        ({}, ("SLUG_TAKEN", "input.slug")),
        ({"texts": []}, ("REQUIRED", "input.texts")),
        ({"texts": [{"language": "en", "name": "\u0301"}]}, ("INVALID_NAME", "input.texts.0.name")),
        ({"texts": [NAMED[0] | {"synopsis": "Lost?"}]}, ("NOT_APPLICABLE", "input.texts.0.synopsis")),
        ({"titleIds": ["nothing"]}, ("UNKNOWN_TITLE", "input.titleIds.0")),
        ({"titleIds": [film["id"], film["id"].upper()]}, ("DUPLICATE_TITLE", "input.titleIds.1")),
    ]
    for given, error in cases:
        assert await refused(front, editor(front), COLLECT, input=good | given) == [error]
    other = {"id": film["id"], "input": good | {"slug": "other"}}
    assert await refused(front, editor(front), COLLECT, **other) == [("COLLECTION_NOT_FOUND", "id")]
    assert await rows_of(front) == before
