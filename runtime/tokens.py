"""Access tokens: JWTs (RFC 7519, profile RFC 9068) signed with ES256, which every subgraph verifies by the JWKS.

A new signing key is published for PUBLISHED_BEFORE seconds before it signs, so that whoever has cached the JWKS knows
it by then; the one before it goes on verifying for KEPT_AFTER seconds, until its last token is over.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from runtime.errors import Unauthenticated
from runtime.keyfiles import LOOK_EVERY, KeyFiles

ACCESS_TOKEN_SECONDS = 600
ALGORITHM = "ES256"
TYPE = "at+jwt"
CACHED_TOKENS = 10_000
PUBLISHED_BEFORE = 600
"""Twice as long as the JWKS may be cached."""
KEPT_AFTER = 3600
SIGNS_FROM = "signs_from"
"""Of a key's file, beside the members of RFC 7517: since when it signs, in seconds since 1970."""


class SigningKeys:
    """The token signing keys of the installation's `keys` folder, as they are now."""

    def __init__(self, folder: Path) -> None:
        self.files = KeyFiles(folder, "token-signing", new_signing_key)
        self.parsed: Mapping[int, bytes] = {}
        self.keys: dict[int, ECKey] = {}
        self.signs_from: dict[int, float] = {}

    def look(self) -> None:
        """Reads what other processes have added or removed."""
        contents = self.files.read()
        if contents is not self.parsed:
            members = {number: orjson.loads(content) for number, content in contents.items()}
            self.signs_from = {number: found.pop(SIGNS_FROM, 0) for number, found in members.items()}
            self.keys = {number: ECKey.import_key(found) for number, found in members.items()}
            self.parsed = contents

    def signing(self, now: float) -> int:
        """The number of the key that signs: the newest whose time has come, else the oldest."""
        self.look()
        return max((n for n in self.keys if self.signs_from[n] <= now), default=min(self.keys))

    def retired(self, now: float) -> list[int]:
        """The numbers of the keys that verify nothing any more."""
        self.look()
        following = pairwise(sorted(self.keys))
        return [number for number, next_ in following if self.signs_from[next_] + KEPT_AFTER <= now]

    def verifying(self, now: float) -> dict[int, ECKey]:
        """The keys by which tokens are verified, among them the one that is to sign next."""
        retired = self.retired(now)
        return {number: key for number, key in self.keys.items() if number not in retired}

    def add(self, now: float) -> float:
        """Makes a new key; since when it signs, in seconds since 1970."""
        signs_from = now + PUBLISHED_BEFORE
        number = self.files.add(lambda: new_signing_key(signs_from))
        self.look()
        return self.signs_from[number]

    def remove(self, number: int) -> None:
        self.files.remove(number)


class TokenKeys:
    """Signs and verifies access tokens; a token that was verified once is looked up until it expires.

    With a `source` it follows the installation's keys as they are rotated.
    """

    def __init__(self, keys: KeySet, issuer: str, source: SigningKeys | None = None) -> None:
        self.keys = keys
        self.issuer = issuer
        self.audience = f"{issuer}/graphql"
        self.source = source
        self.looked_at = float("-inf")
        self.verified: OrderedDict[bytes, dict[str, Any]] = OrderedDict()
        self.registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer}, exp={"essential": True}, sub={"essential": True}
        )

    @classmethod
    def from_folder(cls, folder: Path, issuer: str) -> "TokenKeys":
        """The installation's signing keys, the first made on first use."""
        made = cls(KeySet([]), issuer, SigningKeys(folder))
        made.refresh()
        return made

    def refresh(self) -> None:
        """Takes over what became of the installation's keys, at most once in LOOK_EVERY; the signing one comes first.

        Where one is gone, tokens that it signed are not good any more, whether or not they were verified before.
        """
        if self.source is None or time.monotonic() - self.looked_at < LOOK_EVERY:
            return
        now = time.time()
        verifying = self.source.verifying(now)
        signing = verifying.pop(self.source.signing(now))
        keys: list[Any] = [signing, *verifying.values()]
        if {key.kid for key in keys} != {key.kid for key in self.keys.keys}:
            self.verified.clear()
        self.keys = KeySet(keys)
        self.looked_at = time.monotonic()

    def sign(self, claims: dict[str, Any], lifetime: int = ACCESS_TOKEN_SECONDS, kind: str = TYPE) -> str:
        """A token with these claims, good for `lifetime` seconds; for the graph, unless they name another audience.

        One of another `kind` (RFC 7515, `typ`) is no access token.
        """
        self.refresh()
        now = int(time.time())
        key = self.keys.keys[0]
        header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid}
        standard = {"iss": self.issuer, "aud": self.audience, "iat": now, "exp": now + lifetime}
        return jwt.encode(header, standard | claims, key)

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a good access token, for whatever audience.

        Unauthenticated where it is forged, of another issuer, no access token, or expired.
        """
        self.refresh()
        # no token lies in memory for longer than its request
        known_as = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        claims = self.verified.get(known_as)
        if claims is None:
            claims = self.verified[known_as] = self.decoded(token)
            if len(self.verified) > CACHED_TOKENS:
                self.verified.popitem(last=False)
        if claims["exp"] <= time.time():
            self.verified.pop(known_as, None)
            raise Unauthenticated("The access token has expired.")
        return claims

    def decoded(self, token: str) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
            self.registry.validate(decoded.claims)
            if decoded.header.get("typ") != TYPE:  # an id token is no key to anything (RFC 9068, section 4)
                raise ValueError("not an access token")
        except (JoseError, ValueError) as error:
            raise Unauthenticated("The access token is not valid, or has expired.") from error
        return dict(decoded.claims)

    def public(self) -> dict[str, Any]:
        """The JSON Web Key Set (RFC 7517) with the public halves."""
        self.refresh()
        return dict(self.keys.as_dict(private=False))


def new_signing_key(signs_from: float = 0) -> bytes:
    """A key's file: its private JWK, with the time from which on it signs."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return orjson.dumps(key.as_dict(private=True) | {SIGNS_FROM: signs_from})
