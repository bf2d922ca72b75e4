"""Profiles of the viewer's own household."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.identity import Avatar, Profile, ProfileKind, SkipMode, SubtitleMode
from resolvers.owned import may_see
from runtime.database import among
from runtime.request import Request
from runtime.scalars import uuid_of


@dataclass(slots=True)
class SubtitlePreferenceRow:
    mode: SubtitleMode
    languages: list[str]


@dataclass(slots=True)
class SkipPreferenceRow:
    intro: SkipMode
    recap: SkipMode
    credits: SkipMode


@dataclass(slots=True)
class ProfileRow:
    id: UUID
    name: str
    avatar_id: UUID
    kind: ProfileKind
    maximum_age: int
    locked: bool
    language: str
    audio_languages: list[str]
    subtitles: SubtitlePreferenceRow
    autoplay_next: bool
    autoplay_previews: bool
    skip: SkipPreferenceRow


@dataclass(slots=True)
class AvatarRow:
    id: UUID
    url: str


async def profiles_by_id(request: Request, ids: Sequence[Any]) -> list[ProfileRow | None]:
    """The profiles of the viewer's own household, and any with the scope to support."""
    wanted = {id_: uuid for id_ in ids if (uuid := uuid_of(str(id_)))}
    if request.viewer is None or not wanted:
        return [None] * len(ids)
    async with request.read("identity") as db:
        rows = await db.execute(select(Profile).where(among(col(Profile.id), list(wanted.values()))))
    found = {row.id: profile_row(row) for row in rows if may_see(request, row.account_id)}
    return [found.get(wanted[id_]) if id_ in wanted else None for id_ in ids]


async def profiles_of(request: Request, account_ids: Sequence[UUID]) -> list[list[ProfileRow]]:
    """Each account's profiles, oldest first; whoever holds the account may see them."""
    query = (
        select(Profile)
        .where(among(col(Profile.account_id), account_ids))
        .order_by(col(Profile.created_at), col(Profile.id))
    )
    found: defaultdict[UUID, list[ProfileRow]] = defaultdict(list)
    async with request.read("identity") as db:
        for row in await db.execute(query):
            found[row.account_id].append(profile_row(row))
    return [found[id_] for id_ in account_ids]


async def avatars_by_id(request: Request, ids: Sequence[UUID]) -> list[AvatarRow | None]:
    async with request.read("identity") as db:
        rows = await db.execute(select(Avatar).where(among(col(Avatar.id), ids)))
    found = {row.id: avatar_row(request, row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def avatars(request: Request) -> list[AvatarRow]:
    """The pictures a profile may use, in the order they are offered."""
    async with request.read("identity") as db:
        rows = await db.execute(select(Avatar).order_by(col(Avatar.position)))
    return [avatar_row(request, row) for row in rows]


def avatar_row(request: Request, row: Any) -> AvatarRow:
    return AvatarRow(row.id, f"{request.resources.settings.address}/{row.object_key}")


def profile_row(row: Any) -> ProfileRow:
    """A profile's source, from its columns or its object."""
    return ProfileRow(
        row.id,
        row.name,
        row.avatar_id,
        row.kind,
        row.maximum_age,
        row.pin_hash is not None,
        row.language,
        row.audio_languages,
        SubtitlePreferenceRow(row.subtitle_mode, row.subtitle_languages),
        row.autoplay_next,
        row.autoplay_previews,
        SkipPreferenceRow(row.skip_intro, row.skip_recap, row.skip_credits),
    )
