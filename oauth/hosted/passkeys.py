"""Passkeys: WebAuthn level 3, with discoverable credentials and the person verified by the device each time."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.identity import Account, Passkey
from oauth.hosted.forms import origin_of
from oauth.names import checked_name
from runtime.errors import Refusal
from runtime.resources import Resources
from runtime.settings import Settings

MOST = 20
"""Passkeys of an account."""


def relying_party(settings: Settings) -> str | None:
    """The host name that passkeys belong to; None for an IP address, which can have none (WebAuthn, section 5.1.3)."""
    host = urlsplit(settings.address).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return None


def required_relying_party(settings: Settings) -> str:
    host = relying_party(settings)
    if host is None:
        raise Refusal("PASSKEYS_NEED_NAME", "Passkeys need a host name.")
    return host


async def passkeys_of(resources: Resources, account_id: UUID) -> Sequence[Passkey]:
    """The account's passkeys, oldest first."""
    query = select(Passkey).where(col(Passkey.account_id) == account_id).order_by(col(Passkey.id)).limit(MOST)
    async with resources.database.write("identity") as db:
        return (await db.scalars(query)).all()


async def registration_options(
    resources: Resources, account_id: UUID, email: str
) -> PublicKeyCredentialCreationOptions:
    """What the browser needs to make a passkey, on a device that has none of this account."""
    known = await passkeys_of(resources, account_id)
    return webauthn.generate_registration_options(
        rp_id=required_relying_party(resources.settings),
        rp_name="Marquee",
        user_id=account_id.bytes,
        user_name=email,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )


async def sign_in_options(resources: Resources) -> PublicKeyCredentialRequestOptions:
    """What the browser needs to offer whatever passkeys it has here."""
    return webauthn.generate_authentication_options(
        rp_id=required_relying_party(resources.settings), user_verification=UserVerificationRequirement.REQUIRED
    )


async def register(
    resources: Resources, account_id: UUID, challenge: bytes, credential: str, name: str, now: datetime
) -> None:
    """Stores the passkey that the browser made. Refusals: INVALID_NAME, WRONG_PASSKEY, TOO_MANY_PASSKEYS."""
    stripped = checked_name(name, "name")
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=required_relying_party(resources.settings),
            expected_origin=origin_of(resources.settings.address),
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise wrong_passkey() from error
    passkey = Passkey(
        account_id=account_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=stripped,
        created_at=now,
    )
    await store(resources, passkey)


async def store(resources: Resources, passkey: Passkey) -> None:
    mine = col(Passkey.account_id) == passkey.account_id
    try:
        async with resources.database.write("identity") as db:
            await db.get_one(Account, passkey.account_id, with_for_update=True)
            if (await db.scalar(select(func.count()).where(mine)) or 0) >= MOST:
                raise Refusal("TOO_MANY_PASSKEYS", f"An account has at most {MOST} passkeys.")
            db.add(passkey)
    except IntegrityError as error:
        if "passkey_credential_id_key" not in str(error.orig):
            raise
        raise wrong_passkey() from error


async def remove(resources: Resources, account_id: UUID, passkey_id: UUID) -> None:
    """Forgets one of the account's passkeys; none of others'."""
    which = (col(Passkey.id) == passkey_id, col(Passkey.account_id) == account_id)
    async with resources.database.write("identity") as db:
        await db.execute(delete(Passkey).where(*which))


async def authenticate(resources: Resources, challenge: bytes, credential: str, now: datetime) -> UUID:
    """The account of the passkey that answered the challenge. Refusal WRONG_PASSKEY, also where it was cloned: then
    its sign count does not go up (section 6.1.1)."""
    try:
        answer = parse_authentication_credential_json(credential)
    except WebAuthnException as error:
        raise wrong_passkey() from error
    async with resources.database.write("identity") as db:
        of_answer = col(Passkey.credential_id) == answer.raw_id
        passkey = await db.scalar(select(Passkey).where(of_answer).with_for_update())
        if passkey is None or answer.response.user_handle != passkey.account_id.bytes:
            raise wrong_passkey()
        passkey.sign_count = verified(resources.settings, challenge, answer, passkey).new_sign_count
        passkey.last_used_at = now
    return passkey.account_id


def verified(
    settings: Settings, challenge: bytes, answer: AuthenticationCredential, passkey: Passkey
) -> VerifiedAuthentication:
    try:
        return webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=required_relying_party(settings),
            expected_origin=origin_of(settings.address),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise wrong_passkey() from error


def wrong_passkey() -> Refusal:
    return Refusal("WRONG_PASSKEY", "This passkey does not sign anybody in here.", "passkey")
