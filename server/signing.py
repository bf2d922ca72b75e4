"""The signer of media addresses for this installation."""

import secrets

from media.signing import EdgeSigner
from runtime.keyfiles import secret
from runtime.settings import Settings


def signer_of(settings: Settings) -> EdgeSigner:
    """Signs for our own edge, with the installation's secret."""
    key = secret(settings.data / "keys" / "url-signing-1", lambda: secrets.token_bytes(32))
    return EdgeSigner(key, settings.address)
