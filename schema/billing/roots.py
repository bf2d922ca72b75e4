"""What billing can be asked and told."""

import strawberry
from strawberry.federation.schema_directives import RequiresScopes

from oauth.roles import BILLING_GRANT
from resolvers.billing import entitlements, plans
from schema.billing.types import Plan, SubscriptionPayload
from schema.fields import asks, commands


@strawberry.type
class Query:
    plans: list[Plan] = asks(
        plans.plans, description="What is on sale in a country; the viewer's own where none is named."
    )


@strawberry.type
class Mutation:
    grant_entitlement: SubscriptionPayload = commands(
        entitlements.grant_entitlement,
        description="Access without a payment, such as a partner's bundle.",
        directives=[RequiresScopes(scopes=[[BILLING_GRANT]])],
    )
