"""What identity can be told."""

from datetime import datetime

import strawberry
from strawberry.federation.schema_directives import Authenticated, Cost

from models.identity import DeviceKind
from resolvers.identity import signing_in
from schema.fields import commands
from schema.identity.types import Viewer
from schema.inputs import as_input
from schema.shared import UserError

strawberry.enum(DeviceKind)
as_input(signing_in.DeviceInput)
as_input(signing_in.SignUpInput)
as_input(signing_in.SignInInput)


@strawberry.type
class SignInPayload:
    access_token: str | None
    refresh_token: str | None
    expires_at: datetime | None
    viewer: Viewer | None
    user_errors: list[UserError]


@strawberry.type
class SignOutPayload:
    signed_out: int
    user_errors: list[UserError]


@strawberry.type
class Mutation:
    sign_up: SignInPayload = commands(signing_in.sign_up, directives=[Cost(weight=50)])
    sign_in: SignInPayload = commands(
        signing_in.sign_in,
        description="For first-party clients; partners use OAuth.",
        directives=[Cost(weight=50)],
    )
    refresh_session: SignInPayload = commands(
        signing_in.refresh_session, description="Rotates; a token used twice revokes its whole family."
    )
    sign_out: SignOutPayload = commands(signing_in.sign_out, directives=[Authenticated()])
    select_profile: SignInPayload = commands(
        signing_in.select_profile,
        description="Exchanges the session for one scoped to a profile.",
        directives=[Authenticated(), Cost(weight=50)],
    )
