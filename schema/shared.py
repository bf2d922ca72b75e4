"""Types that every subgraph has: each is the same in all, so that clients see one."""

from datetime import date, datetime
from typing import Any

import strawberry
from strawberry.federation.schema_directives import ListSize
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from runtime.scalars import CountryCode, CurrencyCode, LanguageTag, Url


@strawberry.federation.type(shareable=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.federation.type(
    shareable=True,
    description="Why a mutation changed nothing. "
    "Expected refusals come as data; unexpected faults come as GraphQL errors.",
)
class UserError:
    code: str = strawberry.field(description="Stable, SCREAMING_SNAKE_CASE.")
    message: str = strawberry.field(description="For people, in the language of the request.")
    path: list[str] | None = strawberry.field(
        description='Input path, such as ["input", "pin"]; null where no single field is at fault.'
    )


@strawberry.federation.type(shareable=True)
class AcknowledgedPayload:
    user_errors: list[UserError]


def instant(value: Any) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value!r} is not an instant with an offset")
    return value.isoformat().replace("+00:00", "Z")


def parse_instant(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset, such as 2026-01-01T12:00:00Z")
    return moment


def text_scalar(name: str, description: str) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, serialize=str, parse_value=str)


SCALARS: dict[Any, Any] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 instant, always with an offset.",
        serialize=instant,
        parse_value=parse_instant,
    ),
    date: strawberry.scalar(name="Date", serialize=date.isoformat, parse_value=date.fromisoformat),
    Url: text_scalar("URL", "An absolute http(s) address."),
    LanguageTag: text_scalar("LanguageTag", "BCP 47 language tag, such as pt-BR."),
    CountryCode: text_scalar("CountryCode", "ISO 3166-1 alpha-2 country code."),
    CurrencyCode: text_scalar("CurrencyCode", "ISO 4217 currency code."),
}


def config() -> StrawberryConfig:
    """The configuration of every subgraph's schema."""
    return StrawberryConfig(scalar_map=SCALARS)


def sized(most: int = 20, fields: bool = True) -> ListSize:
    """@listSize of a connection (its `edges`), or with `fields=False` of a list that `first` bounds."""
    return ListSize(
        slicing_arguments=["first"],
        sized_fields=["edges"] if fields else strawberry.UNSET,
        assumed_size=most,
        require_one_slicing_argument=strawberry.UNSET,
    )
