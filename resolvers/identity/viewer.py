"""Who is asking."""

from dataclasses import dataclass
from uuid import UUID

from resolvers.identity.accounts import AccountRow, accounts_by_id
from resolvers.identity.profiles import ProfileRow, profiles_by_id
from runtime.request import Request


@dataclass(slots=True)
class ViewerRow:
    account: AccountRow | None
    profile: ProfileRow | None
    country: str
    scopes: list[str]


async def viewer(request: Request) -> ViewerRow | None:
    """Null where the request bears no access token."""
    who = request.viewer
    if who is None:
        return None
    account = await loaded(request, who.account_id)
    profile = await request.load(profiles_by_id, who.profile_id) if who.profile_id else None
    return ViewerRow(account, profile, request.country, sorted(who.scopes))


async def loaded(request: Request, account_id: UUID | None) -> AccountRow | None:
    return await request.load(accounts_by_id, account_id) if account_id else None
