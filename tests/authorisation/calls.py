"""How each mutation is called so that it changes something, by somebody of a household, with ids of that household."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from models.catalog import PlayableKind
from models.identity import Client, MailTokenPurpose
from oauth import mail_tokens
from oauth.provider.device import add_grant
from oauth.roles import CATALOG_EDIT
from resolvers.catalog.editing.inputs import PlayableInput
from resolvers.catalog.editing.playables import save_playable
from resolvers.viewing.recommending.row_ids import row_id
from resolvers.viewing.recommending.rows import HomeRowKind
from runtime.scalars import Id
from server.seed.ids import seed_id
from tests.authorisation.coordinates import fields, schema_of
from tests.authorisation.homes import PASSWORD
from tests.authorisation.questions import Asked, grow
from tests.authorisation.rules import Actor, Household
from tests.authorisation.world import APP, World
from tests.requests import make_request, make_viewer

NEW_PASSWORD = "another long passphrase"
DEVICE = {"name": "A browser", "kind": "WEB"}
Arguments = dict[str, Any]


def target(actor: Actor) -> Household:
    assert actor.named is not None
    return actor.named


def id_of(kind: str) -> Callable[[World, Actor], str]:
    """An id of the household that the actor names."""
    return lambda world, actor: str(target(actor).ids[kind])


def open_id(kind: str) -> Callable[[World, Actor], str]:
    """An id of what exists for all."""
    return lambda world, actor: str(world.stock["open"].ids[kind])


def played(world: World, actor: Actor) -> str:
    """A playback of the actor's profile."""
    return str(target(actor).ids[f"{actor.profile or 'ADULT'} playback"])


def ended(world: World, actor: Actor) -> str:
    """A playback of the actor's profile that was taken over."""
    return str(target(actor).ids[f"{actor.profile or 'ADULT'} ended"])


def watching(world: World, actor: Actor) -> str:
    return str(target(actor).ids[actor.profile or "ADULT"])


def row(world: World, actor: Actor) -> str:
    """A row of the home of the actor's profile."""
    return row_id(target(actor).ids[actor.profile or "ADULT"], HomeRowKind.TOP_PICKS)


def subject(world: World, actor: Actor) -> str:
    """The household that staff acts on."""
    return str(world.subject.account_id)


async def mailed(world: World, actor: Actor, purpose: MailTokenPurpose) -> str:
    """A token as the household's mail has it."""
    encryption = world.front.resources.encryption
    async with world.front.database.write("identity") as db:
        issued = await mail_tokens.issue(db, encryption, target(actor).account_id, purpose, datetime.now(UTC))
    return mail_tokens.token_of(encryption, purpose, issued)


def sign_up(world: World, actor: Actor) -> Arguments:
    given = {"email": f"{uuid4()}@example.org", "password": NEW_PASSWORD, "profileName": "Eve", "device": DEVICE}
    return given | {"country": "US", "language": "en"}


def sign_in(world: World, actor: Actor) -> Arguments:
    return {"email": target(actor).email, "password": PASSWORD, "device": DEVICE}


async def shown(world: World, actor: Actor) -> str:
    """The code that a device shows which waits to be let in."""
    encryption = world.front.resources.encryption
    async with world.front.database.write("identity") as db:
        client = await db.get_one(Client, APP)
        _, user_code = await add_grant(db, encryption, client, "household", "A television", datetime.now(UTC))
    return user_code


def verification(world: World, actor: Actor) -> Any:
    return mailed(world, actor, MailTokenPurpose.VERIFY_EMAIL)


def reset(world: World, actor: Actor) -> Any:
    return mailed(world, actor, MailTokenPurpose.RESET_PASSWORD)


def soon(world: World, actor: Actor) -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def key(world: World, actor: Actor) -> str:
    return str(uuid4())


EDITOR = make_viewer(account_id=uuid4(), scopes=frozenset({CATALOG_EDIT}))


def edited(kind: str) -> Callable[[World, Actor], str]:
    """An id of what editors may change."""
    return lambda world, actor: str(world.stock["edited"].ids[kind])


def revision_of(kind: str) -> Callable[[World, Actor], Any]:
    """At which revision what editors may change stands."""

    async def read(world: World, actor: Actor) -> int:
        query = "select revision from catalog.title where id = $1"
        revision: int = await world.wire.fetchval(query, world.stock["edited"].ids[kind])
        return revision

    return read


async def new_trailer(world: World, actor: Actor) -> str:
    """The id of a trailer that an editor has just added to the series."""
    request = make_request(world.front.resources, EDITOR, now=datetime.now(UTC))
    title, revision = edited("series")(world, actor), await revision_of("series")(world, actor)
    trailer = PlayableInput(kind=PlayableKind.TRAILER)
    saved = await save_playable(request, title_id=Id(title), revision=revision, input=trailer)
    assert saved.editorial_title is not None
    return str(saved.editorial_title.document.playables[-1].id)


