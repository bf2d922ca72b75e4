"""Choosing who watches: tokens scoped to a profile, and what it takes to leave a child's."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from models.identity import Profile, ProfileKind
from oauth.sessions import issue
from resolvers.identity.accounts import read_row
from resolvers.identity.own import check_pin, confirm_password, current
from resolvers.identity.profiles import profile_row
from resolvers.identity.signing_in import SignedIn, signed_in
from runtime.errors import Refusal
from runtime.request import Request
from runtime.scalars import Id, uuid_of


async def select_profile(
    request: Request, *, profile_id: Id, pin: str | None = None, password: str | None = None
) -> SignedIn:
    """Tokens of the same session, scoped to a profile of the household.

    From a child's profile to one with wider limits it takes the PIN, or where there is none the account's password.

    Refusals: PROFILE_NOT_FOUND (`profileId`), those of check_pin (`pin`) and of confirm_password (`password`).
    """
    wanted = await stored(request, profile_id)
    if wanted.pin_hash is not None:
        await check_pin(request, wanted.id, wanted.pin_hash, pin)
    elif widens(request, wanted):
        await confirm_password(request, password, "password")
    async with request.write("identity") as db:
        session, account = await current(db, request)
        profile = await db.get(Profile, wanted.id)
        if profile is None:  # it was deleted meanwhile
            raise not_found()
        session.profile_id = profile.id
        tokens = await issue(db, request.resources.tokens, account, session, profile, request.now)
        row = await read_row(db, request, account)
    return signed_in(tokens, row, profile_row(profile))


async def stored(request: Request, id_: Id) -> Any:
    """What selecting the profile depends on. Refusal PROFILE_NOT_FOUND."""
    account_id = request.viewer.account_id if request.viewer else None
    own = (col(Profile.id) == uuid_of(id_), col(Profile.account_id) == account_id)
    columns = (col(Profile.id), col(Profile.pin_hash), col(Profile.kind), col(Profile.maximum_age))
    async with request.read("identity") as reader:
        row = (await reader.execute(select(*columns).where(*own))).one_or_none()
    if row is None:
        raise not_found()
    return row


def widens(request: Request, wanted: Any) -> bool:
    """Whether a child's token asks for a profile that may see or do more."""
    viewer = request.viewer
    if viewer is None or viewer.profile_kind != ProfileKind.KIDS.name:
        return False
    return wanted.kind is not ProfileKind.KIDS or wanted.maximum_age > viewer.maximum_age


def not_found() -> Refusal:
    return Refusal("PROFILE_NOT_FOUND", "The household has no such profile.", "profileId")
