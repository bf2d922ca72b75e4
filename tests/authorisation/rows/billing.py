"""Billing's rows: what is sold is for all to see, what a household has is its own."""

from tests.authorisation.rules import PUBLIC, SOMETIMES, SUPPORTED, rows, scope, table, through

ROWS = table(
    rows("Query", PUBLIC, "_service _entities plans"),
    rows("Mutation", scope("billing:grant"), "grantEntitlement"),
    rows("Account", SUPPORTED, "id entitlements"),
    through("Account.entitlements", "Entitlements", "plan features active source validUntil"),
    through("Query.plans Entitlements.plan", "Plan", "id code name features prices trialDays"),
    through("Plan.features Entitlements.features", "PlanFeatures", "maxStreams maxProfiles maxDevices maxHeight ads"),
    through("Plan.prices", "Price", "id amount interval taxInclusive"),
    through("Price.amount", "Money", "amountMinor currency formatted"),
    through("Mutation.grantEntitlement", "SubscriptionPayload", "account"),
    through("Mutation.grantEntitlement", "SubscriptionPayload", "userErrors", SOMETIMES),
    through("*.userErrors", "UserError", "code message path", SOMETIMES),
    through("Query._service", "_Service", "sdl"),
)
