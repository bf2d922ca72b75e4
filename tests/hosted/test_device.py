"""A device that shows a code is let in, or turned away, by who is signed in at a browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.identity import Client
from oauth.hosted.pages import now
from tests.hosted.visitor import Visitor, shown, visiting
from tests.identity.operations import sign_up
from tests.served import Front

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PAGE = "/oauth/device"


@pytest.fixture
async def visitor(front: Front) -> AsyncIterator[Visitor]:
    """A browser at which Ada is signed in."""
    await sign_up(front)
    async with front.database.write("identity") as db:
        known = {"grant_types": [GRANT], "scopes": ["household"], "first_party": True}
        db.add(Client(id="tv", name="Marquee TV", created_at=now(), **known))
    async with visiting(front) as visitor:
        await visitor.sign_in()
        yield visitor


async def codes(front: Front) -> dict[str, Any]:
    """What a TV was given."""
    form = {"client_id": "tv", "scope": "household", "device_name": "Living room"}
    answer = await front.client.post("/oauth/device_authorization", data=form)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def polled(front: Front, given: dict[str, Any]) -> dict[str, Any]:
    form = {"client_id": "tv", "grant_type": GRANT, "device_code": given["device_code"]}
    answer: dict[str, Any] = (await front.client.post("/oauth/token", data=form)).json()
    return answer


async def test_a_device_is_let_in_after_a_look_at_which_it_is(front: Front, visitor: Visitor) -> None:
    given = await codes(front)
    page = await visitor.client.get(PAGE, params={"user_code": given["user_code"].lower()})
    assert "Connect Living room? It asks through Marquee TV" in shown(page)
    assert given["user_code"] in shown(page)
    answer = await visitor.post(PAGE, user_code=given["user_code"], decision="allow")
    assert "Living room is connected" in shown(answer)
    token = (await polled(front, given))["access_token"]
    assert (await front.data("{ viewer { account { email } } }", token))["viewer"]["account"]["email"] == (
        "ada@example.org"
    )


async def test_a_device_is_turned_away(front: Front, visitor: Visitor) -> None:
    given = await codes(front)
    assert "Not connected" in shown(await visitor.post(PAGE, user_code=given["user_code"], decision="deny"))
    assert (await polled(front, given))["error"] == "access_denied"


async def test_looking_lets_nothing_in(front: Front, visitor: Visitor) -> None:
    given = await codes(front)
    for answer in (
        await visitor.get(f"{PAGE}?user_code={given['user_code']}&decision=allow"),
        await visitor.post(PAGE, user_code=given["user_code"], decision="perhaps"),
    ):
        assert "Connect Living room?" in shown(answer)
    assert (await polled(front, given))["error"] == "authorization_pending"


async def test_a_code_that_no_device_shows_is_refused_at_its_field(visitor: Visitor) -> None:
    for code in ("BCDF-GHJK", "\u0000", "x" * 500):
        answer = await visitor.client.get(PAGE, params={"user_code": code})
        assert answer.status_code == 422
        assert 'id="user_code-refusal"' in answer.text
    answers = [await visitor.get(f"{PAGE}?user_code=BCDF-GHJ{n}") for n in range(10)]
    assert answers[-1].status_code == 429
