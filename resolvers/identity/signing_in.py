"""Signing up, in and out, and what keeps a session going."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.identity import Account, DeviceKind, Profile, Session
from models.viewing import PlaybackCommandReason
from oauth.attempts import SIGN_UPS, network_of, remember
from oauth.authenticate import changed
from oauth.credentials import ask_to_verify, identify, refuse_suspended
from oauth.households import add_account, add_profile, published_account
from oauth.names import checked_name
from oauth.passwords import checked_password, hash_password
from oauth.refusals import translated
from oauth.sessions import Tokens, end_sessions, issue, open_session, redeem
from oauth.throttle import take
from resolvers.identity.accounts import AccountRow, read_row
from resolvers.identity.own import current, own_account
from resolvers.identity.profiles import ProfileRow, profile_row
from resolvers.identity.rules import checked_country, checked_email, checked_language
from resolvers.identity.viewer import ViewerRow
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import CountryCode, LanguageTag


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
    refresh_token: str | None
    expires_at: datetime
    viewer: ViewerRow
    user_errors: tuple[UserErrorRow, ...] = ()


@dataclass(slots=True)
class SignedOut:
    signed_out: int
    user_errors: tuple[UserErrorRow, ...] = ()


async def sign_up(request: Request, *, input: SignUpInput) -> SignedIn:
    """A new household with one profile, signed in on its device, and a letter that asks to verify its address.

    Refusals: docs/refusals.md. Since EMAIL_TAKEN tells who has an account, a network address may only ask so often.
    """
    email = checked_email(input.email, "input", "email")
    checked_country(input.country, "input", "country")
    checked_language(input.language, "input", "language")
    checked_name(input.profile_name, "input", "profileName")
    checked_name(input.device.name, "input", "device", "name")
    await checked_password(input.password, "input", "password", about=(email, input.profile_name))
    await take(request.resources, SIGN_UPS, request.now, network_of(request.address))
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
            await ask_to_verify(db, encryption, account.id, request.now)
            await remember(db, encryption, account.id, request.address, request.now)
            row = await read_row(db, request, account)
    except IntegrityError as error:
        if "account_email_index_key" not in str(error.orig):
            raise
        raise Refusal("EMAIL_TAKEN", "There is an account of this address already.", "input", "email") from error
    return signed_in(tokens, row, None)


async def sign_in(request: Request, *, input: SignInInput) -> SignedIn:
    """A session for who knows the password; whether the address is known, the refusal does not tell."""
    checked_name(input.device.name, "input", "device", "name")
    account_id = await identify(request.resources, input.email, input.password, request.address, request.now)
    async with request.write("identity") as db:
        account = await db.get_one(Account, account_id)
        refuse_suspended(account)
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
            refuse_suspended(account)
            profile = await db.get_one(Profile, session.profile_id) if session.profile_id else None
            tokens = await issue(db, request.resources.tokens, account, session, profile, request.now)
            row = await read_row(db, request, account)
    if session is None:  # after the commit, for the session is revoked
        raise Refusal("REFRESH_TOKEN_REUSED", "This token was used before: its session has ended.", "refreshToken")
    return signed_in(tokens, row, profile_row(profile) if profile else None)


async def sign_out(request: Request, *, everywhere: bool = False) -> SignedOut:
    """Ends this session, or with `everywhere` all of the account's, whose access tokens are void from then on.

    KIDS_PROFILE where a child's profile would end the others' sessions.
    """
    if everywhere:
        try:
            own_account(request)
        except Refusal as refusal:
            return SignedOut(0, (translated(request.languages, refusal.error),))  # the payload's number can't be null
    async with request.write("identity") as db:
        session, account = await current(db, request)
        which = col(Session.account_id) == account.id if everywhere else col(Session.id) == session.id
        ended = await end_sessions(db, which, PlaybackCommandReason.SIGNED_OUT)
        if everywhere:
            account.epoch += 1
            await db.merge(published_account(account))
    changed(request.resources.hub, account.id)
    return SignedOut(len(ended))


def signed_in(tokens: Tokens, account: AccountRow, profile: ProfileRow | None) -> SignedIn:
    viewer = ViewerRow(account, profile, account.country, tokens.scopes)
    return SignedIn(tokens.access_token, tokens.refresh_token, tokens.expires_at, viewer)
