"""The device flow, poll by poll."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text, update

from models.identity import DeviceGrant
from oauth.provider.device import deny
from tests.oauth.flows import DEVICE_GRANT, Provider, refused

APPROVE = """mutation ($code: String!) {
  answer: approveDevice(userCode: $code) { device { name kind } userErrors { code path } }
}"""


async def asked(provider: Provider, **changed: str) -> dict[str, Any]:
    form = {"client_id": "marquee-tv", "scope": "openid household offline_access", "device_name": "Living room"}
    answer = await provider.post("device_authorization", **(form | changed))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def poll(provider: Provider, device: dict[str, Any], client_id: str = "marquee-tv") -> Any:
    form = {"grant_type": DEVICE_GRANT, "client_id": client_id, "device_code": device["device_code"]}
    return await provider.post("token", **form)


async def approved(provider: Provider, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await provider.front.data(APPROVE, provider.household, code=code))["answer"]
    return answer


async def test_polls_are_told_to_wait_and_to_slow_down_until_somebody_approves(provider: Provider) -> None:
    device = await asked(provider)
    assert refused(await poll(provider, device)) == (400, "authorization_pending")
    assert refused(await poll(provider, device)) == (400, "slow_down")
    async with provider.front.database.write("identity") as db:
        waited = datetime.now(UTC) - timedelta(seconds=7)  # the interval is 10 seconds by now
        await db.execute(update(DeviceGrant).values(polled_at=waited))
    assert refused(await poll(provider, device)) == (400, "slow_down")
    await approved(provider, device["user_code"])
    answer = (await poll(provider, device)).json()
    assert await provider.opens(answer["access_token"])
    assert refused(await poll(provider, device)) == (400, "invalid_grant")  # it was good once


async def test_the_code_is_read_however_it_is_typed_and_is_good_once(provider: Provider) -> None:
    code = (await asked(provider))["user_code"]
    typed = " " + code.lower().replace("-", " ") + " "
    assert await approved(provider, typed) == {"device": {"name": "Living room", "kind": "TV"}, "userErrors": []}
    for wrong in (code, "ZZZZ-ZZZZ", ""):
        answer = await approved(provider, wrong)
        assert answer == {"device": None, "userErrors": [{"code": "INVALID_USER_CODE", "path": ["userCode"]}]}


async def test_guessing_codes_is_throttled(provider: Provider) -> None:
    code = (await asked(provider))["user_code"]
    codes = [(await approved(provider, "BBBB-BBBB"))["userErrors"][0]["code"] for _ in range(11)]
    assert codes == ["INVALID_USER_CODE"] * 10 + ["TOO_MANY_ATTEMPTS"]
    assert (await approved(provider, code))["userErrors"][0]["code"] == "TOO_MANY_ATTEMPTS"


async def test_denied_and_expired(provider: Provider) -> None:
    viewer = await provider.front.data("{ viewer { account { id } } }", provider.household)
    account_id = viewer["viewer"]["account"]["id"]
    denied, expired = await asked(provider), await asked(provider)
    await deny(provider.front.resources, account_id, denied["user_code"], datetime.now(UTC))
    assert refused(await poll(provider, denied)) == (400, "access_denied")
    async with provider.front.database.write("identity") as db:
        await db.execute(update(DeviceGrant).values(expires_at=datetime.now(UTC)))
    assert refused(await poll(provider, expired)) == (400, "expired_token")
    assert (await approved(provider, expired["user_code"]))["userErrors"][0]["code"] == "INVALID_USER_CODE"


async def test_what_a_device_may_not_ask(provider: Provider) -> None:
    for changed, error in (
        ({"scope": "openid email"}, "invalid_scope"),
        ({"device_name": "a" * 51}, "invalid_request"),
        ({"client_id": "example-app", "scope": "openid"}, "unauthorized_client"),
        ({"client_id": "nobody"}, "invalid_client"),
    ):
        form = {"client_id": "marquee-tv", "scope": "openid"} | changed
        assert refused(await provider.post("device_authorization", **form)) == (400, error), changed
    device = await asked(provider)
    assert refused(await poll(provider, device, "example-app")) == (400, "unauthorized_client")
    assert refused(await poll(provider, {"device_code": "forged"})) == (400, "invalid_grant")


async def test_without_a_name_it_is_called_like_its_client_and_no_code_lies_in_the_database(provider: Provider) -> None:
    form = {"client_id": "marquee-tv", "scope": "openid"}
    device = (await provider.post("device_authorization", **form)).json()
    async with provider.front.database.read("identity") as db:
        (row,) = (await db.execute(text("select g::text as row from identity.device_grant g"))).all()
    assert "Marquee TV" in row.row
    for secret in (device["device_code"], device["user_code"], device["user_code"].replace("-", "")):
        assert secret not in row.row
        assert secret.encode().hex() not in row.row
