"""Passwords and PINs: argon2id (RFC 9106), a few at a time, so that sign-ins leave loop and memory to others."""

from functools import cache

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

HASHER = PasswordHash((Argon2Hasher(),))
AT_ONCE = 2
"""Each hash takes 64 MiB and some 0.1 s of a core."""


@cache
def limiter() -> CapacityLimiter:
    return CapacityLimiter(AT_ONCE)


async def hash_password(password: str) -> str:
    """The password's argon2id hash, in PHC string format."""
    return await to_thread.run_sync(HASHER.hash, password, limiter=limiter())


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; without a stored one it takes as long, and is False."""
    return await to_thread.run_sync(matches, password, stored, limiter=limiter())


def matches(password: str, stored: str | None) -> bool:
    return HASHER.verify(password, stored or decoy()) and stored is not None


@cache
def decoy() -> str:
    """A hash to verify against where there is no account, so that the time of the answer does not tell."""
    return HASHER.hash("no account has this password")
