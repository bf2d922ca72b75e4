"""Making, changing and removing profiles. Each command holds the household's lock: what it counts stays true."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, Profile, ProfileKind, Session
from models.published import PublishedProfile
from models.viewing import PlaybackCommandReason
from oauth.authenticate import changed
from oauth.households import any_avatar, new_profile, published_profile
from oauth.names import checked_name
from oauth.passwords import hash_password
from oauth.sessions import end_sessions
from resolvers.identity.own import confirm_password, current, own_account
from resolvers.identity.profile_rules import (
    ProfileInput,
    alike,
    checked_age,
    checked_pin,
    checked_settings,
    known_avatar,
    most_profiles,
)
from resolvers.identity.profiles import ProfileRow, profile_row
from resolvers.identity.sign_ins import Deleted
from runtime.errors import Refusal, UserErrorRow
from runtime.jobs import enqueue
from runtime.request import Request
from runtime.scalars import Id, uuid_of

IN_FLIGHT = timedelta(seconds=5)
"""After this long no request is left that began while the profile was there."""


@dataclass(slots=True)
class ProfileChanged:
    """The source of a ProfilePayload."""

    profile: ProfileRow
    user_errors: tuple[UserErrorRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """The viewer's own account and all of its profiles, oldest first, in a transaction that has locked it."""

    db: AsyncSession
    account: Account
    profiles: Sequence[Profile]

    def profile(self, id_: Id) -> Profile:
        """Refusal PROFILE_NOT_FOUND (`id`)."""
        wanted = uuid_of(id_)
        found = next((profile for profile in self.profiles if profile.id == wanted), None)
        if found is None:
            raise not_found()
        return found

    def check_name(self, name: str, of: Profile | None, *path: str) -> None:
        """Refusal NAME_TAKEN where another profile has this name, however it is written."""
        if any(alike(profile.name) == alike(name) for profile in self.profiles if profile is not of):
            raise Refusal("NAME_TAKEN", "Another profile of the household has this name.", *path)

    def check_adult_left(self, without: Profile, *path: str) -> None:
        """Refusal LAST_ADULT_PROFILE where this is an adult's, and no other is."""
        adults = [profile for profile in self.profiles if profile.kind is ProfileKind.ADULT]
        if adults == [without]:
            raise Refusal("LAST_ADULT_PROFILE", "A household keeps at least one adult's profile.", *path)


@asynccontextmanager
async def household(request: Request) -> AsyncIterator[Household]:
    """The household, for a change of its profiles. Once that is committed, every process hears of it."""
    async with request.write("identity") as db:
        _, account = await current(db, request)
        query = select(Profile).where(col(Profile.account_id) == account.id)
        profiles = (await db.scalars(query.order_by(col(Profile.created_at), col(Profile.id)))).all()
        yield Household(db, account, profiles)
    changed(request.resources.hub, account.id)


async def create_profile(
    request: Request, *, name: str, kind: ProfileKind, settings: ProfileInput | None = None
) -> ProfileChanged:
    """A further profile, as many as the plan allows. Languages not given are the account's.

    Refusals: KIDS_PROFILE, INVALID_NAME, NAME_TAKEN (`name`), INVALID_SETTINGS (a name or kind there, too),
    TOO_MANY_PROFILES; and for `settings` those of checked_settings, OUT_OF_RANGE, UNKNOWN_AVATAR.
    """
    own_account(request)
    name = checked_name(name, "name")
    values = checked_settings(settings or ProfileInput(), "settings")
    for twice in {"name", "kind"} & values.keys():
        message = f"A new profile's {twice} is an argument of its own: leave it out here."
        raise Refusal("INVALID_SETTINGS", message, "settings", twice)
    values["maximum_age"] = checked_age(kind, values.get("maximum_age"), None, "settings", "maximumAge")
    async with household(request) as home:
        most = await most_profiles(home.db, home.account.id, request.now)
        if len(home.profiles) >= most:
            raise Refusal("TOO_MANY_PROFILES", f"The household may have {most} profile(s), and has them.")
        home.check_name(name, None, "name")
        await resolve_avatar(home.db, values, "settings")
        profile = await added(home, name, values | {"kind": kind}, request)
    return ProfileChanged(profile_row(profile))


async def added(home: Household, name: str, values: dict[str, Any], request: Request) -> Profile:
    avatar_id = values.get("avatar_id") or await any_avatar(home.db)
    language = values.get("language", home.account.language)
    profile = new_profile(home.account.id, name, language, avatar_id, request.now)
    set_columns(profile, values)
    home.db.add_all([profile, published_profile(profile)])
    return profile


