"""Making, changing and removing profiles."""

from dataclasses import dataclass

from models.identity import ProfileKind, SkipMode, SubtitleMode
from resolvers.identity.profiles import ProfileRow
from resolvers.identity.sign_ins import Deleted
from runtime.errors import UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, LanguageTag


@dataclass
class ProfileInput:
    name: str | None = None
    avatar_id: Id | None = None
    kind: ProfileKind | None = None
    maximum_age: int | None = None
    language: LanguageTag | None = None
    audio_languages: list[LanguageTag] | None = None
    subtitle_mode: SubtitleMode | None = None
    subtitle_languages: list[LanguageTag] | None = None
    autoplay_next: bool | None = None
    autoplay_previews: bool | None = None
    skip_intro: SkipMode | None = None
    skip_recap: SkipMode | None = None
    skip_credits: SkipMode | None = None


@dataclass(slots=True)
class ProfileChanged:
    """The source of a ProfilePayload."""

    profile: ProfileRow
    user_errors: tuple[UserErrorRow, ...] = ()


async def create_profile(
    request: Request, *, name: str, kind: ProfileKind, settings: ProfileInput | None = None
) -> ProfileChanged:
    raise NotImplementedError


async def update_profile(
    request: Request, *, id: Id, input: ProfileInput, password: str | None = None
) -> ProfileChanged:
    raise NotImplementedError


async def delete_profile(request: Request, *, id: Id, password: str) -> Deleted:
    raise NotImplementedError


async def set_profile_pin(request: Request, *, id: Id, pin: str | None = None, password: str) -> ProfileChanged:
    raise NotImplementedError
