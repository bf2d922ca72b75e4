"""Documents that ask for every field there is, each under an alias that is its coordinate; and how answers are read."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLEnumType, GraphQLSchema, get_named_type, is_required_argument

from tests.authorisation.coordinates import fields, possible
from tests.authorisation.rules import ANSWERED, NOTHING, UNAUTHENTICATED, Actor, Row


@dataclass(eq=False)
class Asked:
    """A field that a document asks for, and what it asks below it, by type."""

    coordinate: str
    arguments: str = ""
    parent: "Asked | None" = None
    below: dict[str, list["Asked"]] = field(default_factory=dict)

    @property
    def alias(self) -> str:
        return self.coordinate.replace(".", "__")

    def __str__(self) -> str:
        name = self.coordinate.partition(".")[2]
        parts = [f"... on {type_} {{ {' '.join(map(str, asked))} }}" for type_, asked in self.below.items() if asked]
        selection = f" {{ __typename {' '.join(parts)} }}" if self.below else ""
        return f"{self.alias}: {name}{self.arguments}{selection}"

    def all(self) -> Iterator["Asked"]:
        yield self
        for asked in self.below.values():
            for one in asked:
                yield from one.all()


def grow(schema: GraphQLSchema, roots: Iterable[Asked], known: set[str], closed: Iterable[str] = ()) -> None:
    """Adds all that is to be had below the roots, each coordinate once: those in `known` are left out, and all that
    were added are in it afterwards. Nothing is asked below the types and fields in `closed`."""
    everything = fields(schema)
    queue = deque(roots)
    while queue:
        asked = queue.popleft()
        for type_ in possible(schema, everything[asked.coordinate]):
            names = [] if {type_.name, asked.coordinate} & set(closed) else list(type_.fields)
            wanted = [c for c in (f"{type_.name}.{name}" for name in names) if c not in known]
            known.update(wanted)
            asked.below[type_.name] = [Asked(c, required(everything[c].args), asked) for c in wanted]
            queue.extend(asked.below[type_.name])


def required(arguments: Mapping[str, Any]) -> str:
    """What must be given, where any value will do: the first of an enumeration, the country that the tests ask from."""
    given = []
    for name, argument in arguments.items():
        if is_required_argument(argument):
            kind = get_named_type(argument.type)
            assert isinstance(kind, GraphQLEnumType) or name == "country", f"say what to ask with as {name}"
            value = next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else '"US"'
            given.append(f"{name}: {value}")
    return f"({', '.join(given)})" if given else ""


def outcomes(response: Mapping[str, Any]) -> dict[str, str]:
    """What came of each coordinate: an answer, or the code of its error. Those with neither are missing."""
    found: dict[str, str] = {}
    for alias in answers(response.get("data")):
        found[alias.replace("__", ".", 1)] = ANSWERED
    for error in response.get("errors", ()):
        names = [part for part in error.get("path") or () if isinstance(part, str)]
        found[names[-1].replace("__", ".", 1) if names else ""] = error["extensions"]["code"]
    return found


def answers(value: Any) -> Iterator[str]:
    """The aliases below which anything stands: not null, and no list of nothing."""
    if isinstance(value, list):
        for item in value:
            yield from answers(item)
    elif isinstance(value, dict):
        for alias, inner in value.items():
            if alias != "__typename" and is_something(inner):
                yield alias
            yield from answers(inner)


def is_something(value: Any) -> bool:
    return any(map(is_something, value)) if isinstance(value, list) else value is not None


def expected(asked: Asked, rows: Mapping[str, Row], actor: Actor, own: bool) -> str:
    """What the rows say: below what isn't answered there is nothing."""
    parent = asked.parent
    if parent is not None and expected(parent, rows, actor, own) != ANSWERED:
        return NOTHING
    return rows[asked.coordinate].rule.decide(actor, own)


def wrong(
    roots: Iterable[Asked], response: Mapping[str, Any], rows: Mapping[str, Row], actor: Actor, own: bool
) -> list[str]:
    """The cells that are not as the rows say, each by actor and coordinate; of what is missing, the topmost alone."""
    found = outcomes(response)
    if actor.turned_away:
        return [] if response.get("data") is None and found == {"": UNAUTHENTICATED} else [f"{actor.name}: {found}"]
    problems, missing = [], set[Asked | None]()
    for asked in (one for root in roots for one in root.all()):
        wanted, got = expected(asked, rows, actor, own), found.pop(asked.coordinate, NOTHING)
        maybe = rows[asked.coordinate].rule.maybe
        if got == NOTHING and (maybe or wanted != NOTHING or asked.parent in missing):
            missing.add(asked)
        if got != wanted and not (got == NOTHING and (maybe or asked.parent in missing)):
            problems.append(f"{actor.name}: {asked.coordinate} should be {wanted}, and is {got}")
    return problems + [f"{actor.name}: {got} at {where or 'the whole'}" for where, got in found.items()]
