"""Starting a playback: the right to watch, a stream slot, and signed addresses, all in one transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from media.signing import UrlSigner, manifest_urls
from models.viewing import PlaybackDenialReason, StreamingProtocol
from models.viewing import PlaybackSession as Session
from recommendations.experiments import buckets
from resolvers.viewing.beats import LEASE
from resolvers.viewing.commands import announce
from resolvers.viewing.devices import device_name
from resolvers.viewing.languages import audio_language, subtitle_language
from resolvers.viewing.recommending.ground import experiments_of
from resolvers.viewing.recommending.row_ids import is_row_of
from resolvers.viewing.references import EpisodeRef, PlayableRef, playable_ref
from resolvers.viewing.rights import Denied, Household, Media, PlaybackDeniedRow, denied, household_of, media_of
from resolvers.viewing.rules import resume_at
from resolvers.viewing.slots import LimitReached, take_slot
from resolvers.viewing.streams import streams_of
from runtime.errors import BadInput, NotFound
from runtime.request import Request
from runtime.scalars import Id, uuid_of

HEARTBEAT_INTERVAL_MS = 10_000
ADDRESSES_LAST = timedelta(hours=6)
OWN_EDGE = "marquee"
"""How manifests name the delivery network of our own edge."""


class DrmSystem(Enum):
    CLEARKEY = "CLEARKEY"
    WIDEVINE = "WIDEVINE"
    FAIRPLAY = "FAIRPLAY"
    PLAYREADY = "PLAYREADY"


class Player(Enum):
    SHAKA = "SHAKA"
    HLS_JS = "HLS_JS"
    DASH_JS = "DASH_JS"
    NATIVE = "NATIVE"


@dataclass(kw_only=True)
class StartPlaybackInput:
    playable_id: Id
    protocols: list[StreamingProtocol] | None = None
    drm: list[DrmSystem] | None = None
    player: Player = Player.SHAKA
    max_height: int | None = None
    from_start: bool = False
    terminate: list[Id] | None = None
    row_id: Id | None = None
    idempotency_key: str


@dataclass(slots=True)
class ManifestRow:
    protocol: StreamingProtocol
    url: str
    cdn: str


@dataclass(slots=True)
class PlaybackSessionRow:
    id: UUID
    playable: PlayableRef | None
    manifests: Sequence[ManifestRow]
    drm: Sequence[Any]
    thumbnails_url: str | None
    resume_at_ms: int
    audio_language: str | None
    subtitle_language: str | None
    max_height: int
    ad_breaks: Sequence[Any]
    next_episode: EpisodeRef | None
    heartbeat_interval_ms: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a playback is to be like; `protocols` None means all."""

    max_height: int | None = None
    protocols: Sequence[StreamingProtocol] | None = None
    from_start: bool = False
    terminate: Sequence[UUID] = ()


async def start_playback(request: Request, *, input: StartPlaybackInput) -> PlaybackSessionRow | PlaybackDeniedRow:
    """A session that holds one of the plan's stream slots, or why there is none; a denial changes nothing.

    BadInput where `idempotencyKey` was used for another request, or is empty, `maxHeight` is not positive, or `rowId`
    names no row of the profile's home.
    """
    check(request, input)
    try:
        async with request.write("viewing") as db:
            household = await household_of(request, db)
            session = await session_of(db, request, household, input)
            media = await media_of(request, db, uuid_of(input.playable_id), household.profile_id)
            wanted = wanted_of(input)
            check_supported(request, household, media, wanted)
            ended = await hold(db, request, household, session, media, wanted)
    except Denied as denial:
        return await with_streams(request, denial.row)
    announce(request.resources.hub, [household.account_id], ended)
    return session_row(request, household, media, session, wanted)


async def renew_playback(request: Request, *, session_id: Id) -> PlaybackSessionRow | PlaybackDeniedRow:
    """The session with fresh addresses; denied where it ended, or the right to watch did. NotFound for another's."""
    try:
        async with request.write("viewing") as db:
            household = await household_of(request, db)
            session = await db.get(Session, uuid_of(session_id)) if uuid_of(session_id) else None
            if session is None or session.profile_id != household.profile_id:
                raise NotFound("There is no such playback session.")
            media = await media_of(request, db, session.playable_id, household.profile_id)
            wanted = Wanted(session.max_height)
            check_supported(request, household, media, wanted)
            ended = await hold(db, request, household, session, media, wanted)
    except Denied as denial:
        return await with_streams(request, denial.row)
    announce(request.resources.hub, [household.account_id], ended)
    return session_row(request, household, media, session, wanted)


def check(request: Request, wanted: StartPlaybackInput) -> None:
    if not wanted.idempotency_key.strip():
        raise BadInput("`idempotencyKey` must not be empty.")
    if wanted.max_height is not None and wanted.max_height < 1:
        raise BadInput(f"`maxHeight` must be at least 1; it is {wanted.max_height}.")
    if wanted.row_id is not None and request.profile_id and not is_row_of(request.profile_id, wanted.row_id):
        raise BadInput("`rowId` must be the id of a row of this profile's home, or null.")


