"""`marquee keys rotate`: new keys for old, while the server runs."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import col

from models.identity import AccountKey
from oauth.rotation import renew, rewrap
from runtime.keyfiles import LOOK_EVERY
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from runtime.tokens import KEPT_AFTER
from server.commands import Stop
from server.run.screen import Report, Screen

SWEEP = 3 * LOOK_EVERY
"""Seconds in which sign-ups that had begun, or had not noticed, may still wrap by the key before."""
SWEEP_EVERY = 0.2

Say = Callable[[str], None]


async def rotate(settings: Settings, screen: Screen, key_encryption: bool, accounts: bool, signing: bool) -> None:
    """Rotates the kinds of keys that are wished for. It may be killed and run again: nothing is ever without a key."""
    async with open_resources(settings, ("identity",)) as resources:
        with screen.steps() as report:
            if key_encryption:
                await rotate_key_encryption(resources, report)
            if accounts:
                await renew(resources, lambda done, total: report("New keys for accounts", done, total))
        if key_encryption:
            await say_unused(resources, screen.say)
        if signing:
            rotate_signing(resources, screen.say)


async def rotate_key_encryption(resources: Resources, report: Report) -> None:
    """Makes a key-encryption key, and wraps every account's key by it."""
    label = f"Wrapping by {resources.encryption.provider.rotate()}"
    until = time.monotonic() + SWEEP
    await rewrap(resources, lambda done, total: report(label, done, total))
    while time.monotonic() < until:
        await asyncio.sleep(SWEEP_EVERY)
        await rewrap(resources, lambda done, total: report(label, done, total, "late ones"))


async def say_unused(resources: Resources, say: Say) -> None:
    """Which key-encryption keys are for backups alone by now."""
    query = select(col(AccountKey.wrapped_by), func.count().label("wrapped")).group_by(col(AccountKey.wrapped_by))
    async with resources.database.read("identity") as db:
        used = Counter({row.wrapped_by: row.wrapped for row in await db.execute(query)})
    for name in resources.encryption.provider.names():
        what = f"wraps {used[name]:,} keys" if used[name] else "wraps nothing any more: keep it while backups need it"
        say(f"Key-encryption key {name} {what}.")


def rotate_signing(resources: Resources, say: Say) -> None:
    """Publishes a new token signing key, which signs once everybody knows it, and removes those that are over."""
    keys = resources.tokens.source
    if keys is None:
        raise Stop("The token signing keys are not kept in this installation's folder.")
    now = time.time()
    signs_from = keys.add(now)
    when = datetime.fromtimestamp(signs_from, UTC).isoformat(timespec="seconds")
    hours = KEPT_AFTER // 3600
    say(f"A new token signing key is published, and signs from {when}; the one before verifies for {hours} h longer.")
    for number in keys.retired(now):
        keys.remove(number)
        say(f"Token signing key {number} is over, and deleted.")
