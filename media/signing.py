"""Addresses that let one session read one asset for a while, and nobody anything else."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from media.manifests import DASH, HLS

SHORTEST_SECRET = 16
PREFIX_DEPTH = 3
MANIFESTS = {"HLS": HLS, "DASH": DASH}


class ForbiddenAddress(Exception):
    """An address that gives no access; the message says why, in words for its holder."""


@dataclass(frozen=True)
class Grant:
    """What an address allows: a session reads the files below `prefix`, no picture higher than `max_height` lines.

    `expires_at` is in whole seconds since 1970.
    """

    prefix: str
    session_id: UUID
    max_height: int
    expires_at: int


class UrlSigner(Protocol):
    """Makes addresses that a content delivery network, or our own edge, accepts."""

    def url(self, grant: Grant, name: str) -> str:
        """The address of the file `name` below the grant's prefix; relative addresses in it work as well."""
        ...


class EdgeSigner:
    """Signs for our own edge: `/s/<expiry>/<MAC>/<session>/<height>/<prefix>/<name>`.

    The MAC is HMAC-SHA256 (RFC 2104) over all but itself and the name, base64url without padding. It stands in the
    path, so that the relative addresses in manifests inherit it, and a cache can leave it out of its key.
    """

    def __init__(self, secret: bytes, base_url: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"The signing secret has {len(secret)} bytes; {SHORTEST_SECRET} are the fewest.")
        self.secret = secret
        self.base_url = base_url.rstrip("/")

    def url(self, grant: Grant, name: str) -> str:
        access = f"{grant.session_id}/{grant.max_height}/{grant.prefix}"
        return f"{self.base_url}/s/{grant.expires_at}/{self.mac(grant)}/{access}/{name}"

    def verify(self, path: str, now: datetime) -> tuple[Grant, str]:
        """What the address `path` (all after `/s/`) grants, and the file's name below the grant's prefix.

        Raises ForbiddenAddress for one that we did not sign, or that has expired.
        """
        grant, mac, name = parts_of(path)
        if not hmac.compare_digest(mac.encode(), self.mac(grant).encode()):
            raise ForbiddenAddress("This address was not signed by us, or not for this file.")
        if now.timestamp() >= grant.expires_at:
            raise ForbiddenAddress("This address has expired. Start the playback again.")
        return grant, name

    def mac(self, grant: Grant) -> str:
        signed = f"{grant.expires_at}/{grant.session_id}/{grant.max_height}/{grant.prefix}"
        return urlsafe_b64encode(hmac.digest(self.secret, signed.encode(), sha256)).rstrip(b"=").decode()


def parts_of(path: str) -> tuple[Grant, str, str]:
    """An address taken apart, whoever made it: what it claims to grant, its MAC, and the file's name."""
    try:
        expiry, mac, session, height, *rest = path.split("/")
        prefix, name = "/".join(rest[:PREFIX_DEPTH]), "/".join(rest[PREFIX_DEPTH:])
        return Grant(prefix, UUID(session), int(height), int(expiry)), mac, name
    except ValueError as error:
        raise ForbiddenAddress("This is no signed address.") from error


def manifest_urls(
    signer: UrlSigner, prefix: str, session_id: UUID, max_height: int, expires_at: datetime
) -> dict[str, str]:
    """The addresses of an asset's manifests for one session, by protocol (`HLS` and `DASH`)."""
    grant = Grant(prefix, session_id, max_height, int(expires_at.astimezone(UTC).timestamp()))
    return {protocol: signer.url(grant, name) for protocol, name in MANIFESTS.items()}
