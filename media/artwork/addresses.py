"""Addresses of artwork: nobody can guess or forge one, and what lies at one never changes."""

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from uuid import UUID

from runtime.keyfiles import secret
from runtime.resources import Resources
from runtime.scalars import Url

WIDTHS = (80, 160, 240, 320, 480, 640, 960, 1280, 1920, 2560, 3840)
"""The widths that are served beside the original's, in pixels: few, so that viewers share what caches hold."""
EDITORIAL_HOUR = timedelta(hours=1)
MAC_BYTES = 16
RECIPE = 1
"""Raise it where `rendered` makes something else of an original: every address changes with it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An original: its row's id, where it lies in object storage, how large it is in pixels, and its BlurHash."""

    id: UUID
    object_key: str
    width: int
    height: int
    blurhash: str | None

    def size_at(self, width: int | None) -> tuple[int, int]:
        """Width and height of what is served for a wanted width: the next of `WIDTHS` upwards, else the original's."""
        rungs = () if width is None else (rung for rung in WIDTHS if width <= rung < self.width)
        across = min(rungs, default=self.width)
        return across, max(1, round(self.height * across / self.width))


@dataclass(frozen=True, slots=True)
class Claim:
    """What an address says, whoever made it: the row's id, a width, and when it expires, in seconds since 1970."""

    id: UUID
    width: int
    expires_at: int | None = None


class Addresses:
    """Public ones are `/artwork/<id>/<width>/<MAC>.webp`; `editorial/<expiry>/` comes before the id in editors' own.

    The MAC is HMAC-SHA256 (RFC 2104), cut to 128 bits, over all that makes the picture what it is: another original,
    another size or another way of rendering has another address.
    """

    def __init__(self, key: bytes, base_url: str) -> None:
        self.key = key
        self.base_url = base_url

    def public(self, picture: Picture, width: int) -> Url:
        """Serves the picture, `width` pixels wide, as long as any viewer anywhere may see what it is of."""
        return self.url(picture, Claim(picture.id, width))

    def editorial(self, picture: Picture, width: int, now: datetime) -> Url:
        """Serves it whatever the state of its title, for one to two hours; the same address until the hour is over."""
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return self.url(picture, Claim(picture.id, width, int((hour + 2 * EDITORIAL_HOUR).timestamp())))

    def url(self, picture: Picture, claim: Claim) -> Url:
        return Url(f"{self.base_url}/artwork/{self.path(picture, claim)}")

    def path(self, picture: Picture, claim: Claim) -> str:
        """All after `/artwork/`."""
        expiry = () if claim.expires_at is None else ("editorial", str(claim.expires_at))
        return "/".join((*expiry, str(picture.id), str(claim.width), f"{self.mac(picture, claim)}.webp"))

    def genuine(self, path: str, picture: Picture, claim: Claim) -> bool:
        """Whether we made this very address for the picture as it is now."""
        return hmac.compare_digest(path.encode(), self.path(picture, claim).encode())

    def mac(self, picture: Picture, claim: Claim) -> str:
        original = (str(picture.id), picture.object_key, picture.width, picture.height, picture.blurhash)
        signed = json.dumps([RECIPE, *original, claim.width, claim.expires_at]).encode()
        return urlsafe_b64encode(hmac.digest(self.key, signed, sha256)[:MAC_BYTES]).rstrip(b"=").decode()


def claim_of(path: str) -> Claim | None:
    """What an address claims, by all of it after `/artwork/`; None for what is none of ours by its form."""
    parts = PurePosixPath(path).parts
    try:
        match parts:
            case ("editorial", expiry, id_, width, _):
                return Claim(UUID(id_), int(width), int(expiry))
            case (id_, width, _):
                return Claim(UUID(id_), int(width))
    except ValueError:
        return None
    return None


def addresses_of(resources: Resources) -> Addresses:
    """The process's own, by the installation's secret: every process makes and knows the same."""
    if Addresses not in resources.shared:
        key = secret(resources.settings.data / "keys" / "artwork-signing-1", lambda: secrets.token_bytes(32))
        resources.shared[Addresses] = Addresses(key, resources.settings.address)
    found: Addresses = resources.shared[Addresses]
    return found