def check_supported(request: Request, household: Household, media: Media, wanted: Wanted) -> None:
    """Raises Denied where no rendition is low enough for the plan or the device, or the device knows no protocol."""
    if household.max_height < media.min_height:
        raise denied(request, PlaybackDenialReason.PLAN_TOO_LOW)
    too_high = wanted.max_height is not None and wanted.max_height < media.min_height
    if too_high or (wanted.protocols is not None and not wanted.protocols):
        raise denied(request, PlaybackDenialReason.DEVICE_NOT_SUPPORTED)


def wanted_of(given: StartPlaybackInput) -> Wanted:
    terminate = [key for i in given.terminate or () if (key := uuid_of(i))]
    return Wanted(given.max_height, given.protocols, given.from_start, terminate)


async def session_of(db: AsyncSession, request: Request, household: Household, given: StartPlaybackInput) -> Session:
    """The session that the idempotency key already made, or a new one that is not stored yet."""
    digest = digest_of(given)
    key = (col(Session.profile_id) == household.profile_id, col(Session.idempotency_key) == given.idempotency_key)
    found = (await db.execute(select(Session).where(*key))).scalar_one_or_none()
    if found is not None and found.request_hash != digest:
        raise BadInput("`idempotencyKey` was used for another request: make a new one for each playback.")
    playable_id = uuid_of(given.playable_id)
    if found is not None or playable_id is None:
        return found or missing(request)
    return Session(
        account_id=household.account_id,
        profile_id=household.profile_id,
        playable_id=playable_id,
        title_id=playable_id,
        sign_in_id=request.viewer.session_id if request.viewer else None,
        device_name=await device_name(request, db),
        idempotency_key=given.idempotency_key,
        request_hash=digest,
        country=request.country,
        max_height=0,
        row_id=given.row_id,
        buckets=buckets(experiments_of(request.resources), household.profile_id) or None,
        started_at=request.now,
        beat_at=request.now,
        lease_until=request.now + LEASE,
    )


def missing(request: Request) -> Session:
    raise denied(request, PlaybackDenialReason.NOT_AVAILABLE)


def digest_of(given: StartPlaybackInput) -> bytes:
    """A fingerprint of all that was asked for."""
    names = [name for name in StartPlaybackInput.__dataclass_fields__ if name != "idempotency_key"]
    values = {name: getattr(given, name) for name in names}
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).digest()


async def hold(
    db: AsyncSession, request: Request, household: Household, session: Session, media: Media, wanted: Wanted
) -> list[UUID]:
    """Takes a slot for the session and stores it; the ids of the sessions that it took over."""
    check_open(request, session)
    try:
        ended = await take_slot(
            *(db, request.now, household.account_id, household.max_streams),
            *(session.id, wanted.terminate, household.profile_name),
        )
    except LimitReached as error:
        limit = household.max_streams
        raise denied(request, PlaybackDenialReason.STREAM_LIMIT, limit=limit) from error
    if session in db:
        await db.refresh(session)  # a heartbeat may have come before we had the lock
        check_open(request, session)
        session.lease_until = max(session.lease_until, request.now + LEASE)
        session.country, session.max_height = request.country, min(session.max_height, household.max_height)
    else:
        session.title_id = media.playable.title_id
        session.max_height = min(household.max_height, media.max_height, wanted.max_height or media.max_height)
        db.add(session)
    return ended


def check_open(request: Request, session: Session) -> None:
    if session.ended_at is not None:
        raise denied(request, PlaybackDenialReason.SESSION_ENDED)


async def with_streams(request: Request, row: PlaybackDeniedRow) -> PlaybackDeniedRow:
    """A STREAM_LIMIT says who is watching; the transaction that was denied is rolled back by now."""
    viewer = request.viewer
    request.forget()
    if row.reason is PlaybackDenialReason.STREAM_LIMIT and viewer is not None and viewer.account_id is not None:
        async with request.read("viewing") as db:
            row.active_streams = await streams_of(request, db, viewer.account_id)
    return row


def session_row(
    request: Request, household: Household, media: Media, session: Session, wanted: Wanted
) -> PlaybackSessionRow:
    """The session as its player needs it."""
    expires_at = request.now + ADDRESSES_LAST
    playable = media.playable
    audio = audio_language(household.audio_languages, household.language, media.audio_languages)
    understood = [*household.audio_languages, household.language]
    return PlaybackSessionRow(
        id=session.id,
        playable=playable_ref(playable.kind, playable.playable_id),
        manifests=manifests_of(request, media.prefix, session, wanted.protocols, expires_at),
        drm=[],
        thumbnails_url=None,
        resume_at_ms=0 if wanted.from_start else resume_at(media.progress, playable),
        audio_language=audio,
        subtitle_language=subtitle_language(
            household.subtitle_mode, household.subtitle_languages, understood, audio, media.subtitle_languages
        ),
        max_height=session.max_height,
        ad_breaks=[],
        next_episode=EpisodeRef(playable.next_id) if playable.next_id else None,
        heartbeat_interval_ms=HEARTBEAT_INTERVAL_MS,
        expires_at=expires_at,
    )


def manifests_of(
    request: Request, prefix: str, session: Session, protocols: Sequence[StreamingProtocol] | None, expires_at: datetime
) -> list[ManifestRow]:
    signer: UrlSigner = request.resources.shared[UrlSigner]  # the server puts it there
    urls = manifest_urls(signer, prefix, session.id, session.max_height, expires_at)
    wanted = protocols or list(StreamingProtocol)
    return [ManifestRow(protocol, urls[protocol.name], OWN_EDGE) for protocol in wanted]