NEW_TITLE = {
    "texts": {"language": "en", "name": "A new title"},
    "genreIds": edited("genre"),
    "credits": {"personId": edited("person"), "role": "ACTOR", "character": "Self"},
}
CALLS: Mapping[str, Arguments] = {
    "createTitle": {"kind": "MOVIE", "originalLanguage": "en", "input": NEW_TITLE},
    "updateTitle": {
        "id": edited("movie"),
        "revision": revision_of("movie"),
        "input": {"slug": lambda world, actor: f"edited-{uuid4()}", "credits": NEW_TITLE["credits"]},
    },
    "savePlayable": {
        "titleId": edited("series"),
        "revision": revision_of("series"),
        "input": {"kind": "TRAILER", "texts": {"language": "en", "name": "Another trailer"}},
    },
    "removePlayable": {"id": new_trailer, "revision": revision_of("series")},
    "publishTitle": {"id": edited("movie"), "revision": revision_of("movie")},
    "unpublishTitle": {"id": edited("movie")},
    "saveCollection": {
        "id": edited("collection"),
        "input": {
            "slug": lambda world, actor: f"edited-{uuid4()}",
            "texts": {"language": "en", "name": "Edited"},
            "titleIds": open_id("title"),
        },
    },
    "addToMyList": {"titleId": open_id("title")},
    "removeFromMyList": {"titleId": open_id("title")},
    "rateTitle": {"titleId": open_id("title"), "thumb": "DOUBLE_UP"},
    "notInterested": {"titleId": open_id("title")},
    "reportImpressions": {"rowId": row, "titleIds": open_id("title")},
    "chooseTasteSeeds": {"titleIds": open_id("title")},
    "removeFromContinueWatching": {"titleId": open_id("title")},
    "markWatched": {"playableId": open_id("playable"), "watched": True},
    "renewPlayback": {"sessionId": played},
    "heartbeat": {"input": {"sessionId": played, "sequence": 5, "positionMs": 200_000, "state": "PLAYING"}},
    "stopPlayback": {"sessionId": played, "positionMs": 210_000},
    "clearHistory": {"titleId": open_id("title")},
    "startPlayback": {"input": {"playableId": open_id("movie"), "idempotencyKey": key}},
    "grantEntitlement": {
        "accountId": subject,
        "planId": lambda world, actor: str(seed_id("plan", "standard")),
        "until": soon,
        "reason": "To see whether they may.",
        "idempotencyKey": key,
    },
    "signUp": {"input": sign_up},
    "signIn": {"input": sign_in},
    "refreshSession": {"refreshToken": lambda world, actor: actor.refresh_token},
    "verifyEmail": {"token": verification},
    "requestPasswordReset": {"email": lambda world, actor: target(actor).email},
    "sendVerification": {"newEmail": lambda world, actor: f"{uuid4()}@example.org", "password": PASSWORD},
    "setConsent": {"purpose": "EMAIL_MARKETING", "granted": True},
    "approveDevice": {"userCode": shown},
    "requestDataExport": {},
    "selectProfile": {"profileId": watching},
    "updateProfile": {"id": watching, "input": {"autoplayNext": False}, "password": PASSWORD},
    "createProfile": {"name": "Somebody new", "kind": "KIDS"},
    "setProfilePin": {"id": id_of("TEEN"), "pin": "2580", "password": PASSWORD},
    "deleteProfile": {"id": id_of("KIDS"), "password": PASSWORD},
    "deletePasskey": {"id": id_of("passkey"), "password": PASSWORD},
    "revokeSession": {"id": id_of("session")},
    "revokeDevice": {"id": id_of("device")},
    "cancelErasure": {"id": id_of("request")},
    "requestErasure": {"password": PASSWORD},
    "setRoles": {"accountId": subject, "roles": ["editor"], "reason": "To see whether they may."},
    "setSuspended": {"accountId": subject, "suspended": True, "reason": "To see whether they may."},
    "changePassword": {"password": PASSWORD, "newPassword": NEW_PASSWORD},
    "resetPassword": {"token": reset, "newPassword": NEW_PASSWORD},
    "signOut": {"everywhere": False},
}
"""In an order in which none spoils the next."""
LISTENING: Mapping[str, Arguments] = {
    "continueWatchingChanged": {},
    "playbackCommand": {"sessionId": ended},
    "activeStreamsChanged": {},
}


async def filled(value: Any, world: World, actor: Actor) -> Any:
    """The arguments with what is to be found out filled in."""
    if isinstance(value, dict):
        return {name: await filled(inner, world, actor) for name, inner in value.items()}
    if callable(value):
        found = value(world, actor)
        return await found if hasattr(found, "__await__") else found
    return value


KEYED = ("Account", "Profile", "Movie", "Series", "Episode", "Trailer")
NOT_YET = {
    "Viewer.profile": ("signUp", "signIn", "resetPassword"),
    "DataRequest.downloadUrl": ("requestDataExport", "requestErasure", "cancelErasure"),
}
"""What these mutations answer without: they come before it."""


@cache
def asked(way: str, name: str, closed: tuple[str, ...] = ()) -> Asked:
    """The mutation, or subscription, with all that its payload has without a key."""
    root = Asked(name)
    known = {field for field, mutations in NOT_YET.items() if name.partition(".")[2] in mutations}
    grow(schema_of(way), [root], known, (*KEYED, *closed))
    return root


def operation(way: str, root: Asked, names: Mapping[str, Any]) -> str:
    """The document of a mutation, or a subscription, whose arguments are variables."""
    arguments = fields(schema_of(way))[root.coordinate].args
    declared = ", ".join(f"${name}: {arguments[name].type}" for name in names)
    root.arguments = f"({', '.join(f'{name}: ${name}' for name in names)})" if names else ""
    kind = root.coordinate.partition(".")[0].lower()
    return f"{kind} {f'({declared})' if names else ''} {{ {root} }}"
