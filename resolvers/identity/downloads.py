"""Addresses of archives: whoever has one may download for a quarter of an hour."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from runtime.encryption import Encryption
from runtime.resources import Resources

LIFETIME = timedelta(minutes=15)
PATH = "/privacy/exports"


def address_of(resources: Resources, request_id: UUID, now: datetime) -> str:
    """Where the request's archive can be had from now on."""
    expires = str(int((now + LIFETIME).timestamp()))
    signature = signature_of(resources.encryption, request_id, expires)
    return f"{resources.settings.address}{PATH}/{request_id}?expires={expires}&signature={signature}"


def good(encryption: Encryption, request_id: UUID, expires: str, signature: str, now: datetime) -> bool:
    """Whether the address is one of ours, of this request, and not over."""
    wanted = signature_of(encryption, request_id, expires)
    return hmac.compare_digest(wanted.encode(), signature.encode()) and now.timestamp() < int(expires)


def signature_of(encryption: Encryption, request_id: UUID, expires: str) -> str:
    message = f"{request_id}:{expires}".encode()
    made = hmac.new(encryption.derived_key("export"), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
