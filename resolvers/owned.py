"""Who may see a household's own: itself, and whoever supports it."""

from uuid import UUID

from oauth.roles import SUPPORT_READ
from runtime.request import Request


def may_see(request: Request, account_id: UUID) -> bool:
    """Whether the account is the viewer's own, or the token has the scope to support any."""
    viewer = request.viewer
    return viewer is not None and (viewer.account_id == account_id or SUPPORT_READ in viewer.scopes)
