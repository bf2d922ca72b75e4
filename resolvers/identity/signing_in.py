"""Signing up, in and out, and what keeps a session going."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountKey, AccountStatus, DeviceKind, Profile, Session
from models.viewing import PlaybackCommandReason
from oauth.addresses import normal_email
from oauth.authenticate import changed
from oauth.households import add_account, add_profile, published_account
from oauth.passwords import hash_password, verify_password
from oauth.sessions import Tokens, end_sessions, issue, open_session, redeem
from resolvers.identity.accounts import AccountRow, account_row
from resolvers.identity.own import check_pin, current
from resolvers.identity.profiles import ProfileRow, profile_row
from resolvers.identity.rules import checked_country, checked_email, checked_language, checked_name, checked_password
from resolvers.identity.viewer import ViewerRow
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import CountryCode, Id, LanguageTag, uuid_of


@dataclass
class DeviceInput:
    name: str
    kind: DeviceKind


@dataclass
class SignUpInput:
    email: str
    password: str
    country: CountryCode
    language: LanguageTag
    profile_name: str
    device: DeviceInput


@dataclass
class SignInInput:
    email: str
    password: str
    device: DeviceInput


@dataclass(slots=True)
class SignedIn:
    """The source of a SignInPayload."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    viewer: ViewerRow
    user_errors: tuple[UserErrorRow, ...] = ()


@dataclass(slots=True)
class SignedOut:
    signed_out: int
    user_errors: tuple[UserErrorRow, ...] = ()


async def sign_up(request: Request, *, input: SignUpInput) -> SignedIn:
    """A new household with one profile, signed in on its device."""
    email = checked_email(input.email, "input", "email")
    checked_password(input.password, "input", "password")
    checked_country(input.country, "input", "country")
    checked_language(input.language, "input", "language")
    checked_name(input.profile_name, "input", "profileName")
    checked_name(input.device.name, "input", "device", "name")
    password_hash = await hash_password(input.password)
    try:
        async with request.write("identity") as db:
            encryption = request.resources.encryption
            account = await add_account(
                db, encryption, email, password_hash, input.country, input.language, request.now
            )
            await add_profile(db, account, input.profile_name.strip(), input.language, request.now)
            tokens = await open_session(
                db, request.resources.tokens, account, input.device.name, input.device.kind, request.now
            )
            row = await read_row(db, request, account)
    except IntegrityError as error:
        if "account_email_index_key" not in str(error.orig):
            raise
        raise Refusal("EMAIL_TAKEN", "There is an account of this address already.", "input", "email") from error
    return signed_in(tokens, row, None)


async def sign_in(request: Request, *, input: SignInInput) -> SignedIn:
    """A session for who knows the password; whether the address is known, the refusal does not tell."""
    checked_name(input.device.name, "input", "device", "name")
    index = request.resources.encryption.blind_index(normal_email(input.email))
    async with request.read("identity") as reader:
        stored = await reader.scalar(select(col(Account.password_hash)).where(col(Account.email_index) == index))
    if not await verify_password(input.password, stored):
        raise Refusal("WRONG_CREDENTIALS", "The address or the password is wrong.")
    async with request.write("identity") as db:
        account = (await db.scalars(select(Account).where(col(Account.email_index) == index))).one()
        if account.status is AccountStatus.SUSPENDED:
            raise Refusal("ACCOUNT_SUSPENDED", "This account is suspended: ask our support.")
        tokens = await open_session(
            db, request.resources.tokens, account, input.device.name, input.device.kind, request.now
        )
        row = await read_row(db, request, account)
    return signed_in(tokens, row, None)


async def refresh_session(request: Request, *, refresh_token: str) -> SignedIn:
    """New tokens for a session, scoped to the same profile."""
    async with request.write("identity") as db:
        session = await redeem(db, refresh_token, request.now)
        if session is not None:
            account = await db.get_one(Account, session.account_id)
            profile = await db.get_one(Profile, session.profile_id) if session.profile_id else None
            tokens = await issue(db, request.resources.tokens, account, session, profile, request.now)
            row = await read_row(db, request, account)
    if session is None:  # after the commit, for the session is revoked
        raise Refusal("REFRESH_TOKEN_REUSED", "This token was used before: its session has ended.", "refreshToken")
    return signed_in(tokens, row, profile_row(profile) if profile else None)


async def select_profile(request: Request, *, profile_id: Id, pin: str | None = None) -> SignedIn:
    """Tokens of the same session, scoped to a profile of the household."""
    wanted = uuid_of(profile_id)
    async with request.read("identity") as reader:
        columns = (col(Profile.account_id), col(Profile.pin_hash))
        stored = (await reader.execute(select(*columns).where(col(Profile.id) == wanted))).one_or_none()
    if stored is None or request.viewer is None or stored.account_id != request.viewer.account_id or wanted is None:
        raise Refusal("PROFILE_NOT_FOUND", "The household has no such profile.", "profileId")
    if stored.pin_hash is not None:
        await check_pin(request, wanted, stored.pin_hash, pin)
    async with request.write("identity") as db:
        session, account = await current(db, request)
        profile = await db.get_one(Profile, wanted)
        session.profile_id = profile.id
        tokens = await issue(db, request.resources.tokens, account, session, profile, request.now)
        row = await read_row(db, request, account)
    return signed_in(tokens, row, profile_row(profile))


async def sign_out(request: Request, *, everywhere: bool = False) -> SignedOut:
    """Ends this session, or with `everywhere` all of the account's, whose access tokens are void from then on."""
    async with request.write("identity") as db:
        session, account = await current(db, request)
        which = col(Session.account_id) == account.id if everywhere else col(Session.id) == session.id
        ended = await end_sessions(db, which, PlaybackCommandReason.SIGNED_OUT)
        if everywhere:
            account.epoch += 1
            await db.merge(published_account(account))
    changed(request.resources.hub, account.id)
    return SignedOut(len(ended))


async def read_row(db: AsyncSession, request: Request, account: Account) -> AccountRow:
    return account_row(request.resources.encryption, account, await db.get_one(AccountKey, account.id))


def signed_in(tokens: Tokens, account: AccountRow, profile: ProfileRow | None) -> SignedIn:
    viewer = ViewerRow(account, profile, account.country, tokens.scopes)
    return SignedIn(tokens.access_token, tokens.refresh_token, tokens.expires_at, viewer)
