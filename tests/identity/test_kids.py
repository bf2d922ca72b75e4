"""Every mutation is tried with a child's token: none widens it, none touches account or billing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from graphql import GraphQLObjectType, build_schema, get_named_type
from sqlalchemy import text

from models.identity import Avatar
from resolvers.viewing.recommending.row_ids import row_id
from resolvers.viewing.recommending.rows import HomeRowKind
from runtime.settings import Settings
from tests.identity.operations import DEVICE, PASSWORD, sign_up, sign_up_input
from tests.identity.profiles import SET_PIN, child_of, create, entitle, first
from tests.served import Front, served

API = build_schema((Path(__file__).parents[2] / "schema/sdl/api.graphql").read_text())
GUESS = "a guess of the password"
KIDS = "KIDS_PROFILE"
UNWATCHED = {"refresh_token", "throttle"}
"""Tables that any use of a session writes to."""
MOMENTS = {"last_used_at", "last_seen_at"}
HARMLESS = {"name", "avatar_id", "language", "audio_languages", "subtitle_mode", "subtitle_languages"}
HARMLESS |= {"autoplay_next", "autoplay_previews", "skip_intro", "skip_recap", "skip_credits"}
"""What a child may change of its own profile."""

Household = dict[str, Any]


def attempts(ada: Household) -> dict[str, list[tuple[dict[str, Any], str | None]]]:
    """For every mutation there is: what a child may try, and the code that it gets; None where it is no refusal.

    Passwords are guesses. Ids are those of the own household.
    """
    account, grown_up, child, session, device = (ada[key] for key in ("account", "adult", "child", "session", "device"))
    new = {"texts": [{"language": "en", "name": "New"}]}
    edited = {"id": str(uuid4()), "revision": 1}
    listed = {"slug": "new", "titleIds": [], **new}
    granted = {"until": "2099-01-01T00:00:00Z", "reason": "please", "idempotencyKey": "key", "planId": str(uuid4())}
    title, played = {"titleId": str(uuid4())}, {"sessionId": str(uuid4())}
    beat = {**played, "sequence": 1, "positionMs": 1, "state": "PLAYING"}
    start = {"playableId": str(uuid4()), "idempotencyKey": "key"}
    return {
        "signUp": [({"input": sign_up_input(email="kim@example.org")}, None)],
        "signIn": [({"input": {"email": "ada@example.org", "password": GUESS, "device": DEVICE}}, "WRONG_CREDENTIALS")],
        "refreshSession": [({"refreshToken": GUESS}, "INVALID_REFRESH_TOKEN")],
        "verifyEmail": [({"token": GUESS}, "INVALID_TOKEN")],
        "requestPasswordReset": [({"email": "ada@example.org"}, None)],
        "resetPassword": [({"token": GUESS, "newPassword": "a new horse of mine"}, "INVALID_TOKEN")],
        "sendVerification": [({}, KIDS), ({"newEmail": "kim@example.org", "password": GUESS}, KIDS)],
        "changePassword": [({"password": GUESS, "newPassword": "a new horse of mine"}, KIDS)],
        "signOut": [({"everywhere": True}, KIDS)],
        "selectProfile": [
            ({"profileId": grown_up}, "PASSWORD_REQUIRED"),
            ({"profileId": grown_up, "pin": "2580"}, "PASSWORD_REQUIRED"),
            ({"profileId": grown_up, "password": GUESS}, "WRONG_PASSWORD"),
            ({"profileId": ada["locked"]}, "PIN_REQUIRED"),
            ({"profileId": ada["locked"], "pin": "1111"}, "WRONG_PIN"),
            ({"profileId": ada["older"]}, "PASSWORD_REQUIRED"),
            ({"profileId": child}, None),
        ],
        "createProfile": [({"name": "Max", "kind": kind}, KIDS) for kind in ("ADULT", "TEEN", "KIDS")],
        "updateProfile": [
            ({"id": child, "input": {"maximumAge": 12}, "password": GUESS}, KIDS),
            ({"id": child, "input": {"maximumAge": 18}}, KIDS),
            ({"id": child, "input": {"kind": "ADULT"}, "password": GUESS}, KIDS),
            ({"id": grown_up, "input": {"maximumAge": 6}}, KIDS),
            ({"id": ada["older"], "input": {"name": "Max"}, "password": GUESS}, KIDS),
            ({"id": child, "input": {"name": "Kimmy", "language": "en", "autoplayNext": False}}, None),
        ],
        "deleteProfile": [({"id": id_, "password": GUESS}, KIDS) for id_ in (child, grown_up)],
        "setProfilePin": [({"id": id_, "pin": "2580", "password": GUESS}, KIDS) for id_ in (child, grown_up)]
        + [({"id": ada["locked"], "password": GUESS}, KIDS)],
        "revokeDevice": [({"id": device}, KIDS)],
        "revokeSession": [({"id": session}, KIDS)],
        "deletePasskey": [({"id": str(uuid4()), "password": GUESS}, KIDS)],
        "approveDevice": [({"userCode": "BCDF-GHJK"}, KIDS)],
        "setConsent": [({"purpose": "ADS_PERSONALISATION", "granted": True}, KIDS)],
        "requestDataExport": [({}, KIDS)],
        "requestErasure": [({"password": GUESS}, KIDS)],
        "cancelErasure": [({"id": str(uuid4())}, KIDS)],
        "setRoles": [({"accountId": account, "roles": ["administrator"], "reason": "please"}, "FORBIDDEN")],
        "setSuspended": [({"accountId": account, "suspended": False, "reason": "please"}, "FORBIDDEN")],
        "grantEntitlement": [({"accountId": account} | granted, "FORBIDDEN")],
        "createTitle": [({"kind": "MOVIE", "originalLanguage": "en", "input": new}, "FORBIDDEN")],
        "updateTitle": [(edited | {"input": new}, "FORBIDDEN")],
        "savePlayable": [(edited | {"titleId": str(uuid4()), "input": new}, "FORBIDDEN")],
        "removePlayable": [(edited, "FORBIDDEN")],
        "publishTitle": [(edited, "FORBIDDEN")],
        "unpublishTitle": [({"id": str(uuid4())}, "FORBIDDEN")],
        "saveCollection": [({"input": listed}, "FORBIDDEN")],
        "startPlayback": [({"input": start}, None)],
        "renewPlayback": [(played, "NOT_FOUND")],
        "heartbeat": [({"input": beat}, "NOT_FOUND")],
        "stopPlayback": [(played | {"positionMs": 1}, "NOT_FOUND")],
        "addToMyList": [(title, "NOT_FOUND")],
        "removeFromMyList": [(title, "NOT_FOUND")],
        "rateTitle": [(title | {"thumb": "UP"}, "NOT_FOUND")],
        "notInterested": [(title, "NOT_FOUND")],
        "clearHistory": [(title, "NOT_FOUND"), ({"all": True}, None)],
        "markWatched": [({"playableId": str(uuid4()), "watched": True}, "NOT_FOUND")],
        "removeFromContinueWatching": [(title, "NOT_FOUND")],
        "reportImpressions": [
            ({"rowId": row_id(uuid4(), HomeRowKind.TOP_PICKS), "titleIds": []}, "NOT_FOUND"),
            ({"rowId": f"row:{child}:TOP_PICKS", "titleIds": [str(uuid4())]}, "NOT_FOUND"),
        ],
        "chooseTasteSeeds": [({"titleIds": [str(uuid4())]}, "NOT_FOUND"), ({"titleIds": []}, None)],
    }


@pytest.fixture
async def platform(settings: Settings) -> AsyncIterator[Front]:
    """The one graph, with avatars and nothing else."""
    async with served(settings) as front:
        async with front.database.write("identity") as db:
            db.add(Avatar(object_key="artwork/avatars/0.webp", position=0))
        yield front


async def household(front: Front) -> Household:
    """Ids of a household with an adult, a locked adult, a child of 6 and one of 12; the child's `token`."""
    ada = await sign_up(front)
    account = ada["viewer"]["account"]
    await entitle(front, account, 5)
    locked = await create(front, ada["accessToken"], "Bo")
    pin = {"id": locked["id"], "pin": "2580", "password": PASSWORD}
    assert (await front.data(SET_PIN, ada["accessToken"], **pin))["answer"]["profile"]["locked"]
    older = await create(front, ada["accessToken"], "Max", "KIDS", maximumAge=12)
    child, token = await child_of(front, ada)
    claims = front.resources.tokens.verify(token)
    async with front.database.read("identity") as db:
        device = await db.scalar(text("select device_id from identity.session where id = :id"), {"id": claims["sid"]})
    ids = {"account": account["id"], "session": claims["sid"], "device": str(device), "child": child, "token": token}
    return ids | {"adult": first(ada), "locked": locked["id"], "older": older["id"]}


