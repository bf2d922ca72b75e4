"""The graph's HTTP and WebSocket edge."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets
from sqlalchemy import text

from runtime.languages import accepted_languages
from runtime.settings import Settings
from server import pages
from tests.served import Front, served
from tests.sockets import socket_at


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    async with served(settings) as front:
        yield front


async def test_get_and_post_answer_alike(front: Front) -> None:
    query = "{ genres { slug } viewer { country } }"
    posted = await front.ask(query)
    got = (await front.client.get("/graphql", params={"query": query})).json()
    assert posted["data"] == got["data"] == {"genres": [], "viewer": None}


async def test_a_mutation_by_get_is_refused(front: Front) -> None:
    answer = await front.client.get("/graphql", params={"query": "mutation { signOut { signedOut } }"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (
            '{ editorialTitle(id: 1) { preview(country: "US", at: "2026-01-01") { name } } }',
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("{ titles(first: 0) { edges { cursor } } }", "BAD_USER_INPUT"),
        ("{ account(id: 1) { id } }", "UNAUTHENTICATED"),
    ],
)
async def test_errors_have_stable_codes_and_a_trace_id(front: Front, query: str, code: str) -> None:
    answer = await front.client.post("/graphql", json={"query": query})
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": code, "traceId": answer.headers["x-request-id"]}


NOT_AN_OBJECT = '{"query": "{ viewer { country } }", "variables": 7}'


@pytest.mark.parametrize("body", ["nonsense", "[]", "{}", '{"query": 5}', NOT_AN_OBJECT])
async def test_a_malformed_body_is_said_to_be_so(front: Front, body: str) -> None:
    answer = await front.client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_what_is_unexpected_is_masked(front: Front) -> None:
    async with front.database.engines["catalog"].begin() as db:
        await db.execute(text("alter table catalog.genre rename column names to hidden"))
    answer = await front.ask("{ genres { name } viewer { country } }")
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "genre" not in error["message"]


async def test_a_database_that_is_away_costs_its_fields_and_says_so(settings: Settings) -> None:
    away = "postgresql://postgres@127.0.0.1:1/none"
    async with served(settings.model_copy(update={"catalog_database_url": away})) as front:
        response = await front.ask("{ genres { name } viewer { country } }")
        assert response["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        ready = await front.client.get("/health/ready")
        assert (ready.status_code, ready.json()["catalog"]) == (503, "does not answer")
        assert (await front.client.get("/health/live")).status_code == 200


async def test_sql_is_told_in_development_alone(settings: Settings) -> None:
    for development in (True, False):
        async with served(settings.model_copy(update={"development": development})) as front:
            response = await front.ask("{ genres { slug } }")
            assert ("sql" in response.get("extensions", {})) is development


async def test_without_valkey_queries_go_on_and_health_names_it(settings: Settings) -> None:
    async with served(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"})) as front:
        assert (await front.data("{ genres { slug } }")) == {"genres": []}
        ready = await front.client.get("/health/ready")
        assert (ready.status_code, ready.json()["valkey"]) == (200, "does not answer")


async def test_browsers_get_graphiql_and_programs_do_not(front: Front) -> None:
    answer = await front.client.get("/graphql", headers={"accept": "text/html"})
    assert "text/html" in answer.headers["content-type"]
    assert answer.status_code == (200 if (pages.WEB / "graphql.html").exists() else 404)


async def test_a_request_id_is_kept_if_it_is_sane(front: Front) -> None:
    for given, kept in (("abc-123", True), ("x" * 65, False), ("a b", False)):
        answer = await front.client.get("/health/live", headers={"x-request-id": given})
        assert (answer.headers["x-request-id"] == given) is kept


async def test_the_keys_are_published_without_their_private_half(front: Front) -> None:
    (key,) = (await front.client.get("/.well-known/jwks.json")).json()["keys"]
    assert key["kty"] == "EC"
    assert "d" not in key


async def test_only_avatars_are_served_as_they_are(front: Front) -> None:
    for key, data in (("avatars/1.webp", b"a face"), ("x/poster.webp", b"a poster"), ("avatars/x/2.webp", b"a face")):
        await front.resources.storage.put(f"artwork/{key}", data)
    await front.resources.storage.put("sources/secret.mp4", b"a film")
    answer = await front.client.get("/artwork/avatars/1.webp")
    assert (answer.content, answer.headers["content-type"]) == (b"a face", "image/webp")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    out = ("avatars/%2e%2e/x/poster.webp", "avatars/..%2f..%2fsources/secret.mp4", "avatars/%2e%2e")
    for path in (*out, "x/poster.webp", "avatars/x/2.webp", "../sources/secret.mp4", "avatars/none.webp"):
        assert (await front.client.get(f"/artwork/{path}")).status_code == 404, path


async def spoken(front: Front, *messages: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """What the socket says after these messages, until it closes; its close code comes last."""
    async with socket_at(front.url) as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        try:
            async with asyncio.timeout(5):
                async for message in socket:
                    yield json.loads(message)
        except websockets.ConnectionClosedError:
            pass
        yield {"closed": socket.close_code}


INIT = {"type": "connection_init"}
ASK = {"id": "1", "type": "subscribe", "payload": {"query": "{ genres { slug } }"}}


async def first(count: int, stream: AsyncIterator[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    async for message in stream:
        found.append(message)
        if len(found) == count:
            break
    return found


async def test_a_socket_answers_queries(front: Front) -> None:
    acknowledged, answer, complete = await first(3, spoken(front, INIT, ASK))
    assert acknowledged == {"type": "connection_ack"}
    assert answer["payload"]["data"] == {"genres": []}
    assert complete == {"type": "complete", "id": "1"}


async def test_a_socket_with_a_bad_token_is_closed(front: Front) -> None:
    payload = {"Authorization": "Bearer forged"}
    assert await first(1, spoken(front, {**INIT, "payload": payload})) == [{"closed": 4403}]


async def test_a_socket_that_asks_before_it_says_hello_is_closed(front: Front) -> None:
    assert await first(1, spoken(front, ASK)) == [{"closed": 4401}]


async def test_a_subscription_over_sse_needs_a_token_too(front: Front) -> None:
    query = "subscription { continueWatchingChanged { cursor } }"
    headers = {"accept": "text/event-stream"}
    answer = await front.client.post("/graphql", json={"query": query}, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "UNAUTHENTICATED" in answer.text


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("de-AT, de;q=0.9, en;q=0.5", ["de-AT", "de", "en"]),
        ("en;q=0.1, fr", ["fr", "en"]),
        ("*, es;q=0", []),
        ("", []),
        ("x;q=nonsense", []),
    ],
)
def test_accept_language_is_read_by_its_weights(header: str, languages: list[str]) -> None:
    assert accepted_languages(header) == languages
