"""Operations on profiles, and households to try them on."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, text
from sqlmodel import col

from models.columns import new_id
from models.identity import Profile
from models.published import PublishedEntitlement, PublishedProfile
from tests.identity.operations import DEVICE, PASSWORD, SIGN_IN, SIGNED_IN
from tests.served import Front

PROFILE = """profile { id name avatar { id } kind maximumAge locked language audioLanguages
subtitles { mode languages } autoplayNext autoplayPreviews skip { intro recap credits } }
userErrors { code message path }"""
CREATE = f"""mutation ($name: String!, $kind: ProfileKind!, $settings: ProfileInput) {{
answer: createProfile(name: $name, kind: $kind, settings: $settings) {{ {PROFILE} }} }}"""
UPDATE = f"""mutation ($id: ID!, $input: ProfileInput!, $password: String) {{
answer: updateProfile(id: $id, input: $input, password: $password) {{ {PROFILE} }} }}"""
DELETE = """mutation ($id: ID!, $password: String!) {
answer: deleteProfile(id: $id, password: $password) { deletedId userErrors { code path } } }"""
SET_PIN = f"""mutation ($id: ID!, $pin: String, $password: String!) {{
answer: setProfilePin(id: $id, pin: $pin, password: $password) {{ {PROFILE} }} }}"""
SELECT = f"""mutation ($id: ID!, $pin: String, $password: String) {{
answer: selectProfile(profileId: $id, pin: $pin, password: $password) {{ {SIGNED_IN} }} }}"""
PROFILES = "{ viewer { profile { id name kind maximumAge } account { profiles { name kind maximumAge locked } } } }"


async def entitle(front: Front, account: dict[str, Any], profiles: int, **changed: Any) -> None:
    """Publishes an entitlement of the account to a plan of so many profiles, as billing does."""
    given = {
        "entitlement_id": new_id(),
        "account_id": UUID(account["id"]),
        "plan_id": new_id(),
        "rank": 1,
        "ads": False,
    }
    limits = {"max_streams": 2, "max_profiles": profiles, "max_devices": 5, "max_height": 1080, "ads": False}
    async with front.database.write("billing") as db:
        await db.execute(insert(PublishedEntitlement).values(given | limits | changed))


async def create(front: Front, token: str, name: str, kind: str = "ADULT", **settings: Any) -> dict[str, Any]:
    """The new profile; its making must work."""
    answer = (await front.data(CREATE, token, name=name, kind=kind, settings=settings))["answer"]
    assert answer["userErrors"] == []
    profile: dict[str, Any] = answer["profile"]
    return profile


async def select_profile(front: Front, token: str, id_: str, **given: Any) -> str:
    """The access token of the profile."""
    answer = (await front.data(SELECT, token, id=id_, **given))["answer"]
    assert answer["userErrors"] == []
    selected: str = answer["accessToken"]
    return selected


async def child_of(front: Front, household: dict[str, Any], name: str = "Kim", age: int = 6) -> tuple[str, str]:
    """A new child's profile of the household: its id, and an access token that is scoped to it.

    The household's plan must allow a further profile.
    """
    child = await create(front, household["accessToken"], name, "KIDS", maximumAge=age)
    return child["id"], await select_profile(front, household["accessToken"], child["id"])


async def rows(front: Front) -> dict[str, Profile]:
    """The stored profiles, by name."""
    async with front.database.write("identity") as db:
        return {profile.name: profile for profile in await db.scalars(select(Profile).order_by(col(Profile.name)))}


def first(household: dict[str, Any]) -> str:
    id_: str = household["viewer"]["account"]["profiles"][0]["id"]
    return id_


async def updated(front: Front, token: str, id_: str, password: str | None = None, **changes: Any) -> dict[str, Any]:
    """The profile after a change that must work."""
    answer = (await front.data(UPDATE, token, id=id_, input=changes, password=password))["answer"]
    assert answer["userErrors"] == []
    profile: dict[str, Any] = answer["profile"]
    return profile


async def sign_in(front: Front) -> str:
    """The access token of a further session of Ada's."""
    given = {"email": "ada@example.org", "password": PASSWORD, "device": DEVICE}
    token: str = (await front.data(SIGN_IN, input=given))["answer"]["accessToken"]
    return token


async def published(front: Front, id_: str) -> PublishedProfile | None:
    async with front.database.write("identity") as db:
        return await db.get(PublishedProfile, UUID(id_))


async def jobs(front: Front, name: str) -> list[Any]:
    """The payloads of the queued jobs of this name."""
    query = text("select payload from jobs.pgqueuer where entrypoint = :name order by id")
    async with front.database.read("identity") as db:
        return [orjson.loads(payload) for payload in await db.scalars(query, {"name": name})]
