"""How far a change reaches: nowhere while it is a draft, and to every path once it is published."""

from tests.catalog.shelf import Shelf
from tests.editing.operations import (
    COLLECT,
    LONG_AGO,
    UNPUBLISH,
    answer_of,
    change,
    create,
    done,
    editor,
    published,
    publisher,
    rated,
    release,
)
from tests.served import Front

EVERYWHERE = """query ($id: ID!, $old: ID!, $new: ID!) {
  title(id: $id) { ...All } playable(id: $id) { id name } bySlug: title(slug: "metropolis") { id }
  byNewSlug: title(slug: "renamed") { id } titles(sort: NAME) { edges { node { ...All } } }
  genres { slug }
  search(query: "metropolis") { ...Found } renamed: search(query: "renamed") { ...Found }
  maria: search(query: "brigitte helm") { ...Found } other: search(query: "fritz rasp") { ...Found }
  text: search(query: "machines") { ...Found }
  suggest(prefix: "metr") { text } suggestNew: suggest(prefix: "rena") { text } who: suggest(prefix: "ras") { text }
  helm: person(id: $old) { name titles { edges { node { id } } } }
  rasp: person(id: $new) { name titles { edges { node { id } } } }
  collections { titles { edges { node { ...All } } } } collection(slug: "best") { titles { edges { node { slug } } } } }
fragment Found on SearchConnection { totalCount didYouMean facets { field buckets { value count } }
  edges { node { ... on Movie { id name } ... on Person { id name } } } }
fragment All on Title { id slug name originalName synopsis tagline releaseYear genres { slug } maturity { code }
  credits { edges { node { person { id name } } } } availability { state from until } badges externalIds { value } }"""


async def test_an_edit_changes_nothing_on_any_path_and_publishing_it_does_on_each(front: Front, shelf: Shelf) -> None:
    old, new = shelf.genre("old"), shelf.genre("new")
    await shelf.store(front.resources)
    credits = [{"personName": "Brigitte Helm", "role": "ACTOR"}]
    film = await published(front, credits=credits, genreIds=[str(old.id)])
    best = {"slug": "best", "texts": [{"language": "en", "name": "Best"}], "titleIds": [film["id"]]}
    assert (await answer_of(front, editor(front), COLLECT, input=best))["userErrors"] == []
    draft = await create(front, editor(front), credits=[{"personName": "Fritz Rasp", "role": "ACTOR"}], slug="draft")
    people = {"old": film["credits"][0]["person"]["id"], "new": draft["credits"][0]["person"]["id"]}
    given = {"id": film["id"], **people}
    before = await front.data(EVERYWHERE, **given)
    assert "Renamed" not in str(before)
    edited = await change(
        front,
        editor(front),
        film,
        slug="renamed",
        releaseYear=1928,
        texts=[{"language": "en", "name": "Renamed", "synopsis": "Machines.", "tagline": "New."}],
        credits=[{"personId": people["new"], "role": "ACTOR"}],
        genreIds=[str(new.id)],
        ratings=rated("R", 17),
        windows=[{"countries": ["US"], "from": LONG_AGO, "until": "2150-01-01T00:00:00Z"}],
        externalIds=[{"source": "imdb", "value": "t1"}],
    )
    assert await front.data(EVERYWHERE, **given) == before
    await release(front, publisher(front), edited)
    after = await front.data(EVERYWHERE, **given)
    here = {"edges": [{"node": {"id": film["id"]}}]}
    assert (before["helm"]["titles"], before["rasp"]) == (here, None)
    assert (after["helm"], after["rasp"]["titles"], after["genres"]) == (None, here, [{"slug": "new"}])
    everywhere = [after["titles"], *(one["titles"] for one in after["collections"])]
    assert everywhere == [{"edges": [{"node": after["title"]}]}] * 2
    assert after["title"]["externalIds"] == [{"value": "t1"}]
    assert (after["bySlug"], after["byNewSlug"]) == (None, {"id": film["id"]})
    counts = {name: after[name]["totalCount"] for name in ("search", "renamed", "maria", "other", "text")}
    assert counts == {"search": 0, "renamed": 1, "maria": 0, "other": 2, "text": 1}
    assert [[one["text"] for one in after[name]] for name in ("suggest", "suggestNew", "who")] == [
        *([], ["Renamed"], ["Fritz Rasp"]),
    ]
    await done(front, publisher(front), UNPUBLISH, id=film["id"])
    gone = await front.data(EVERYWHERE, **given)
    assert not [found for found in (str(gone[name]) for name in gone) if film["id"] in found or "'Renamed'" in found]
