"""Access tokens as identity would sign them, for tests of the other subgraphs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.served import Front


def token_of(front: Front, account_id: UUID, scopes: Sequence[str] = (), **claims: Any) -> str:
    """A token of the account's first epoch, without a session; `claims` may scope it to a profile."""
    known = {"sub": str(account_id), "epoch": 1, "country": "US", "scope": " ".join(scopes)}
    return front.resources.tokens.sign(known | claims)
