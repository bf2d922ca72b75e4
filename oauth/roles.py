"""Roles are sets of scopes."""

from collections.abc import Iterable

CATALOG_EDIT = "catalog:edit"
CATALOG_FEED = "catalog:feed"
"""A partner's client may keep a mirror of the catalogue."""
CATALOG_PUBLISH = "catalog:publish"
MEDIA_INGEST = "media:ingest"
SUPPORT_READ = "support:read"
SUPPORT_WRITE = "support:write"
AUDIT_READ = "audit:read"
ADMIN_ROLES = "admin:roles"
BILLING_GRANT = "billing:grant"
BILLING_REFUND = "billing:refund"
HOUSEHOLD = "household"
"""A client of OAuth may act for the household in the graph; without it, it may only ask who signed in."""
OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})

VIEWER, ADMINISTRATOR = "viewer", "administrator"
"""The role that every account has, and the one that may do everything."""
ROLES: dict[str, frozenset[str]] = {
    VIEWER: frozenset(),
    "editor": frozenset({CATALOG_EDIT}),
    "publisher": frozenset({CATALOG_EDIT, CATALOG_PUBLISH}),
    "ingest": frozenset({MEDIA_INGEST}),
    "support": frozenset({SUPPORT_READ, SUPPORT_WRITE}),
    "billing": frozenset({SUPPORT_READ, BILLING_GRANT, BILLING_REFUND}),
}
ROLES[ADMINISTRATOR] = frozenset({ADMIN_ROLES, AUDIT_READ, CATALOG_FEED}).union(*ROLES.values())


def scopes_of(roles: Iterable[str]) -> list[str]:
    """The scopes of all the roles together, sorted."""
    return sorted(frozenset().union(*(ROLES[role] for role in roles)))
