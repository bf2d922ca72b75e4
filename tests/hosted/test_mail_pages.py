"""What links in our mail lead to: nothing happens until somebody presses the button."""

from typing import Any

from tests.hosted.visitor import shown, visiting
from tests.identity.letters import mailed_token
from tests.identity.operations import PASSWORD, sign_up
from tests.served import Front

ACCOUNT = "{ viewer { account { emailVerified } } }"
NEW = "a rather long sentence of mine"


async def is_verified(front: Front, payload: dict[str, Any]) -> bool:
    return bool((await front.data(ACCOUNT, payload["accessToken"]))["viewer"]["account"]["emailVerified"])


async def test_an_address_is_confirmed_by_the_button_alone(front: Front) -> None:
    payload = await sign_up(front)
    token = await mailed_token(front)
    async with visiting(front) as visitor:
        assert "Confirm your address" in shown(await visitor.get(f"/oauth/verify?token={token}"))
        assert not await is_verified(front, payload), "programs that look at mail follow links"
        assert "Your address is confirmed" in shown(await visitor.post("/oauth/verify", token=token))
        assert await is_verified(front, payload)
        again = await visitor.post("/oauth/verify", token=token)
        assert again.status_code == 422
        assert "This link is not valid any more: ask for a new one." in shown(again)
        assert (await visitor.post("/oauth/verify", token="\u0000ü")).status_code == 422


async def test_a_forgotten_password_is_replaced(front: Front) -> None:
    await sign_up(front)
    async with visiting(front) as visitor, visiting(front) as signed_in:
        await signed_in.sign_in()
        known = await visitor.post("/oauth/reset", email="ada@example.org")
        unknown = await visitor.post("/oauth/reset", email="nobody@example.org")
        assert known.text == unknown.text, "nothing tells which address has an account"
        token = await mailed_token(front)
        page = await visitor.get(f"/oauth/reset?token={token}")
        assert 'autocomplete="new-password"' in page.text
        weak = await visitor.post("/oauth/reset", token=token, password="password1")
        assert weak.status_code == 422
        assert 'aria-describedby="password-refusal password-hint"' in weak.text
        assert "Your password is changed" in shown(await visitor.post("/oauth/reset", token=token, password=NEW))
        assert (await signed_in.get("/oauth/passkeys")).status_code == 303, "everybody is signed out"
        assert (await visitor.sign_in(password=PASSWORD)).status_code == 422
        assert (await visitor.sign_in(password=NEW)).status_code == 303
        used = await visitor.post("/oauth/reset", token=token, password=NEW + "!")
        assert "Ask for a new link" in shown(used)


async def test_whoever_asks_for_many_links_is_told_to_wait(front: Front) -> None:
    async with visiting(front) as visitor:
        answers = [await visitor.post("/oauth/reset", email="ada@example.org") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 'id="email-refusal"' in answers[-1].text
