"""What the viewer may do with the own household, and what it takes: a grown-up profile, the password, a PIN."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, ProfileKind, Session
from oauth.passwords import verify_password
from oauth.throttle import Limit, give_back, take
from runtime.errors import Refusal, Unauthenticated
from runtime.request import Request

PASSWORDS = Limit("password", burst=5, every=timedelta(minutes=1))
"""Of whoever is signed in already: by session, so that no stolen one locks the others out."""
PINS = Limit("pin", burst=5, every=timedelta(minutes=5))
"""By profile and session."""


async def current(db: AsyncSession, request: Request) -> tuple[Session, Account]:
    """The session that the access token belongs to, and its account, both locked; Unauthenticated without them."""
    viewer = request.viewer
    if viewer is not None and viewer.session_id and viewer.account_id:
        account = await db.get(Account, viewer.account_id, with_for_update=True)
        session = await db.get(Session, viewer.session_id, with_for_update=True)
        if account is not None and session is not None:
            return session, account
    raise Unauthenticated("The session has ended: sign in again.")


def own_account(request: Request) -> UUID:
    """The viewer's account, for a command that no child's profile may give.

    Refusal KIDS_PROFILE; Unauthenticated for a token without a household.
    """
    viewer = request.viewer
    if viewer is None or viewer.account_id is None:
        raise Unauthenticated("This is for households: sign in.")
    if viewer.profile_kind == ProfileKind.KIDS.name:
        raise Refusal("KIDS_PROFILE", "A child's profile can't do this: select a grown-up's.")
    return viewer.account_id


async def confirm_password(request: Request, password: str | None, *path: str) -> None:
    """Checks the own account's password, outside of any transaction, since it takes a while.

    Refusals: PASSWORD_REQUIRED, WRONG_PASSWORD (`path`), TOO_MANY_ATTEMPTS.
    """
    viewer = request.viewer
    assert viewer is not None, "only for who is signed in"
    if not password:
        raise Refusal("PASSWORD_REQUIRED", "This asks for the account's password.", *path)
    subject = str(viewer.session_id)
    await take(request.resources, PASSWORDS, request.now, subject)
    async with request.read("identity") as reader:
        stored = await reader.scalar(select(col(Account.password_hash)).where(col(Account.id) == viewer.account_id))
    if not await verify_password(password, stored):
        raise Refusal("WRONG_PASSWORD", "The password is wrong.", *path)
    await give_back(request.resources, PASSWORDS, subject)


async def check_pin(request: Request, profile_id: UUID, stored: str, pin: str | None) -> None:
    """Checks a profile's PIN. Refusals: PIN_REQUIRED, WRONG_PIN (both `pin`), TOO_MANY_ATTEMPTS."""
    if pin is None:
        raise Refusal("PIN_REQUIRED", "This profile asks for its PIN.", "pin")
    subject = (str(profile_id), str(request.viewer and request.viewer.session_id))
    await take(request.resources, PINS, request.now, *subject)
    if not await verify_password(pin, stored):
        raise Refusal("WRONG_PIN", "The PIN is wrong.", "pin")
    await give_back(request.resources, PINS, *subject)
