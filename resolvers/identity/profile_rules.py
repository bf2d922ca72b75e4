"""What a household's profiles may be: for which ages, under which names, in which languages, behind which PINs."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Avatar, ProfileKind, SkipMode, SubtitleMode
from models.published import PublishedEntitlement
from oauth.names import checked_name
from resolvers.identity.rules import checked_language
from runtime.errors import Refusal
from runtime.scalars import Id, LanguageTag, uuid_of

MOST_LANGUAGES = 10
PROFILES_WITHOUT_A_PLAN = 1


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


@dataclass(frozen=True, slots=True)
class Ages:
    """The age limit that a kind of profile has unless told, and the highest that it may have; the lowest is 0."""

    default: int
    highest: int


AGES = {ProfileKind.ADULT: Ages(18, 18), ProfileKind.TEEN: Ages(12, 16), ProfileKind.KIDS: Ages(6, 12)}
"""In the steps of the German FSK (0, 6, 12, 16, 18): what the MPA (R: 17) and the BBFC (18) keep from teenagers lies
above 16, and what they hold for teenagers (PG-13, 15) above 12."""


def checked_age(kind: ProfileKind, wanted: int | None, before: int | None, *path: str) -> int:
    """The age limit of a profile of this kind: the wanted one, else the one before where it fits, else the default.

    Refusal OUT_OF_RANGE where the wanted one does not fit.
    """
    ages = AGES[kind]
    if wanted is None:
        return before if before is not None and before <= ages.highest else ages.default
    if not 0 <= wanted <= ages.highest:
        raise Refusal("OUT_OF_RANGE", f"The age limit of {kind.name} is 0 to {ages.highest}; this is {wanted}.", *path)
    return wanted


def checked_settings(settings: ProfileInput, *path: str) -> dict[str, Any]:
    """The columns that `settings` sets; a null leaves its column as it is. The avatar and the age are not yet checked.

    Refusals: INVALID_NAME, UNKNOWN_LANGUAGE, DUPLICATE_LANGUAGE, OUT_OF_RANGE (more than MOST_LANGUAGES).
    """
    given = {f.name: value for f in fields(ProfileInput) if (value := getattr(settings, f.name)) is not None}
    if "name" in given:
        given["name"] = checked_name(given["name"], *path, "name")
    if "language" in given:
        checked_language(given["language"], *path, "language")
    checked_languages(given.get("audio_languages", []), *path, "audioLanguages")
    checked_languages(given.get("subtitle_languages", []), *path, "subtitleLanguages")
    return given


def checked_languages(languages: Sequence[str], *path: str) -> None:
    if len(languages) > MOST_LANGUAGES:
        raise Refusal("OUT_OF_RANGE", f"These are {len(languages)} languages; {MOST_LANGUAGES} is the most.", *path)
    for language in languages:
        checked_language(language, *path)
    if len({language.lower() for language in languages}) < len(languages):
        raise Refusal("DUPLICATE_LANGUAGE", "A language stands here twice.", *path)


def checked_pin(pin: str, *path: str) -> str:
    """Four digits, neither all alike nor in a row up or down (0000, 1234, 9876): the ones that are guessed first.

    Refusal INVALID_PIN.
    """
    if not re.fullmatch("[0-9]{4}", pin):
        raise Refusal("INVALID_PIN", "A PIN has four digits.", *path)
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise Refusal("INVALID_PIN", "This PIN is too easy to guess: take one that is no plain row of digits.", *path)
    return pin


def alike(name: str) -> str:
    """The form in which the names of a household are compared."""
    return unicodedata.normalize("NFKC", name).casefold()


async def known_avatar(db: AsyncSession, id_: Id, *path: str) -> UUID:
    """Refusal UNKNOWN_AVATAR."""
    found = uuid_of(id_)
    if found is None or await db.get(Avatar, found) is None:
        raise Refusal("UNKNOWN_AVATAR", "There is no such avatar.", *path)
    return found


async def most_profiles(db: AsyncSession, account_id: UUID, now: datetime) -> int:
    """How many profiles the household's best plan allows, as billing last published it."""
    plan = PublishedEntitlement
    until = col(plan.valid_until)
    valid = (col(plan.account_id) == account_id, or_(until.is_(None), until > now))
    query = select(col(plan.max_profiles)).where(*valid).order_by(col(plan.rank).desc()).limit(1)
    most = await db.scalar(query)
    return PROFILES_WITHOUT_A_PLAN if most is None else most
