"""`marquee roles`: shows an account's roles or sets them; so an installation gets its first administrator."""

from collections.abc import Sequence
from datetime import UTC, datetime

from models.identity import AuditEntry
from oauth.addresses import account_of
from oauth.authenticate import changed
from resolvers.identity.staff import checked_roles, give_roles
from runtime.errors import Refusal
from runtime.resources import open_resources
from runtime.settings import Settings
from server.commands import Stop

ACTOR = "command line"


async def roles_of(settings: Settings, email: str, wanted: Sequence[str]) -> list[str]:
    """The account's roles, after it got those `wanted`, if any. Stop where there is no such account or role."""
    roles = named(wanted)
    async with open_resources(settings, ("identity",)) as resources:
        async with resources.database.write("identity") as db:
            account = await account_of(db, resources.encryption, email, lock=True)
            if account is None:
                raise Stop(f"There is no account of {email}: it must sign up first.")
            if wanted and (act := await give_roles(db, account, roles)):
                db.add(AuditEntry(at=datetime.now(UTC), actor=ACTOR, action=act, target=account.id))
        changed(resources.hub, account.id)
        return account.roles


def named(wanted: Sequence[str]) -> list[str]:
    try:
        return checked_roles(wanted)
    except Refusal as refusal:
        raise Stop(f"--set: {refusal}") from refusal
