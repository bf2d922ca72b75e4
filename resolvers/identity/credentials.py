"""The address and the password of an account: verified, changed, and reset by mail."""

from dataclasses import dataclass
from datetime import timedelta

from models.identity import Account, Profile
from oauth import credentials
from oauth.addresses import read_email
from oauth.authenticate import changed
from oauth.passwords import checked_password, hash_password
from oauth.sessions import issue, start_session
from oauth.throttle import Limit, take
from resolvers.identity.accounts import read_row
from resolvers.identity.own import confirm_password, current, own_account
from resolvers.identity.profiles import profile_row
from resolvers.identity.rules import checked_email
from resolvers.identity.signing_in import SignedIn, signed_in
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request

VERIFICATIONS = Limit("verification", burst=5, every=timedelta(minutes=10))
"""By account: whoever signs in may have us write to any address."""


@dataclass(slots=True)
class Acknowledged:
    """The source of an AcknowledgedPayload."""

    user_errors: tuple[UserErrorRow, ...] = ()


async def verify_email(request: Request, *, token: str) -> Acknowledged:
    """Makes a mailed token's address count. Refusals, both of `token`: INVALID_TOKEN, EMAIL_TAKEN."""
    await credentials.verify_email(request.resources, token, request.now)
    return Acknowledged()


async def send_verification(
    request: Request, *, new_email: str | None = None, password: str | None = None
) -> Acknowledged:
    """Mails a link that verifies the account's address or, for who confirms the password, makes a new one its own.

    Refusals: KIDS_PROFILE, ALREADY_VERIFIED, TOO_MANY_ATTEMPTS; with `new_email` INVALID_EMAIL (`newEmail`) and those
    of confirm_password (`password`). Whether the new address has an account already, only the link itself tells.
    """
    account_id = own_account(request)
    email = None
    if new_email is not None:
        email = checked_email(new_email, "newEmail")
        await confirm_password(request, password, "password")
    await take(request.resources, VERIFICATIONS, request.now, str(account_id))
    async with request.write("identity") as db:
        _, account = await current(db, request)
        if email is None or request.resources.encryption.blind_index(email) == account.email_index:
            if account.email_verified:
                raise Refusal("ALREADY_VERIFIED", "The account's address is verified already.")
            email = None
        await credentials.ask_to_verify(db, request.resources.encryption, account.id, request.now, email)
    return Acknowledged()


async def change_password(request: Request, *, password: str, new_password: str) -> SignedIn:
    """Fresh tokens of this session; all others end. Refusals: KIDS_PROFILE, those of confirm_password (`password`),
    WEAK_PASSWORD, BREACHED_PASSWORD (both `newPassword`)."""
    account_id = own_account(request)
    await confirm_password(request, password, "password")
    email = await read_email(request.resources, account_id)
    await checked_password(new_password, "newPassword", about=(email,))
    password_hash = await hash_password(new_password)
    async with request.write("identity") as db:
        session, account = await current(db, request)
        await credentials.set_password(db, account, password_hash, request.now, keep=session.id)
        profile = await db.get_one(Profile, session.profile_id) if session.profile_id else None
        tokens = await issue(db, request.resources.tokens, account, session, profile, request.now)
        row = await read_row(db, request, account)
    changed(request.resources.hub, account_id)
    return signed_in(tokens, row, profile_row(profile) if profile else None)


async def request_password_reset(request: Request, *, email: str) -> Acknowledged:
    """Answers alike whether or not the address has an account. Refusal TOO_MANY_ATTEMPTS."""
    await credentials.request_password_reset(request.resources, email, request.address, request.now)
    return Acknowledged()


async def reset_password(request: Request, *, token: str, new_password: str) -> SignedIn:
    """Sets the password that a mailed token is good for, ends all sessions, and starts one, on no device.

    Refusals: INVALID_TOKEN (`token`), WEAK_PASSWORD, BREACHED_PASSWORD (both `newPassword`), ACCOUNT_SUSPENDED.
    """
    account_id = await credentials.reset_password(request.resources, token, new_password, request.now, request.address)
    async with request.write("identity") as db:
        account = await db.get_one(Account, account_id)
        session = await start_session(db, account, request.now)
        tokens = await issue(db, request.resources.tokens, account, session, None, request.now)
        row = await read_row(db, request, account)
    return signed_in(tokens, row, None)
