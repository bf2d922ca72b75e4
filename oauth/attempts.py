"""How often whom may try to sign in from where, so that guessing is slow and nobody is locked out by others.

An attempt counts against its network address; against the account's address as tried from there; and, where the
account never signed in from there, against all such strangers together. So attackers elsewhere, however many, never
use up what the owner has at a usual place; from a new place, the mailed reset is the way in during an attack.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Network, ip_address
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.identity import KnownAddress
from oauth.throttle import Limit, give_back, take
from runtime.encryption import Encryption
from runtime.resources import Resources

FROM_ADDRESS = Limit("sign-in from", burst=20, every=timedelta(seconds=10))
AT_ACCOUNT = Limit("sign-in from to", burst=5, every=timedelta(minutes=1))
BY_STRANGERS = Limit("sign-in by strangers to", burst=50, every=timedelta(minutes=1))
SIGN_UPS = Limit("sign-up from", burst=20, every=timedelta(minutes=1))
"""A sign-up tells that an address has an account."""
RESETS_FROM = Limit("reset from", burst=20, every=timedelta(minutes=1))
RESETS = Limit("reset from to", burst=5, every=timedelta(minutes=5))
RESET_MAILS = Limit("reset mail to", burst=5, every=timedelta(minutes=10))
"""Of the letters themselves: past it the last one stays good, so that no flood makes each link void the one before."""
IPV6_HOME = 64
"""The bits of a network that one home has."""


async def attempt(resources: Resources, email: str, address: str, known: bool, now: datetime) -> None:
    """Counts an attempt to sign in; Refusal TOO_MANY_ATTEMPTS where none is left."""
    for limit, subject in attempted(email, address, known):
        await take(resources, limit, now, *subject)


async def succeeded(resources: Resources, email: str, address: str, known: bool) -> None:
    """Takes the attempt back."""
    for limit, subject in attempted(email, address, known):
        await give_back(resources, limit, *subject)


def attempted(email: str, address: str, known: bool) -> list[tuple[Limit, tuple[str, ...]]]:
    network = network_of(address)
    limits = [(FROM_ADDRESS, (network,)), (AT_ACCOUNT, (email, network))]
    return limits if known else [*limits, (BY_STRANGERS, (email,))]


def network_of(address: str) -> str:
    """Whose address it is, as far as can be told: an IPv4 address, or an IPv6 home; else it as it is given."""
    with suppress(ValueError):
        ip = ip_address(address)
        if ip.version == 6:
            return str(ip.ipv4_mapped or IPv6Network((int(ip), IPV6_HOME), strict=False))
    return address


def index_of(encryption: Encryption, account_id: UUID, address: str) -> bytes:
    """The blind index of a network address from which the account signs in."""
    return encryption.blind_index(f"known address\n{account_id}\n{network_of(address)}")


async def remember(db: AsyncSession, encryption: Encryption, account_id: UUID, address: str, now: datetime) -> None:
    """Notes that the account signed in from the address."""
    seen = {"account_id": account_id, "address_index": index_of(encryption, account_id, address), "seen_at": now}
    statement = insert(KnownAddress).values(seen)
    await db.execute(statement.on_conflict_do_update(constraint="known_address_pkey", set_={"seen_at": now}))