async def rows_of(front: Front, child: str) -> set[str]:
    """All that identity and billing hold, but what is harmless; a row is the table's name and JSON."""
    found = set()
    query = text("select schemaname, tablename from pg_tables where schemaname in ('identity', 'billing')")
    async with front.database.read("identity") as db:
        tables = [(s, t) for s, t in await db.execute(query) if t not in UNWATCHED]
    for schema, table in tables:
        async with front.database.read(schema) as db:
            for row in await db.scalars(text(f"select to_jsonb(t) from {schema}.{table} t")):
                own = child in (row.get("id"), row.get("profile_id")) and table in ("profile", "published_profile")
                kept = {key: value for key, value in row.items() if key not in (MOMENTS | HARMLESS if own else MOMENTS)}
                found.add(f"{table} {orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()}")
    return found


async def attempt(front: Front, token: str, mutation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The whole response of the mutation with exactly these arguments, as the API types them."""
    field = mutations()[mutation]
    declared = ", ".join(f"$given_{name}: {field.args[name].type}" for name in arguments)
    given = ", ".join(f"{name}: $given_{name}" for name in arguments)
    payload, wanted = get_named_type(field.type), "__typename"
    if isinstance(payload, GraphQLObjectType):
        wanted += " userErrors { code }" + " accessToken" * ("accessToken" in payload.fields)
    call = f"{mutation}({given})" if given else mutation
    query = f"mutation{f'({declared})' if declared else ''} {{ answer: {call} {{ {wanted} }} }}"
    return await front.ask(query, token, **{f"given_{name}": value for name, value in arguments.items()})


def mutations() -> Any:
    assert API.mutation_type is not None
    return API.mutation_type.fields


def code_of(response: dict[str, Any]) -> str | None:
    """The code of the response's one error or refusal; None without any."""
    codes = [error["extensions"]["code"] for error in response.get("errors", ())]
    codes += [error["code"] for error in ((response["data"] or {}).get("answer") or {}).get("userErrors", ())]
    assert len(codes) <= 1, codes
    return codes[0] if codes else None


def test_every_mutation_of_the_graph_is_tried() -> None:
    ids = dict.fromkeys(("account", "adult", "child", "session", "device", "locked", "older"), "an id")
    assert set(attempts(ids)) == set(mutations())
    assert all(attempts(ids).values())


async def test_no_mutation_lets_a_child_out_or_near_account_and_billing(platform: Front) -> None:
    ada = await household(platform)
    tried = attempts(ada)
    ((new, _),) = tried.pop("signUp")
    assert code_of(await attempt(platform, ada["token"], "signUp", new)) is None
    before = await rows_of(platform, ada["child"])
    assert f'"id":"{ada["session"]}"' in str(before), "the dump must hold the household's rows"
    for mutation, calls in tried.items():
        for arguments, code in calls:
            response = await attempt(platform, ada["token"], mutation, arguments)
            assert code_of(response) == code, (mutation, arguments, response)
            token = ((response["data"] or {}).get("answer") or {}).get("accessToken")
            if token is not None:
                await check_no_wider(platform, token, ada)
            assert await rows_of(platform, ada["child"]) == before, (mutation, arguments)
    await check_no_wider(platform, ada["token"], ada)


async def check_no_wider(front: Front, token: str, ada: Household) -> None:
    """The token still is the child's, who sees no more and may do no more."""
    viewer = (await front.data("{ viewer { scopes profile { id kind maximumAge } } }", token))["viewer"]
    assert viewer == {"scopes": [], "profile": {"id": ada["child"], "kind": "KIDS", "maximumAge": 6}}
