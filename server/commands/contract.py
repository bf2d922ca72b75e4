"""`marquee contract`: what of the public contract is not served yet."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import typer
from graphql import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

from server.commands import Stop
from subgraphs import SUBGRAPHS

ROOT = Path(__file__).parent.parent.parent
CONTRACT = ROOT / "schema" / "contract"
MISSING = CONTRACT / "missing.txt"

Coordinate = tuple[str, str]
"""What must be equal, and the description."""
Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode


def print_missing(check: bool) -> None:
    """Prints the missing coordinates and notes them in schema/contract/missing.txt; with `check` the note must be
    true, and no longer than it was in the commit before."""
    missing = [line for name in SUBGRAPHS for line in missing_of(name)]
    typer.echo("\n".join(missing) or "The whole contract is served.")
    if not check:
        MISSING.write_text("".join(f"{line}\n" for line in missing))
        return
    if not MISSING.exists() or MISSING.read_text().splitlines() != missing:
        raise Stop("schema/contract/missing.txt is stale: run `make contract` and commit what it writes.")
    if lost := sorted(set(missing) - set(noted_before())):
        raise Stop(f"These were served before, and must be again: {', '.join(lost)}.")


def missing_of(subgraph: str) -> list[str]:
    """The coordinates of a subgraph's contract that its schema lacks, or has otherwise than the contract says."""
    served = coordinates(SUBGRAPHS[subgraph].schema.as_str())  # type: ignore[index]
    wanted = coordinates((CONTRACT / f"{subgraph}.graphql").read_text())
    return [f"{subgraph} {name}" for name, (form, told) in wanted.items() if not fulfils(served.get(name), form, told)]


def fulfils(served: Coordinate | None, form: str, told: str) -> bool:
    """Whether what is served has this form, and this description where the contract has one."""
    return served is not None and served[0] == form and told in ("", served[1])


def noted_before() -> list[str]:
    """The list in the commit before the one that last changed it; where there is none, the list itself."""
    path = MISSING.relative_to(ROOT).as_posix()
    log = ["git", "-C", str(ROOT), "log", "--format=%H", "-2", "--", path]
    commits = subprocess.run(log, capture_output=True, text=True, check=True).stdout.split()
    if len(commits) < 2:
        return MISSING.read_text().splitlines()
    show = ["git", "-C", str(ROOT), "show", f"{commits[1]}:{path}"]
    return subprocess.run(show, capture_output=True, text=True, check=True).stdout.splitlines()


def coordinates(sdl: str) -> dict[str, Coordinate]:
    """Every schema coordinate of a document, with all that the contract says of it."""
    found: dict[str, Coordinate] = {}
    for definition in parse(sdl).definitions:
        found |= dict(of_definition(definition))
    return found


def of_definition(node: DefinitionNode) -> Iterator[tuple[str, Coordinate]]:
    if isinstance(node, Fielded):
        yield node.name.value, form(node)
        for field in node.fields or ():
            name = f"{node.name.value}.{field.name.value}"
            yield name, form(field, print_ast(field.type), default(field))
            for argument in getattr(field, "arguments", None) or ():
                yield f"{name}({argument.name.value}:)", form(argument, print_ast(argument.type), default(argument))
    elif isinstance(node, EnumTypeDefinitionNode):
        yield node.name.value, form(node)
        for value in node.values or ():
            yield f"{node.name.value}.{value.name.value}", form(value)
    elif isinstance(node, UnionTypeDefinitionNode):
        yield node.name.value, form(node, " | ".join(sorted(print_ast(member) for member in node.types or ())))
    elif isinstance(node, ScalarTypeDefinitionNode):
        yield node.name.value, ("", "")


def form(node: object, *parts: str) -> Coordinate:
    """What must be equal (interfaces, directives and the parts given), and the description."""
    directives = sorted(normal(directive) for directive in getattr(node, "directives", None) or ())
    interfaces = sorted(print_ast(interface) for interface in getattr(node, "interfaces", None) or ())
    description = getattr(node, "description", None)
    return "\n".join([*parts, *interfaces, *directives]), description.value.strip() if description else ""


def normal(directive: object) -> str:
    arguments = sorted(print_ast(argument) for argument in directive.arguments or ())  # type: ignore[attr-defined]
    return f"@{directive.name.value}({', '.join(arguments)})"  # type: ignore[attr-defined]


def default(node: FieldDefinitionNode | InputValueDefinitionNode) -> str:
    value = getattr(node, "default_value", None)
    return print_ast(value) if value is not None else ""
