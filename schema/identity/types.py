"""Households, their profiles and roles."""

from datetime import datetime

import strawberry

from models.identity import AccountStatus, ProfileKind, SkipMode, SubtitleMode
from resolvers.identity import protection, sign_ins
from resolvers.identity.accounts import AccountRow, accounts_by_id
from resolvers.identity.profiles import ProfileRow, avatars_by_id, profiles_by_id, profiles_of
from runtime.scalars import CountryCode, LanguageTag, Url
from schema.fields import loads, made_of
from schema.identity.protection import Consent, DataRequest
from schema.identity.sign_ins import DeviceConnection, Passkey, Session
from schema.shared import sized

for enumeration in (AccountStatus, ProfileKind, SubtitleMode, SkipMode):
    strawberry.enum(enumeration)


@strawberry.type
class Role:
    name: str
    scopes: list[str]


@strawberry.type
class Avatar:
    id: strawberry.ID
    url: Url


@strawberry.type
class SubtitlePreference:
    mode: SubtitleMode
    languages: list[LanguageTag]


@strawberry.type
class SkipPreference:
    intro: SkipMode
    recap: SkipMode
    credits: SkipMode


@strawberry.federation.type(keys=["id"])
@made_of(ProfileRow, profiles_by_id)
class Profile:
    id: strawberry.ID
    name: str
    avatar: Avatar = loads(avatars_by_id, key="avatar_id")
    kind: ProfileKind
    maximum_age: int = strawberry.field(
        description="Titles rated above this age stay invisible to the profile, on every path."
    )
    locked: bool = strawberry.field(description="A PIN is asked for when the profile is selected.")
    language: LanguageTag
    audio_languages: list[LanguageTag] = strawberry.field(description="Wanted audio languages, best first.")
    subtitles: SubtitlePreference
    autoplay_next: bool
    autoplay_previews: bool
    skip: SkipPreference


@strawberry.federation.type(keys=["id"], description="A household: who pays, and the profiles that share the plan.")
@made_of(AccountRow, accounts_by_id)
class Account:
    id: strawberry.ID
    email: str
    email_verified: bool
    status: AccountStatus
    country: CountryCode
    created_at: datetime
    roles: list[Role]
    profiles: list[Profile] = loads(profiles_of)
    devices: DeviceConnection = loads(sign_ins.devices_of, directives=[sized()])
    sessions: list[Session] = loads(sign_ins.sessions_of)
    passkeys: list[Passkey] = loads(sign_ins.passkeys_of)
    consents: list[Consent] = loads(protection.consents_of)
    data_requests: list[DataRequest] = loads(protection.data_requests_of)


@strawberry.type
class Viewer:
    account: Account | None = strawberry.field(description="Null for a partner's or a service's token.")
    profile: Profile | None = strawberry.field(
        description="The profile that the access token is scoped to; null until selectProfile."
    )
    country: CountryCode = strawberry.field(
        description="Where the request comes from: it decides availability, prices and ratings."
    )
    scopes: list[str]
