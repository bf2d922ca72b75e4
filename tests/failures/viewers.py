"""Who watches, what they ask for, and what the tables then say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlmodel import col

from models.identity import Account, DeviceKind, Profile, ProfileKind
from oauth.sessions import open_session
from runtime.resources import open_resources
from runtime.settings import Settings
from tests.failures.servers import Door

FILM_MS = 6_000_000
UNBEGUN = """{ titles(first: 50, filter: {kinds: [MOVIE], state: AVAILABLE}) {
  edges { node { id upNext { progress { percent } } } } } }"""
START = """mutation ($input: StartPlaybackInput!) { answer: startPlayback(input: $input) { __typename
  ... on PlaybackSession { id }
  ... on PlaybackDenied { reason message activeStreams { sessionId } } } }"""
STOP = """mutation ($session: ID!) { answer: stopPlayback(sessionId: $session, positionMs: 0) {
  userErrors { code } } }"""
BEAT = """mutation ($input: HeartbeatInput!) { answer: heartbeat(input: $input) {
  playable { id progress { positionMs } } command { kind reason } userErrors { code message } } }"""
LIST = """mutation ($title: ID!) { answer: addToMyList(titleId: $title) {
  title { id inMyList } userErrors { code message } } }"""


@dataclass(frozen=True)
class Viewer:
    """A profile, and an access token that is scoped to it."""

    token: str
    account_id: UUID
    profile_id: UUID
    profile: str


@dataclass(frozen=True)
class Play:
    """A playback session that a viewer has started."""

    viewer: Viewer
    film: str
    session: str


async def sign_in(settings: Settings, count: int, every_profile_of: str | None = None) -> list[Viewer]:
    """Signed-in adults, one a household; or all who share the household of the profile of that name."""
    async with open_resources(settings, ("identity",)) as resources, resources.database.write("identity") as db:
        query = select(Account, Profile).join(Profile, col(Profile.account_id) == col(Account.id))
        query = query.order_by(col(Account.created_at).desc(), col(Profile.created_at), col(Profile.id))
        pairs = [(account, profile) for account, profile in await db.execute(query)]
        wanted = chosen(pairs, every_profile_of)[:count]
        assert len(wanted) == count, f"there are only {len(wanted)} to sign in"
        now = datetime.now(UTC)
        return [
            Viewer(
                (
                    await open_session(db, resources.tokens, account, "A test", DeviceKind.WEB, now, profile)
                ).access_token,
                *(account.id, profile.id, profile.name),
            )
            for account, profile in wanted
        ]


def chosen(pairs: Sequence[tuple[Account, Profile]], name: str | None) -> list[tuple[Account, Profile]]:
    if name is not None:
        household = next(account.id for account, profile in pairs if profile.name == name)
        return [pair for pair in pairs if pair[0].id == household]
    adults = [pair for pair in pairs if pair[1].kind is ProfileKind.ADULT]
    return list({account.id: (account, profile) for account, profile in reversed(adults)}.values())


async def unbegun_films(door: Door, viewer: Viewer) -> list[str]:
    """Films that the viewer may play and has not begun."""
    films = [edge["node"] for edge in (await door.data(UNBEGUN, viewer.token))["titles"]["edges"]]
    return [str(film["id"]) for film in films if film and not (film["upNext"] or {}).get("progress")]


async def start(door: Door, viewer: Viewer, film: str, key: str) -> dict[str, Any]:
    """The answer to startPlayback: a PlaybackSession or a PlaybackDenied."""
    given = {"playableId": film, "player": "SHAKA", "idempotencyKey": key}
    answer: dict[str, Any] = (await door.data(START, viewer.token, input=given))["answer"]
    return answer


async def begin(door: Door, viewer: Viewer, number: int = 0) -> Play:
    """A playback of one of the films that the viewer has not begun."""
    film = (await unbegun_films(door, viewer))[number]
    answer = await start(door, viewer, film, f"play of {film}")
    assert answer["__typename"] == "PlaybackSession", answer
    return Play(viewer, film, answer["id"])


def beat_of(play: Play, sequence: int, position_ms: int) -> dict[str, Any]:
    """The variables of a heartbeat."""
    given = {"sessionId": play.session, "sequence": sequence, "positionMs": position_ms, "state": "PLAYING"}
    return {"input": given}


async def beat(door: Door, play: Play, sequence: int, position_ms: int) -> dict[str, Any]:
    """The answer to a heartbeat that must be acknowledged."""
    answer: dict[str, Any] = (await door.data(BEAT, play.viewer.token, **beat_of(play, sequence, position_ms)))[
        "answer"
    ]
    assert answer["userErrors"] == [], answer
    return answer


async def stored(database: asyncpg.Connection, play: Play) -> tuple[int, int, int | None]:
    """The session's sequence and position, and the position that its profile has in the film."""
    row = await database.fetchrow(
        """select s.sequence, s.position_ms, p.position_ms as progress_ms from viewing.playback_session s
        left join viewing.progress p using (profile_id, playable_id) where s.id = $1""",
        UUID(play.session),
    )
    return row["sequence"], row["position_ms"], row["progress_ms"]
