"""Whether a viewer may play something right now, and what playing it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.catalog import PlayableKind
from models.identity import AccountStatus, SubtitleMode
from models.published import PublishedAccount, PublishedProfile, PublishedWindow
from models.published import PublishedEntitlement as Entitlement
from models.published import PublishedPlayable as Published
from models.viewing import PlaybackDenialReason
from models.viewing import Progress as StoredProgress
from resolvers.viewing.messages import say
from resolvers.viewing.progress import next_episodes
from resolvers.viewing.rules import Playable, Progress
from resolvers.viewing.slots import lock_account
from resolvers.viewing.streams import ActiveStreamRow
from resolvers.visible import playable_now, visible
from runtime.request import Request


@dataclass(slots=True)
class PlaybackDeniedRow:
    reason: PlaybackDenialReason
    message: str
    active_streams: Sequence[ActiveStreamRow] = field(default_factory=list)
    available_from: datetime | None = None


class Denied(Exception):
    """The playback must not start; `row` says why. What the transaction did until then is rolled back."""

    def __init__(self, row: PlaybackDeniedRow) -> None:
        super().__init__(row.message)
        self.row = row


@dataclass(frozen=True, slots=True)
class Household:
    """Who watches, and what their plan allows."""

    account_id: UUID
    profile_id: UUID
    profile_name: str
    language: str
    audio_languages: list[str]
    subtitle_languages: list[str]
    subtitle_mode: SubtitleMode
    max_streams: int
    max_height: int


@dataclass(frozen=True, slots=True)
class Media:
    """What will be played: its files lie below `prefix`, its renditions have `min_height` to `max_height` lines."""

    playable: Playable
    prefix: str
    min_height: int
    max_height: int
    audio_languages: list[str]
    subtitle_languages: list[str]
    progress: Progress | None


def denied(request: Request, reason: PlaybackDenialReason, message: str | None = None, **values: Any) -> Denied:
    """A refusal with its message in the viewer's language."""
    return Denied(PlaybackDeniedRow(reason, say(request.languages, message or reason.name, **values)))


async def household_of(request: Request, db: AsyncSession) -> Household:
    """The viewer's household, its account locked. Raises Denied without a profile, a standing account or an
    entitlement."""
    viewer = request.viewer
    if viewer is None or viewer.account_id is None or viewer.profile_id is None:
        raise denied(request, PlaybackDenialReason.PROFILE_REQUIRED)
    await lock_account(db, viewer.account_id)  # before its standing is read: whoever changes that ends streams next
    row = await household_row(db, viewer.account_id, viewer.profile_id, request.now)
    if row is None:
        raise denied(request, PlaybackDenialReason.PROFILE_REQUIRED)
    if row.status is AccountStatus.SUSPENDED:
        raise denied(request, PlaybackDenialReason.ACCOUNT_SUSPENDED)
    if row.max_streams is None:
        raise denied(request, PlaybackDenialReason.NO_SUBSCRIPTION)
    return Household(
        *(viewer.account_id, viewer.profile_id, row.name, row.language),
        *(row.audio_languages, row.subtitle_languages, SubtitleMode[row.subtitle_mode]),
        *(row.max_streams, row.max_height),
    )


async def household_row(db: AsyncSession, account_id: UUID, profile_id: UUID, now: datetime) -> Any:
    """The profile, its account's standing, and the best of the entitlements that are valid."""
    until = col(Entitlement.valid_until)
    best = (
        select(col(Entitlement.max_streams), col(Entitlement.max_height))
        .where(col(Entitlement.account_id) == account_id, or_(until.is_(None), until > now))
        .order_by(col(Entitlement.rank).desc())
        .limit(1)
        .subquery("best")
    )
    query = (
        select(
            *(col(PublishedProfile.name), col(PublishedProfile.language), col(PublishedProfile.audio_languages)),
            *(col(PublishedProfile.subtitle_languages), col(PublishedProfile.subtitle_mode)),
            *(col(PublishedAccount.status), best.c.max_streams, best.c.max_height),
        )
        .outerjoin(PublishedAccount, col(PublishedAccount.account_id) == col(PublishedProfile.account_id))
        .outerjoin(best, true())
        .where(col(PublishedProfile.profile_id) == profile_id, col(PublishedProfile.account_id) == account_id)
    )
    return (await db.execute(query)).one_or_none()


async def media_of(request: Request, db: AsyncSession, playable_id: UUID | None, profile_id: UUID) -> Media:
    """What plays. Raises Denied where it does not exist for the viewer, is still to come, or is being encoded."""
    row = await media_row(request, db, playable_id, profile_id) if playable_id else None
    if row is None:
        raise denied(request, PlaybackDenialReason.NOT_AVAILABLE)
    if not row.open and row.kind is not PlayableKind.TRAILER:
        soon = denied(request, PlaybackDenialReason.NOT_AVAILABLE, "COMING_SOON")
        soon.row.available_from = row.opens_at
        raise soon
    if row.prefix is None or not row.duration_ms or not row.max_height:
        raise denied(request, PlaybackDenialReason.NOT_READY)
    following = await next_episodes(db, [row.playable_id] if row.kind is PlayableKind.EPISODE else [])
    playable = Playable(
        *(row.playable_id, row.title_id, row.kind, row.duration_ms, row.credits_start_ms),
        following.get(row.playable_id),
    )
    progress = None if row.position_ms is None else Progress(row.position_ms, row.watched, row.play_count)
    heights = (row.min_height or 0, row.max_height)
    return Media(playable, row.prefix, *heights, row.audio_languages, row.subtitle_languages, progress)


async def media_row(request: Request, db: AsyncSession, playable_id: UUID, profile_id: UUID) -> Any:
    title_id = col(Published.title_id)
    opens_at = (
        select(func.min(col(PublishedWindow.opens_at)))
        .where(col(PublishedWindow.title_id) == title_id, col(PublishedWindow.country) == request.country)
        .where(col(PublishedWindow.opens_at) > request.now, col(PublishedWindow.minimum_age) <= request.maximum_age)
        .scalar_subquery()
    )
    mine = (col(StoredProgress.playable_id) == col(Published.playable_id)) & (
        col(StoredProgress.profile_id) == profile_id
    )
    query = (
        select(
            *(col(Published.playable_id), title_id, col(Published.kind), col(Published.prefix)),
            *(col(Published.duration_ms), col(Published.min_height), col(Published.max_height)),
            *(col(Published.credits_start_ms), col(Published.audio_languages), col(Published.subtitle_languages)),
            *(col(StoredProgress.position_ms), col(StoredProgress.watched), col(StoredProgress.play_count)),
            playable_now(title_id, request).label("open"),
            opens_at.label("opens_at"),
        )
        .outerjoin(StoredProgress, mine)
        .where(col(Published.playable_id) == playable_id, visible(title_id, request))
    )
    return (await db.execute(query)).one_or_none()
