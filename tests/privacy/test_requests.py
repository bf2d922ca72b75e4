"""Consents and data requests through the front door: what they answer, and who may."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from models.columns import new_id
from models.identity import Account, Consent, ConsentPurpose, DataRequest, DataRequestKind, Profile, ProfileKind
from models.published import PublishedProfile
from oauth.households import add_account
from schema.identity import schema
from tests.identity.operations import PASSWORD, SELECT, refused, sign_in
from tests.privacy.households import CANCEL, CONSENT, ERASE, EXPORT, REQUESTS, Home
from tests.queries import check_statements
from tests.requests import make_request, make_viewer
from tests.served import Front

ACCOUNT = """query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account {
consents { purpose granted at } dataRequests { id kind status createdAt dueAt downloadUrl } } } }"""


async def answers(front: Front, home: Home) -> list[tuple[str, bool]]:
    query = select(Consent).where(col(Consent.account_id) == home.account_id).order_by(col(Consent.id))
    async with front.database.read("identity") as db:
        return [(row.purpose.name, row.granted) for row in await db.execute(query)]


async def test_the_newest_answer_counts_and_the_others_are_its_history(front: Front, home: Home) -> None:
    for granted in (True, True, False, True):
        payload = (await front.data(CONSENT, home.token, purpose="EMAIL_MARKETING", granted=granted))["answer"]
    newest = {consent["purpose"]: consent["granted"] for consent in payload["account"]["consents"]}
    assert newest == {"ANALYTICS": False, "EMAIL_MARKETING": True}
    assert await answers(front, home) == [
        *(("ANALYTICS", True), ("ANALYTICS", False)),
        *(("EMAIL_MARKETING", True), ("EMAIL_MARKETING", False), ("EMAIL_MARKETING", True)),
    ]


async def test_a_child_decides_nothing_of_this(front: Front, home: Home) -> None:
    async with front.database.write("identity") as db:
        child = {"kind": ProfileKind.KIDS, "maximum_age": 6}
        await db.execute(update(Profile).where(col(Profile.id) == home.profile_id).values(child))
        published = update(PublishedProfile).where(col(PublishedProfile.profile_id) == home.profile_id)
        await db.execute(published.values(child))
    selected = (await front.data(SELECT, home.token, id=str(home.profile_id)))["answer"]
    token = selected["accessToken"]
    before = await answers(front, home)
    for query, variables in (
        (CONSENT, {"purpose": "ANALYTICS", "granted": True}),
        (EXPORT, {}),
        (ERASE, {"password": PASSWORD}),
        (CANCEL, {"id": str(new_id())}),
    ):
        assert (await refused(front, query, token, **variables))[0] == "KIDS_PROFILE"
    assert await answers(front, home) == before


async def test_one_export_at_a_time(front: Front, home: Home) -> None:
    first = (await front.data(EXPORT, home.token))["answer"]["dataRequest"]
    assert (first["kind"], first["status"], first["downloadUrl"]) == ("EXPORT", "QUEUED", None)
    second = (await front.data(EXPORT, home.token))["answer"]["dataRequest"]
    assert second == first


async def test_exports_are_limited(front: Front, home: Home) -> None:
    for _ in range(5):
        await front.data(EXPORT, home.token)
        async with front.database.write("identity") as db:
            await db.execute(update(DataRequest).values(status="SUCCEEDED"))
    assert await refused(front, EXPORT, home.token) == ("TOO_MANY_ATTEMPTS", None)


async def test_erasure_takes_the_password_and_comes_once(front: Front, home: Home) -> None:
    assert await refused(front, ERASE, home.token, password="wrong") == ("WRONG_PASSWORD", ["password"])
    assert await refused(front, ERASE, home.token, password="") == ("PASSWORD_REQUIRED", ["password"])
    before = (await front.data(REQUESTS, home.token))["viewer"]["account"]
    assert before == {"status": "ACTIVE", "dataRequests": []}
    first = (await front.data(ERASE, home.token, password=PASSWORD))["answer"]["dataRequest"]
    waits = datetime.fromisoformat(first["dueAt"]) - datetime.fromisoformat(first["createdAt"])
    assert waits.days == front.resources.settings.erasure_days
    assert (await front.data(ERASE, home.token, password=PASSWORD))["answer"]["dataRequest"] == first
    assert (await front.data(REQUESTS, home.token))["viewer"]["account"]["status"] == "CLOSING"


async def test_nobody_calls_off_what_is_not_theirs(front: Front, home: Home, neighbours: Home) -> None:
    erasure = (await front.data(ERASE, home.token, password=PASSWORD))["answer"]["dataRequest"]["id"]
    export = (await front.data(EXPORT, home.token))["answer"]["dataRequest"]["id"]
    for token, wanted in (
        (neighbours.token, erasure),
        (home.token, export),
        (home.token, str(new_id())),
        (home.token, "not an id"),
    ):
        assert await refused(front, CANCEL, token, id=wanted) == ("NOT_FOUND", ["id"])
    async with front.database.read("identity") as db:
        status = select(col(Account.status)).where(col(Account.id) == home.account_id)
        assert (await db.scalar(status)).name == "CLOSING"


async def test_consents_and_requests_take_as_many_statements_for_many(front: Front, home: Home) -> None:
    now = datetime.now(UTC)

    def make() -> object:
        scopes = frozenset({"support:read"})
        viewer = make_viewer(account_id=home.account_id, session_id=home.session_ids[0], scopes=scopes)
        return make_request(front.resources, viewer)

    async def double() -> None:
        async with front.database.write("identity") as db:
            other = await add_account(db, front.resources.encryption, "eve@example.com", None, "US", "en", now)
            for purpose in ConsentPurpose:
                db.add(Consent(account_id=other.id, purpose=purpose, granted=True, at=now))
            db.add(DataRequest(account_id=other.id, kind=DataRequestKind.EXPORT, created_at=now, due_at=now))
        representations.append({"__typename": "Account", "id": str(other.id)})

    representations = [{"__typename": "Account", "id": str(home.account_id)}]
    statements = await check_statements(schema, make, ACCOUNT, double, representations=representations)  # type: ignore[arg-type]
    assert len(statements) == 3


async def test_support_is_given_no_address_of_an_archive(front: Front, home: Home, neighbours: Home) -> None:
    made = UUID((await front.data(EXPORT, home.token))["answer"]["dataRequest"]["id"])
    async with front.database.write("identity") as db:
        await db.execute(update(DataRequest).values(status="SUCCEEDED", object_key="exports/x"))
        await db.execute(
            update(Account).where(col(Account.id) == neighbours.account_id).values(roles=["viewer", "support"])
        )
    staff = (await sign_in(front, email=neighbours.email))["accessToken"]
    query = "query ($id: ID!) { account(id: $id) { dataRequests { id downloadUrl } } }"
    seen = (await front.data(query, staff, id=str(home.account_id)))["account"]["dataRequests"]
    assert seen == [{"id": str(made), "downloadUrl": None}]
    own = (await front.data(REQUESTS, home.token))["viewer"]["account"]["dataRequests"]
    assert f"/privacy/exports/{made}?expires=" in own[0]["downloadUrl"]
