"""`marquee client`: which applications may use OAuth here."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE
from sqlalchemy import delete, select
from sqlmodel import col

from models.identity import Client, Session
from models.viewing import PlaybackCommandReason
from oauth.authenticate import changed
from oauth.names import checked_name
from oauth.provider.clients import LOOPBACK
from oauth.provider.routes import SCOPES
from oauth.sessions import digest, end_sessions
from runtime.countries import COUNTRIES
from runtime.errors import Refusal
from runtime.resources import open_resources
from runtime.settings import Settings
from server.commands import Stop

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
PRIVATE_SCHEME = re.compile(r"[a-z0-9+-]+(\.[a-z0-9+-]+)+")
"""A domain name in reverse: nobody else's (RFC 8252, section 7.1)."""
GRANTS = {
    "code": "authorization_code",
    "refresh": "refresh_token",
    "device": DEVICE_CODE_GRANT_TYPE,
    "credentials": "client_credentials",
}
"""Grant types by their names on the command line."""


@dataclass(frozen=True)
class NewClient:
    """A client as the command line describes it; a public one can keep no secret."""

    id: str
    name: str
    redirect_uris: Sequence[str] = ()
    grants: Sequence[str] = ()
    scopes: Sequence[str] = ()
    first_party: bool = False
    public: bool = False
    country: str | None = None


async def add_client(settings: Settings, new: NewClient) -> str | None:
    """Registers a client; its secret, which is nowhere else, or None for a public one. Stop names a wrong option."""
    secret = None if new.public else secrets.token_urlsafe(32)
    row = checked_client(new, secret, datetime.now(UTC))
    async with open_resources(settings, ("identity",)) as resources, resources.database.write("identity") as db:
        if await db.get(Client, new.id) is not None:
            raise Stop(f"There is a client {new.id!r} already: remove it first, or take another id.")
        db.add(row)
    return secret


async def list_clients(settings: Settings) -> list[str]:
    """A line for each client."""
    async with open_resources(settings, ("identity",)) as resources, resources.database.read("identity") as db:
        rows = (await db.execute(select(Client).order_by(col(Client.id)))).all()
    return [line_of(Client(**row._mapping)) for row in rows]


async def remove_client(settings: Settings, client_id: str) -> int:
    """Removes a client, and ends all of its sessions at once; how many there were. Stop where there is none."""
    async with open_resources(settings, ("identity",)) as resources:
        of_client = col(Session.client_id) == client_id
        async with resources.database.write("identity") as db:
            accounts = (await db.scalars(select(col(Session.account_id)).where(of_client).distinct())).all()
            ended = await end_sessions(db, of_client, PlaybackCommandReason.SIGNED_OUT)
            gone = delete(Client).where(col(Client.id) == client_id).returning(col(Client.id))
            if await db.scalar(gone) is None:
                raise Stop(f"There is no client {client_id!r}: see `marquee client list`.")
        for account_id in filter(None, accounts):
            changed(resources.hub, account_id)
    return len(ended)


def line_of(client: Client) -> str:
    grants = [name for name, grant in GRANTS.items() if grant in client.grant_types]
    party = "first" if client.first_party else "third"
    kind = "public" if client.secret_hash is None else "confidential"
    return f"{client.id}  {client.name}  {party} party, {kind}  {','.join(grants)}  {' '.join(client.scopes)}"


def checked_client(new: NewClient, secret: str | None, now: datetime) -> Client:
    """The row of a client that makes sense; Stop names the option that does not."""
    if not ID.fullmatch(new.id):
        raise Stop("ID: up to 63 small letters, digits and hyphens, such as living-room-app.")
    try:
        name = checked_name(new.name)
    except Refusal as refusal:
        raise Stop(f"--name: {refusal}") from refusal
    if new.country is not None and new.country not in COUNTRIES:
        raise Stop(f"--country: {new.country!r} is not a country of ISO 3166-1 alpha-2.")
    return Client(
        id=new.id,
        name=name,
        secret_hash=digest(secret) if secret else None,
        redirect_uris=checked_redirects(new),
        grant_types=checked_grants(new),
        scopes=checked_scopes(new),
        first_party=new.first_party,
        country=new.country,
        created_at=now,
    )


def checked_redirects(new: NewClient) -> list[str]:
    if "code" in new.grants and not new.redirect_uris:
        raise Stop("--redirect-uri: the grant code needs at least one.")
    for uri in new.redirect_uris:
        parts = urlsplit(uri)
        safe = LOOPBACK.fullmatch(uri) or PRIVATE_SCHEME.fullmatch(parts.scheme) or parts.scheme == "https"
        if not safe or not (parts.hostname or PRIVATE_SCHEME.fullmatch(parts.scheme)):
            raise Stop(f"--redirect-uri: {uri!r} is neither https, nor http at 127.0.0.1, nor an app's own scheme.")
        if parts.fragment or parts.username is not None or not uri.isascii() or not uri.isprintable() or " " in uri:
            raise Stop(f"--redirect-uri: {uri!r} has a fragment, a user name, or characters that no address has.")
    return list(dict.fromkeys(new.redirect_uris))


def checked_grants(new: NewClient) -> list[str]:
    for grant in new.grants:
        if grant not in GRANTS:
            raise Stop(f"--grant: {grant!r} is none of {', '.join(GRANTS)}.")
    if not set(new.grants) - {"refresh"}:
        raise Stop("--grant: at least one of code, device and credentials.")
    if new.public and "credentials" in new.grants:
        raise Stop("--grant: credentials is for clients that can keep a secret, not for --public.")
    return [GRANTS[grant] for grant in dict.fromkeys(new.grants)]


def checked_scopes(new: NewClient) -> list[str]:
    for scope in new.scopes:
        if scope not in SCOPES:
            raise Stop(f"--scope: {scope!r} is none of {', '.join(SCOPES)}.")
    if not new.scopes:
        raise Stop("--scope: at least one; openid to know who signs in, household to act in the graph.")
    return list(dict.fromkeys(new.scopes))
