"""What editors send, and a film that lacks nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from models.catalog import MediaAsset, MediaAssetStatus
from models.columns import new_id
from tests.served import Front
from tests.tokens import token_of

TITLE = """fragment All on EditorialTitle { id kind state revision publishedRevision publishAt slug originalLanguage
  releaseYear status texts { language name synopsis tagline } genres { id slug } externalIds { source value }
  credits { role character person { id name } } windows { countries from until }
  ratings { country code minimumAge } problems { code path message }
  playables { edges { node { id kind season number airDate texts { language name synopsis }
    markers { kind startMs endMs label } } } } }"""
ANSWER = "{ editorialTitle { ...All } userErrors { code path message } } }" + TITLE
CREATE = (
    """mutation ($kind: TitleKind!, $language: LanguageTag!, $input: TitleInput!) {
  answer: createTitle(kind: $kind, originalLanguage: $language, input: $input) """
    + ANSWER
)
UPDATE = (
    """mutation ($id: ID!, $revision: Int!, $input: TitleInput!) {
  answer: updateTitle(id: $id, revision: $revision, input: $input) """
    + ANSWER
)
SAVE_PLAYABLE = (
    """mutation ($id: ID, $title: ID!, $revision: Int!, $input: PlayableInput!) {
  answer: savePlayable(id: $id, titleId: $title, revision: $revision, input: $input) """
    + ANSWER
)
REMOVE_PLAYABLE = (
    "mutation ($id: ID!, $revision: Int!) { answer: removePlayable(id: $id, revision: $revision) " + ANSWER
)
PUBLISH = (
    """mutation ($id: ID!, $revision: Int!, $at: DateTime) {
  answer: publishTitle(id: $id, revision: $revision, at: $at) """
    + ANSWER
)
UNPUBLISH = "mutation ($id: ID!) { answer: unpublishTitle(id: $id) " + ANSWER
READ = "query ($id: ID!) { editorialTitle(id: $id) { ...All } }" + TITLE
COLLECT = """mutation ($id: ID, $input: CollectionInput!) { answer: saveCollection(id: $id, input: $input) {
  collection { id slug name titles { edges { node { id } } } } userErrors { code path message } } }"""
SEEN = "query ($id: ID!) { title(id: $id) { id slug name synopsis availability { state } } }"
LONG_AGO = "2020-01-01T00:00:00Z"
EDITOR = new_id()
EDITING, PUBLISHING = ("catalog:edit",), ("catalog:edit", "catalog:publish")
Answer = dict[str, Any]


def editor(front: Front) -> str:
    """A token that may edit, and no more."""
    return token_of(front, EDITOR, EDITING)


def publisher(front: Front) -> str:
    return token_of(front, EDITOR, PUBLISHING)


def rated(code: str, age: int) -> list[dict[str, Any]]:
    """From 12 in Germany, and as given in the United States, which rate films and series differently."""
    return [{"country": "US", "code": code, "minimumAge": age}, {"country": "DE", "code": "12", "minimumAge": 12}]


def complete(name: str = "Metropolis", **given: Any) -> dict[str, Any]:
    """All that a film needs to be published, but for media."""
    return {
        "texts": [{"language": "en", "name": name, "synopsis": "Above and below.", "tagline": "A heart between."}],
        "windows": [{"countries": ["US", "DE"], "from": LONG_AGO}],
        "ratings": rated("PG-13", 13),
        "releaseYear": 1927,
    } | given


async def answer_of(front: Front, token: str, mutation: str, **variables: Any) -> Answer:
    """The mutation's payload."""
    payload: Answer = (await front.data(mutation, token, **variables))["answer"]
    return payload


async def done(front: Front, token: str, mutation: str, **variables: Any) -> Answer:
    """The title after a mutation that must not be refused."""
    payload = await answer_of(front, token, mutation, **variables)
    assert payload["userErrors"] == []
    title: Answer = payload["editorialTitle"]
    return title


async def refused(front: Front, token: str, mutation: str, **variables: Any) -> list[tuple[str, str]]:
    """Code and path of each reason why the mutation was refused."""
    payload = await answer_of(front, token, mutation, **variables)
    assert payload["userErrors"], payload
    return [(error["code"], ".".join(error["path"])) for error in payload["userErrors"]]


async def create(front: Front, token: str, kind: str = "MOVIE", language: str = "en", **given: Any) -> Answer:
    """A new draft of `complete`, with what is given instead."""
    if kind == "SERIES":
        given = {"ratings": rated("TV-14", 14)} | given
    return await done(front, token, CREATE, kind=kind, language=language, input=complete(**given))


async def change(front: Front, token: str, title: Answer, **given: Any) -> Answer:
    return await done(front, token, UPDATE, id=title["id"], revision=title["revision"], input=given)


async def release(front: Front, token: str, title: Answer, at: str | None = None) -> Answer:
    return await done(front, token, PUBLISH, id=title["id"], revision=title["revision"], at=at)


async def give_media(front: Front, playable_id: str, status: MediaAssetStatus = MediaAssetStatus.READY) -> UUID:
    """A video of ten minutes that was made for the playable."""
    id_ = new_id()
    values = {"target_id": UUID(playable_id), "filename": "a.mp4", "source_key": "a", "status": status}
    values |= {"created_at": datetime.now(UTC), "duration_ms": 600_000, "prefix": f"media/{id_}"}
    async with front.database.write("catalog") as db:
        await db.execute(insert(MediaAsset), [MediaAsset(id=id_, **values).model_dump()])
    return id_


async def published(front: Front, **given: Any) -> Answer:
    """A film that viewers see."""
    title = await create(front, publisher(front), **given)
    await give_media(front, title["id"])
    return await release(front, publisher(front), title)


def later(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


async def rows_of(front: Front) -> dict[str, str]:
    """A fingerprint of each table of the catalog, and of the jobs."""
    found = {}
    async with front.database.read("catalog") as db:
        tables = await db.exec_driver_sql(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('catalog', 'jobs')"
        )
        for (table,) in tables.all():
            digest = f"select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from {table} t"
            found[table] = (await db.exec_driver_sql(digest)).scalar_one()
    return found
