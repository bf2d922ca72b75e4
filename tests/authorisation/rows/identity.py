"""Identity's rows: households, their profiles, and what staff sees of them."""

from tests.authorisation.rules import (
    ANYONE_AT_HOME,
    BEARER,
    GROWN_UP,
    INHERITED,
    MEMBER,
    OWNER_NO_CHILD,
    PROFILE,
    PUBLIC,
    REFRESHER,
    SELECTOR,
    SOMETIMES,
    SUPPORTED,
    rows,
    scope,
    table,
    through,
)

SIGN_IN_PAYLOADS = """Mutation.signUp Mutation.signIn Mutation.refreshSession Mutation.changePassword
    Mutation.resetPassword Mutation.selectProfile"""
DELETIONS = "Mutation.deleteProfile Mutation.revokeDevice Mutation.revokeSession Mutation.deletePasskey"
ACKNOWLEDGED = "Mutation.verifyEmail Mutation.sendVerification Mutation.requestPasswordReset"

ROWS = table(
    rows("Query", PUBLIC, "_service _entities avatars"),
    rows("Query", BEARER, "viewer"),
    rows("Query", scope("support:read"), "account"),
    rows("Query", scope("audit:read"), "auditLog"),
    rows("Mutation", PUBLIC, "signUp signIn verifyEmail requestPasswordReset resetPassword"),
    rows("Mutation", REFRESHER, "refreshSession"),
    rows("Mutation", ANYONE_AT_HOME, "signOut updateProfile"),
    rows("Mutation", SELECTOR, "selectProfile"),
    rows("Mutation", GROWN_UP, "sendVerification changePassword createProfile deleteProfile setProfilePin"),
    rows("Mutation", GROWN_UP, "revokeDevice revokeSession deletePasskey approveDevice"),
    rows("Mutation", GROWN_UP, "setConsent requestDataExport requestErasure cancelErasure"),
    rows("Mutation", scope("admin:roles"), "setRoles"),
    rows("Mutation", scope("support:write"), "setSuspended"),
    # who is asking
    through("Query.viewer SignInPayload.viewer", "Viewer", "country"),
    through("Query.viewer SignInPayload.viewer", "Viewer", "scopes", SOMETIMES),
    through("Query.viewer SignInPayload.viewer", "Viewer", "account", MEMBER),
    through("Query.viewer SignInPayload.viewer", "Viewer", "profile", PROFILE),
    # the household
    rows("Account", SUPPORTED, "id email emailVerified status country createdAt roles profiles"),
    rows("Account", SUPPORTED, "devices sessions passkeys consents dataRequests"),
    rows("Profile", SUPPORTED, "id name avatar kind maximumAge locked language audioLanguages subtitles"),
    rows("Profile", SUPPORTED, "autoplayNext autoplayPreviews skip"),
    through("Account.roles", "Role", "name"),
    through("Account.roles", "Role", "scopes", SOMETIMES),
    through("Profile.avatar Query.avatars", "Avatar", "id url"),
    through("Profile.subtitles", "SubtitlePreference", "mode languages"),
    through("Profile.skip", "SkipPreference", "intro recap credits"),
    through("DeviceEdge.node Session.device DevicePayload.device", "Device", "id name kind lastSeenAt current"),
    through("DeviceConnection.edges", "DeviceEdge", "node cursor"),
    through("Account.devices", "DeviceConnection", "edges pageInfo"),
    through("Account.sessions", "Session", "id device createdAt lastUsedAt current"),
    through("Account.passkeys", "Passkey", "id name createdAt lastUsedAt"),
    through("Account.consents", "Consent", "purpose granted at"),
    through("Account.dataRequests DataRequestPayload.dataRequest", "DataRequest", "id kind status createdAt dueAt"),
    through("Account.dataRequests DataRequestPayload.dataRequest", "DataRequest", "downloadUrl", OWNER_NO_CHILD),
    # staff
    through("Query.auditLog", "AuditEntryConnection", "edges pageInfo"),
    through("AuditEntryConnection.edges", "AuditEntryEdge", "node cursor"),
    through("AuditEntryEdge.node", "AuditEntry", "id at actor action target reason"),
    # what mutations answer
    through(SIGN_IN_PAYLOADS, "SignInPayload", "accessToken refreshToken expiresAt viewer"),
    through(SIGN_IN_PAYLOADS, "SignInPayload", "userErrors", SOMETIMES),
    through("Mutation.signOut", "SignOutPayload", "signedOut"),
    through("Mutation.signOut", "SignOutPayload", "userErrors", SOMETIMES),
    through(ACKNOWLEDGED, "AcknowledgedPayload", "userErrors", SOMETIMES),
    through("Mutation.setConsent Mutation.setRoles Mutation.setSuspended", "AccountPayload", "account"),
    through("Mutation.setConsent Mutation.setRoles Mutation.setSuspended", "AccountPayload", "userErrors", SOMETIMES),
    through("Mutation.createProfile Mutation.updateProfile Mutation.setProfilePin", "ProfilePayload", "profile"),
    through(
        "Mutation.createProfile Mutation.updateProfile Mutation.setProfilePin",
        "ProfilePayload",
        "userErrors",
        SOMETIMES,
    ),
    through("Mutation.approveDevice", "DevicePayload", "device"),
    through("Mutation.approveDevice", "DevicePayload", "userErrors", SOMETIMES),
    through(
        "Mutation.requestDataExport Mutation.requestErasure Mutation.cancelErasure", "DataRequestPayload", "dataRequest"
    ),
    through(
        "Mutation.requestDataExport Mutation.requestErasure Mutation.cancelErasure",
        "DataRequestPayload",
        "userErrors",
        SOMETIMES,
    ),
    through(DELETIONS, "DeletePayload", "deletedId"),
    through(DELETIONS, "DeletePayload", "userErrors", SOMETIMES),
    # shared
    through("*.pageInfo", "PageInfo", "hasNextPage hasPreviousPage startCursor endCursor", INHERITED),
    through("*.userErrors", "UserError", "code message path", SOMETIMES),
    through("Query._service", "_Service", "sdl"),
)