async def update_profile(
    request: Request, *, id: Id, input: ProfileInput, password: str | None = None
) -> ProfileChanged:
    """Changes what `input` gives. Of another kind without an age limit, the profile keeps its own where that fits, else
    it takes the kind's default.

    A child may change its own profile, but not its kind or age limit. Another profile than the token's own, another
    kind, or a higher age limit takes the account's password.

    Refusals: KIDS_PROFILE, PROFILE_NOT_FOUND (`id`), PASSWORD_REQUIRED and those of confirm_password (`password`); and
    for `input` those of checked_settings, NAME_TAKEN, OUT_OF_RANGE, UNKNOWN_AVATAR, LAST_ADULT_PROFILE (`kind`).
    """
    values = checked_settings(input, "input")
    if uuid_of(id) != request.profile_id or {"kind", "maximum_age"} & values.keys():
        own_account(request)
    confirmed = takes_password(request, await stored(request, id), values)
    if confirmed:
        await confirm_password(request, password, "password")
    async with household(request) as home:
        profile = home.profile(id)
        if takes_password(request, profile, values) and not confirmed:  # somebody lowered its limits meanwhile
            raise Refusal("PASSWORD_REQUIRED", "This asks for the account's password.", "password")
        await change(home, profile, values)
    return ProfileChanged(profile_row(profile))


async def stored(request: Request, id_: Id) -> Any:
    """The profile's row, of the viewer's own household. Refusal PROFILE_NOT_FOUND (`id`)."""
    account_id = request.viewer.account_id if request.viewer else None
    own = (col(Profile.id) == uuid_of(id_), col(Profile.account_id) == account_id)
    async with request.read("identity") as db:
        row = (await db.execute(select(Profile).where(*own))).one_or_none()
    if row is None:
        raise not_found()
    return row


def takes_password(request: Request, before: Any, values: dict[str, Any]) -> bool:
    """Whether changing the profile from its state `before` takes the account's password."""
    another = before.id != request.profile_id
    other_kind = values.get("kind", before.kind) is not before.kind
    return another or other_kind or values.get("maximum_age", 0) > before.maximum_age


async def change(home: Household, profile: Profile, values: dict[str, Any]) -> None:
    """Sets the columns, once it is sure that they may have these values; and publishes them."""
    kind = values.get("kind", profile.kind)
    wanted = values.get("maximum_age")
    values["maximum_age"] = checked_age(kind, wanted, profile.maximum_age, "input", "maximumAge")
    if "name" in values:
        home.check_name(values["name"], profile, "input", "name")
    if kind is not ProfileKind.ADULT:
        home.check_adult_left(profile, "input", "kind")
    await resolve_avatar(home.db, values, "input")
    if values["maximum_age"] < profile.maximum_age:  # what plays may be above it
        await enqueue(home.db, "review_streams", b"{}", once="review_streams")
    set_columns(profile, values)
    await home.db.merge(published_profile(profile))


async def resolve_avatar(db: AsyncSession, values: dict[str, Any], *path: str) -> None:
    if "avatar_id" in values:
        values["avatar_id"] = await known_avatar(db, values["avatar_id"], *path, "avatarId")


def set_columns(profile: Profile, values: dict[str, Any]) -> None:
    for column, value in values.items():
        setattr(profile, column, value)


async def delete_profile(request: Request, *, id: Id, password: str) -> Deleted:
    """Removes a profile, and has what it watched forgotten. Tokens that are scoped to it are void at once.

    An adult's sign-ins select another profile; those of a child or a teenager end, for without a profile they would
    have the rights of the whole household.

    Refusals: KIDS_PROFILE, those of confirm_password (`password`); PROFILE_NOT_FOUND, LAST_PROFILE, LAST_ADULT_PROFILE
    (`id`).
    """
    own_account(request)
    await confirm_password(request, password, "password")
    async with household(request) as home:
        profile = home.profile(id)
        if len(home.profiles) == 1:
            raise Refusal("LAST_PROFILE", "A household keeps at least one profile.", "id")
        home.check_adult_left(profile, "id")
        await remove(home.db, profile)
    return Deleted(profile.id)


async def remove(db: AsyncSession, profile: Profile) -> None:
    if profile.kind is not ProfileKind.ADULT:
        await end_sessions(db, col(Session.profile_id) == profile.id, PlaybackCommandReason.SIGNED_OUT)
    await db.execute(delete(PublishedProfile).where(col(PublishedProfile.profile_id) == profile.id))
    await db.delete(profile)
    await enqueue(db, "forget_profile", orjson.dumps({"profile": str(profile.id)}), after=IN_FLIGHT)


async def set_profile_pin(request: Request, *, id: Id, pin: str | None = None, password: str) -> ProfileChanged:
    """Locks a profile with a PIN, or unlocks it.

    Refusals: KIDS_PROFILE, INVALID_PIN (`pin`), those of confirm_password (`password`), PROFILE_NOT_FOUND (`id`).
    """
    own_account(request)
    if pin is not None:
        checked_pin(pin, "pin")
    await confirm_password(request, password, "password")
    pin_hash = None if pin is None else await hash_password(pin)
    async with household(request) as home:
        profile = home.profile(id)
        profile.pin_hash = pin_hash
    return ProfileChanged(profile_row(profile))


def not_found() -> Refusal:
    return Refusal("PROFILE_NOT_FOUND", "The household has no such profile.", "id")
