"""The address and the password of an account: verified, changed, and reset by mail."""

from dataclasses import dataclass

from resolvers.identity.signing_in import SignedIn
from runtime.errors import UserErrorRow
from runtime.request import Request


@dataclass(slots=True)
class Acknowledged:
    """The source of an AcknowledgedPayload."""

    user_errors: tuple[UserErrorRow, ...] = ()


async def verify_email(request: Request, *, token: str) -> Acknowledged:
    raise NotImplementedError


async def send_verification(
    request: Request, *, new_email: str | None = None, password: str | None = None
) -> Acknowledged:
    raise NotImplementedError


async def change_password(request: Request, *, password: str, new_password: str) -> SignedIn:
    raise NotImplementedError


async def request_password_reset(request: Request, *, email: str) -> Acknowledged:
    raise NotImplementedError


async def reset_password(request: Request, *, token: str, new_password: str) -> SignedIn:
    raise NotImplementedError
