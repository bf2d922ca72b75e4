"""What can be asked of identity."""

import strawberry
from strawberry.federation.schema_directives import RequiresScopes

from oauth.roles import AUDIT_READ, SUPPORT_READ
from resolvers.identity import accounts, profiles, staff
from resolvers.identity import viewer as viewers
from schema.fields import asks
from schema.identity.protection import AuditEntryConnection
from schema.identity.types import Account, Avatar, Viewer
from schema.shared import sized


@strawberry.type
class Query:
    viewer: Viewer | None = asks(
        viewers.viewer, description="Who is asking; null where the request bears no access token."
    )
    account: Account | None = asks(
        accounts.find_account,
        description="Looks a household up for support staff.",
        directives=[RequiresScopes(scopes=[[SUPPORT_READ]])],
    )
    avatars: list[Avatar] = asks(profiles.avatars, description="The pictures a profile may use.")
    audit_log: AuditEntryConnection = asks(
        staff.audit_log,
        description="Staff acts, newest first.",
        directives=[RequiresScopes(scopes=[[AUDIT_READ]]), sized()],
    )
