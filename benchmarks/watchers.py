"""Households that watch: each with a profile that is signed in and plays a film, as many as a measurement needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from models.viewing import PlaybackSession
from oauth.households import add_account, add_profile
from oauth.roles import scopes_of
from oauth.sessions import claims_of, start_session
from resolvers.viewing.beats import Beat
from runtime.resources import Resources

DURATION_MS, BEGUN_MS, STEP_MS = 86_400_000, 10_000_000, 500
"""A day long, and begun far enough for every heartbeat to count, so that none of a measurement reaches the end."""
TOKEN_SECONDS = 4 * 3600
LONG_FILM = text(
    f"""update catalog.published_playable set duration_ms = {DURATION_MS}, credits_start_ms = null
    where playable_id = (select p.playable_id from catalog.published_playable p
     join catalog.published_window w using (title_id) where p.kind = 'MOVIE' and w.country = 'US'
     and w.opens_at <= now() and w.closes_at is null and w.minimum_age <= 18 order by p.playable_id limit 1)
    returning playable_id, title_id"""
)


@dataclass(frozen=True, slots=True)
class Watcher:
    """A profile, an access token scoped to it, and its playback session."""

    token: str
    profile_id: UUID
    session_id: UUID

    def beat(self, sequence: int) -> Beat:
        """A heartbeat that moves the film on, as the product makes it of a request."""
        return Beat(self.profile_id, self.session_id, sequence, position_of(sequence), datetime.now(UTC))


def position_of(sequence: int) -> int:
    """Where the film is at a heartbeat, in milliseconds; it rises with each."""
    return BEGUN_MS + sequence * STEP_MS


async def watchers(resources: Resources, count: int) -> list[Watcher]:
    """As many watchers, each of a household of its own, all of one film."""
    now = datetime.now(UTC)
    async with resources.database.write("catalog") as db:
        playable_id, title_id = (await db.execute(LONG_FILM)).one()
    signed_in = await households(resources, count, now)
    sessions = [
        PlaybackSession(
            account_id=account_id,
            profile_id=profile_id,
            playable_id=playable_id,
            title_id=title_id,
            device_name="A player",
            idempotency_key="a play",
            request_hash=b"",
            max_height=1080,
            started_at=now,
            beat_at=now,
            lease_until=now + timedelta(hours=1),
        )
        for account_id, profile_id, _ in signed_in
    ]
    async with resources.database.write("viewing") as db:
        db.add_all(sessions)
    return [
        Watcher(token, profile_id, session.id)
        for (_, profile_id, token), session in zip(signed_in, sessions, strict=True)
    ]


async def households(resources: Resources, count: int, now: datetime) -> Sequence[tuple[UUID, UUID, str]]:
    """Accounts, a profile of each, and its token; nobody signs in with a password, for to hash it takes a while."""
    made = []
    async with resources.database.write("identity") as db:
        for number in range(count):
            address = f"watcher-{number}@marquee.example"
            account = await add_account(db, resources.encryption, address, None, "US", "en", now)
            profile = await add_profile(db, account, "Ada", "en", now)
            session = await start_session(db, account, now, profile=profile)
            claims = claims_of(account, session, profile, scopes_of(account.roles))
            made.append((account.id, profile.id, resources.tokens.sign(claims, TOKEN_SECONDS)))
    return made
