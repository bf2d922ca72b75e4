"""Plans, grants and what they entitle to, through the served subgraph."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from models.billing import BillingInterval, Plan, Price
from models.columns import new_id
from models.identity import AccountStatus
from models.published import PublishedAccount
from oauth.audit import note
from runtime.resources import open_resources
from runtime.settings import Settings
from tests.served import Front, served
from tests.tokens import token_of

PRICES = """query ($in: CountryCode) { plans(country: $in) { code name features { maxStreams maxHeight ads } trialDays
  prices(country: $in) { amount { amountMinor currency formatted } interval taxInclusive } } }"""
GRANT = """mutation ($account: ID!, $plan: ID!, $until: DateTime!, $reason: String!, $key: String!) {
  answer: grantEntitlement(accountId: $account, planId: $plan, until: $until, reason: $reason, idempotencyKey: $key) {
    account { id entitlements { active source validUntil plan { code } features { maxStreams } } }
    userErrors { code path } } }"""
ENTITIES = """query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on Account { id entitlements { active source plan { code } features { maxStreams } } } } }"""
SOON = datetime.now(UTC) + timedelta(days=30)


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    async with served(settings, "billing") as front:
        async with front.database.write("billing") as db:
            for rank, code in enumerate(["basic", "premium"]):
                db.add(plan := a_plan(code, rank))
                await db.flush()
                db.add_all(prices_of(plan.id))
        yield front


def a_plan(code: str, rank: int) -> Plan:
    limits = {"max_streams": 1 + 3 * rank, "max_profiles": 5, "max_devices": 5, "max_height": 1080}
    names = {"en": code.title(), "de": f"{code.title()} (de)"}
    return Plan(code=code, names=names, rank=rank, ads=rank == 0, trial_days=14, **limits)


def prices_of(plan_id: UUID) -> list[Price]:
    sold = [("US", "USD", 999, False), ("DE", "EUR", 1299, True), ("JP", "JPY", 1500, True)]
    return [
        Price(
            plan_id=plan_id,
            country=country,
            currency=currency,
            amount_minor=amount,
            interval=BillingInterval.MONTH,
            tax_inclusive=tax,
        )
        for country, currency, amount, tax in sold
    ]


async def an_account(front: Front) -> UUID:
    account_id = new_id()
    async with front.database.write("identity") as db:
        db.add(PublishedAccount(account_id=account_id, epoch=1, status=AccountStatus.ACTIVE, country="US"))
    return account_id


async def plan_id(front: Front, code: str) -> str:
    async with front.database.read("billing") as db:
        return str(await db.scalar(text("select id from billing.plan where code = :code"), {"code": code}))


async def grant(front: Front, token: str, account: UUID, code: str, /, **changed: Any) -> dict[str, Any]:
    given = {"until": SOON.isoformat(), "reason": "a partner's bundle", "key": str(new_id())}
    given |= {"account": str(account), "plan": await plan_id(front, code)} | changed
    payload: dict[str, Any] = (await front.data(GRANT, token, **given))["answer"]
    return payload


async def test_plans_are_sold_by_country_and_priced_in_the_language_of_the_request(front: Front) -> None:
    headers = {"accept-language": "de"}
    answer = await front.client.post("/graphql", json={"query": PRICES, "variables": {"in": "DE"}}, headers=headers)
    first = answer.json()["data"]["plans"][0]
    assert first["name"] == "Basic (de)"
    assert first["prices"][0]["amount"] == {"amountMinor": 1299, "currency": "EUR", "formatted": "12,99\xa0€"}
    yen = (await front.data(PRICES, **{"in": "JP"}))["plans"][0]["prices"][0]["amount"]
    assert yen["formatted"] == "¥1,500", "a yen has no smaller unit"
    assert (await front.data(PRICES, **{"in": "BR"}))["plans"] == []


async def test_plans_take_as_many_statements_as_their_prices_are_loaded_at_once(front: Front) -> None:
    few = (await front.ask(PRICES, **{"in": "US"}))["extensions"]["sql"]["count"]
    async with front.database.write("billing") as db:
        for rank in range(2, 6):
            db.add(plan := a_plan(f"plan-{rank}", rank))
            await db.flush()
            db.add_all(prices_of(plan.id))
    response = await front.ask(PRICES, **{"in": "US"})
    assert len(response["data"]["plans"]) == 6
    assert response["extensions"]["sql"]["count"] == few == 2


async def test_the_best_valid_entitlement_counts_and_is_published(front: Front) -> None:
    account, staff = await an_account(front), await an_account(front)
    token = token_of(front, staff, scopes=["billing:grant", "support:read"])
    assert (await grant(front, token, account, "premium"))["userErrors"] == []
    payload = await grant(front, token, account, "basic")
    entitlements = payload["account"]["entitlements"]
    assert (entitlements["plan"]["code"], entitlements["source"], entitlements["active"]) == ("premium", "GRANT", True)
    async with front.database.read("viewing") as db:
        rows = await db.execute(text("select max_streams from billing.published_entitlement order by rank"))
        assert [row.max_streams for row in rows] == [1, 4]


async def test_what_has_ended_entitles_to_nothing(front: Front) -> None:
    account, staff = await an_account(front), await an_account(front)
    await grant(front, token_of(front, staff, scopes=["billing:grant"]), account, "basic")
    async with front.database.write("billing") as db:
        await db.execute(text("update billing.entitlement set valid_until = now() - interval '1 second'"))
    of = [{"__typename": "Account", "id": str(account)}]
    (entity,) = (await front.data(ENTITIES, token_of(front, account), of=of))["_entities"]
    assert entity["entitlements"] == {"active": False, "source": "NONE", "plan": None, "features": {"maxStreams": 0}}


async def test_a_households_entitlements_are_its_own_and_supports(front: Front) -> None:
    account, other = await an_account(front), await an_account(front)
    of = [{"__typename": "Account", "id": str(account)}]
    assert (await front.data(ENTITIES, token_of(front, account), of=of))["_entities"][0]["id"] == str(account)
    for token in (None, token_of(front, other), token_of(front, other, scopes=["catalog:edit"])):
        assert (await front.data(ENTITIES, token, of=of))["_entities"] == [None]


async def test_one_key_grants_once_however_often_it_is_sent(front: Front) -> None:
    account, staff = await an_account(front), await an_account(front)
    token = token_of(front, staff, scopes=["billing:grant"])
    payloads = await asyncio.gather(*(grant(front, token, account, "basic", key="one") for _ in range(10)))
    assert all(payload["userErrors"] == [] for payload in payloads)
    async with front.database.read("billing") as db:
        assert await db.scalar(text("select count(*) from billing.entitlement")) == 1
        assert await db.scalar(text("select count(*) from billing.published_entitlement")) == 1
    given = {"account": str(account), "plan": await plan_id(front, "premium"), "until": SOON.isoformat()}
    response = await front.ask(GRANT, token, **given, reason="another", key="one")
    assert response["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "idempotencyKey" in response["errors"][0]["message"]


async def test_a_grant_is_an_act_for_the_audit_log_once(front: Front, settings: Settings) -> None:
    account, staff = await an_account(front), await an_account(front)
    token = token_of(front, staff, scopes=["billing:grant"])
    for _ in range(2):
        await grant(front, token, account, "basic", key="one", reason=" a partner's bundle ")
    async with open_resources(settings) as resources:
        for (payload,) in await jobs(front, "audit"):
            for _ in range(2):
                await note(resources, payload)
    async with front.database.read("identity") as db:
        columns = "actor_id, actor, action, target, reason"
        (entry,) = (await db.execute(text(f"select {columns} from identity.audit_entry"))).all()
    assert tuple(entry) == (staff, "", f"GRANTED: basic until {SOON.isoformat()}", account, "a partner's bundle")


async def jobs(front: Front, name: str) -> Sequence[Any]:
    """The payloads of the jobs that wait."""
    async with front.database.read("billing") as db:
        return (
            await db.execute(text("select payload from jobs.pgqueuer where entrypoint = :name"), {"name": name})
        ).all()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"account": str(new_id())}, {"code": "ACCOUNT_NOT_FOUND", "path": ["accountId"]}),
        ({"account": "nobody"}, {"code": "ACCOUNT_NOT_FOUND", "path": ["accountId"]}),
        ({"plan": "none"}, {"code": "PLAN_NOT_FOUND", "path": ["planId"]}),
        ({"until": "2020-01-01T00:00:00Z"}, {"code": "INVALID_UNTIL", "path": ["until"]}),
        ({"reason": " "}, {"code": "REASON_REQUIRED", "path": ["reason"]}),
    ],
)
async def test_bad_grants_name_their_field_and_save_nothing(
    front: Front, changed: dict[str, str], error: dict[str, Any]
) -> None:
    account = await an_account(front)
    payload = await grant(front, token_of(front, account, scopes=["billing:grant"]), account, "basic", **changed)
    assert payload == {"account": None, "userErrors": [error]}
    async with front.database.read("billing") as db:
        assert await db.scalar(text("select count(*) from billing.entitlement")) == 0


@pytest.mark.parametrize(("scopes", "code"), [(["support:read"], "FORBIDDEN"), (None, "UNAUTHENTICATED")])
async def test_granting_takes_its_scope(front: Front, scopes: list[str] | None, code: str) -> None:
    account = await an_account(front)
    token = None if scopes is None else token_of(front, account, scopes=scopes)
    given = {"account": str(account), "plan": "x", "until": SOON.isoformat(), "reason": "x", "key": "x"}
    response = await front.ask(GRANT, token, **given)
    assert response["errors"][0]["extensions"]["code"] == code
