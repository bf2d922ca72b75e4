"""Access tokens: JWTs (RFC 7519, profile RFC 9068) signed with ES256, which every subgraph verifies by the JWKS."""

import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from runtime.errors import Unauthenticated
from runtime.keyfiles import secret

ACCESS_TOKEN_SECONDS = 600
ALGORITHM = "ES256"
TYPE = "at+jwt"
CACHED_TOKENS = 10_000


class TokenKeys:
    """Signs and verifies access tokens; a token that was verified once is looked up until it expires."""

    def __init__(self, keys: KeySet, issuer: str) -> None:
        self.keys = keys
        self.issuer = issuer
        self.audience = f"{issuer}/graphql"
        self.verified: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer}, exp={"essential": True}, sub={"essential": True}
        )

    @classmethod
    def from_folder(cls, folder: Path, issuer: str) -> "TokenKeys":
        """The installation's signing key, made on first use."""
        stored = secret(folder / "token-signing-1", new_signing_key)
        return cls(KeySet([ECKey.import_key(orjson.loads(stored))]), issuer)

    def sign(self, claims: dict[str, Any], lifetime: int = ACCESS_TOKEN_SECONDS) -> str:
        """A token with these claims, good for `lifetime` seconds; for the graph, unless they name another audience."""
        now = int(time.time())
        key = self.keys.keys[0]
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        standard = {"iss": self.issuer, "aud": self.audience, "iat": now, "exp": now + lifetime}
        return jwt.encode(header, standard | claims, key)

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a good access token, for whatever audience.

        Unauthenticated where it is forged, of another issuer, no access token, or expired.
        """
        claims = self.verified.get(token)
        if claims is None:
            try:
                decoded = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
                self.registry.validate(decoded.claims)
                if decoded.header.get("typ") != TYPE:  # an id token is no key to anything (RFC 9068, section 4)
                    raise ValueError("not an access token")
            except (JoseError, ValueError) as error:
                raise Unauthenticated("The access token is not valid, or has expired.") from error
            claims = self.verified[token] = dict(decoded.claims)
            if len(self.verified) > CACHED_TOKENS:
                self.verified.popitem(last=False)
        if claims["exp"] <= time.time():
            self.verified.pop(token, None)
            raise Unauthenticated("The access token has expired.")
        return claims

    def public(self) -> dict[str, Any]:
        """The JSON Web Key Set (RFC 7517) with the public halves."""
        return dict(self.keys.as_dict(private=False))


def new_signing_key() -> bytes:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return orjson.dumps(key.as_dict(private=True))
