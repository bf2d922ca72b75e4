"""Passwords and PINs: argon2id (RFC 9106), a few at a time, so that sign-ins leave loop and memory to others."""

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from runtime.errors import Refusal

HASHER = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=64 * 1024, parallelism=1),))
"""RFC 9106's second choice, section 4, in one lane: more would take the other cores from everybody else."""
AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
"""Each hash takes 64 MiB and some 0.15 s of a core."""
SHORTEST, LONGEST = 8, 256
ESTIMATED = 24
"""Characters that zxcvbn looks at: more make no password weaker, and of 72 crafted ones it takes 5 s."""
OUR_NAME = "marquee"
WEAKEST_SCORE = 2
"""Of zxcvbn's 0 to 4: it takes a million guesses at least, and the throttle allows some dozens a day."""


@cache
def limiter() -> CapacityLimiter:
    return CapacityLimiter(AT_ONCE)


@cache
def one_at_a_time() -> CapacityLimiter:
    """zxcvbn keeps what a password is `about` in a dictionary of its module."""
    return CapacityLimiter(1)


@cache
def breached() -> frozenset[str]:
    """The 30,000 passwords that are most common in breaches, by zxcvbn's list."""
    return frozenset(FREQUENCY_LISTS["passwords"])


async def checked_password(password: str, *path: str, about: Sequence[str] = ()) -> str:
    """The password, if it is good enough for an account (NIST SP 800-63B, 5.1.1.2).

    `about` is what others know of its owner, such as the e-mail address. Refusals: WEAK_PASSWORD, BREACHED_PASSWORD.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal("WEAK_PASSWORD", f"A password has {SHORTEST} to {LONGEST} characters.", *path)
    if password.lower() in breached():
        raise Refusal("BREACHED_PASSWORD", "This password is known from breaches: others will try it.", *path)
    words = [OUR_NAME, *(part for text in about for part in (text, text.partition("@")[0]))]
    found = await to_thread.run_sync(estimate, password, words, limiter=one_at_a_time())
    if found["score"] < WEAKEST_SCORE:
        raise Refusal("WEAK_PASSWORD", advice(found["feedback"]), *path)
    return password


def estimate(password: str, words: list[str]) -> dict[str, Any]:
    """What zxcvbn says of the password: some 2 ms, and up to 0.4 s of a crafted one."""
    return dict(zxcvbn(password[:ESTIMATED], user_inputs=words))


def advice(feedback: dict[str, Any]) -> str:
    """zxcvbn's warning and suggestions, in one line."""
    said = [feedback["warning"], *feedback["suggestions"]]
    return " ".join(["This password is easy to guess.", *(text for text in said if text)])


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
