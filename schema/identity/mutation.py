"""What identity can be told."""

from datetime import datetime
from functools import partial

import strawberry
from strawberry.federation.schema_directives import Authenticated, Cost, RequiresScopes

from oauth.refusals import translated
from oauth.roles import ADMIN_ROLES, SUPPORT_WRITE
from resolvers.identity import (
    credentials,
    profile_commands,
    profile_rules,
    protection,
    selecting,
    sign_ins,
    signing_in,
    staff,
)
from schema import fields
from schema.identity.protection import DataRequest
from schema.identity.sign_ins import Device
from schema.identity.types import Account, Profile, Viewer
from schema.inputs import as_input
from schema.shared import AcknowledgedPayload, UserError

for given in (
    signing_in.DeviceInput,
    signing_in.SignUpInput,
    signing_in.SignInInput,
    profile_rules.ProfileInput,
):
    as_input(given)

commands = partial(fields.commands, words=translated)
COSTLY = Cost(weight=50)
"""A password or PIN is hashed."""


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
class AccountPayload:
    account: Account | None
    user_errors: list[UserError]


@strawberry.type
class ProfilePayload:
    profile: Profile | None
    user_errors: list[UserError]


@strawberry.type
class DevicePayload:
    device: Device | None
    user_errors: list[UserError]


@strawberry.type
class DataRequestPayload:
    data_request: DataRequest | None
    user_errors: list[UserError]


@strawberry.federation.type(shareable=True)
class DeletePayload:
    deleted_id: strawberry.ID | None
    user_errors: list[UserError]


@strawberry.type
class Mutation:
    sign_up: SignInPayload = commands(signing_in.sign_up, directives=[COSTLY])
    sign_in: SignInPayload = commands(
        signing_in.sign_in, description="For first-party clients; partners use OAuth.", directives=[COSTLY]
    )
    refresh_session: SignInPayload = commands(
        signing_in.refresh_session, description="Rotates; a token used twice revokes its whole family."
    )
    sign_out: SignOutPayload = commands(signing_in.sign_out, directives=[Authenticated()])
    verify_email: AcknowledgedPayload = commands(credentials.verify_email)
    send_verification: AcknowledgedPayload = commands(
        credentials.send_verification,
        description="To the address of the account, or of `newEmail`, which counts once it is verified.",
        directives=[Authenticated(), COSTLY],
    )
    change_password: SignInPayload = commands(credentials.change_password, directives=[Authenticated(), COSTLY])
    request_password_reset: AcknowledgedPayload = commands(
        credentials.request_password_reset, description="Answers alike whether or not the address is known."
    )
    reset_password: SignInPayload = commands(credentials.reset_password, directives=[COSTLY])
    select_profile: SignInPayload = commands(
        selecting.select_profile,
        description="Exchanges the session for one scoped to a profile.",
        directives=[Authenticated(), COSTLY],
    )
    create_profile: ProfilePayload = commands(profile_commands.create_profile, directives=[Authenticated()])
    update_profile: ProfilePayload = commands(
        profile_commands.update_profile,
        description="A higher maximumAge, another kind or a change to another profile asks for the password.",
        directives=[Authenticated()],
    )
    delete_profile: DeletePayload = commands(profile_commands.delete_profile, directives=[Authenticated()])
    set_profile_pin: ProfilePayload = commands(
        profile_commands.set_profile_pin,
        description="A null PIN unlocks the profile.",
        directives=[Authenticated(), COSTLY],
    )
    revoke_device: DeletePayload = commands(
        sign_ins.revoke_device, description="Signs the device out and stops its streams.", directives=[Authenticated()]
    )
    revoke_session: DeletePayload = commands(sign_ins.revoke_session, directives=[Authenticated()])
    delete_passkey: DeletePayload = commands(sign_ins.delete_passkey, directives=[Authenticated(), COSTLY])
    approve_device: DevicePayload = commands(sign_ins.approve_device, directives=[Authenticated()])
    set_consent: AccountPayload = commands(protection.set_consent, directives=[Authenticated()])
    request_data_export: DataRequestPayload = commands(protection.request_data_export, directives=[Authenticated()])
    request_erasure: DataRequestPayload = commands(protection.request_erasure, directives=[Authenticated(), COSTLY])
    cancel_erasure: DataRequestPayload = commands(protection.cancel_erasure, directives=[Authenticated()])
    set_roles: AccountPayload = commands(staff.set_roles, directives=[RequiresScopes(scopes=[[ADMIN_ROLES]])])
    set_suspended: AccountPayload = commands(staff.set_suspended, directives=[RequiresScopes(scopes=[[SUPPORT_WRITE]])])
