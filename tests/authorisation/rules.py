"""Who may do what: the vocabulary in which the rows of the matrix are written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

ANSWERED = "an answer"
NOTHING = "nothing"
"""Null, or an empty list: it does not exist for this viewer."""
UNAUTHENTICATED, FORBIDDEN = "UNAUTHENTICATED", "FORBIDDEN"


@dataclass(frozen=True)
class Household:
    """The ids of what a household has, by kind."""

    account_id: UUID
    email: str
    roles: tuple[str, ...]
    ids: dict[str, UUID | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Actor:
    """Who asks. `household` is the own one; without it, the token is a client's own or there is none.

    `profile` is the kind of the profile that the token is scoped to. `turned_away` is a bearer of a token that is no
    good: whatever it asks is refused.
    """

    name: str
    token: str | None
    household: Household | None = None
    profile: str | None = None
    scopes: frozenset[str] = frozenset()
    turned_away: bool = False
    refresh_token: str = ""
    named: Household | None = None
    """The household whose ids are named as if they were the own ones: of those who have none, somebody's."""

    @property
    def kids(self) -> bool:
        return self.profile == "KIDS"


@dataclass(frozen=True)
class Rule:
    """What an actor gets: `decide(actor, own)`, where `own` says whether what is asked for is theirs to know of."""

    name: str
    decide: Callable[[Actor, bool], str]
    maybe: bool = False
    """Nothing will do where an answer may be had."""


@dataclass(frozen=True)
class Row:
    """One coordinate's row. A value that has no rule of its own is `through` the only fields that lead to it."""

    rule: Rule
    through: tuple[str, ...] = ()


def answered(if_: bool) -> str:
    return ANSWERED if if_ else NOTHING


def needs_token(actor: Actor, otherwise: str) -> str:
    return UNAUTHENTICATED if actor.token is None else otherwise


def scope(wanted: str) -> Rule:
    """Whoever's token has the scope, for any household."""
    return Rule(wanted, lambda a, own: needs_token(a, ANSWERED if wanted in a.scopes else FORBIDDEN))


PUBLIC = Rule("public", lambda a, own: ANSWERED)
VISIBLE = Rule("what exists for the viewer", lambda a, own: answered(own))
BEARER = Rule("null without a token", lambda a, own: answered(a.token is not None))
SIGNED_IN = Rule("any token", lambda a, own: needs_token(a, ANSWERED))
OWNER = Rule("the own household", lambda a, own: answered(own and a.household is not None))
OWNER_NO_CHILD = Rule(
    "the own household's grown-ups", lambda a, own: answered(own and a.household is not None and not a.kids)
)
SUPPORTED = Rule(
    "the own household, or support",
    lambda a, own: answered((own and a.household is not None) or "support:read" in a.scopes),
)
MEMBER = Rule("whoever has an account", lambda a, own: answered(a.household is not None))
PROFILE = Rule("of the selected profile", lambda a, own: answered(own and a.profile is not None))
INHERITED = Rule("as its parent", lambda a, own: ANSWERED)
SOMETIMES = Rule("as its parent, where there is one", lambda a, own: ANSWERED, maybe=True)
NOT_YET = Rule("nothing has it yet: a later part of the platform fills it", lambda a, own: NOTHING)


def household(child: str = "KIDS_PROFILE", without: str = UNAUTHENTICATED) -> Rule:
    """Whoever has an account; a child's profile gets the code `child`, a client's own token the code `without`."""

    def decide(actor: Actor, own: bool) -> str:
        if actor.household is None:
            return needs_token(actor, without)
        return child if actor.kids else ANSWERED

    return Rule("a household's own", decide)


def player(refusal: str) -> Rule:
    """Whoever has selected a profile; others with a token get the code `refusal`."""
    return Rule("a profile", lambda a, own: needs_token(a, ANSWERED if a.profile else refusal))


ANYONE_AT_HOME = household(child=ANSWERED)
SELECTOR = household(child=ANSWERED, without="PROFILE_NOT_FOUND")
GROWN_UP = household()
REFRESHER = Rule(
    "the bearer of a refresh token; those of a client of OAuth are for its token endpoint",
    lambda a, own: "INVALID_REFRESH_TOKEN" if a.name == "app" else ANSWERED,
)


def rows(type_: str, rule: Rule, fields: str) -> dict[str, Row]:
    """Rows of fields of a type, which all have the rule."""
    return {f"{type_}.{name}": Row(rule) for name in fields.split()}


def through(ways: str, type_: str, fields: str, rule: Rule = INHERITED) -> dict[str, Row]:
    """Rows of fields of a type whose objects no other fields than `ways` lead to."""
    return {f"{type_}.{name}": Row(rule, tuple(ways.split())) for name in fields.split()}


def table(*parts: dict[str, Row]) -> dict[str, Row]:
    """All the rows; a coordinate that has two is an error."""
    joined: dict[str, Row] = {}
    for part in parts:
        if twice := joined.keys() & part.keys():
            raise ValueError(f"two rows: {', '.join(sorted(twice))}")
        joined |= part
    return joined
