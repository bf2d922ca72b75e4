"""Every field and every ID argument has its row, and every row its field."""

import pytest
from graphql import extend_schema, parse

from tests.authorisation.calls import CALLS, LISTENING, asked
from tests.authorisation.coordinates import (
    GRAPH,
    WAYS,
    fields,
    id_arguments,
    rows_of,
    schema_of,
    unlisted_ways,
    without_row,
)
from tests.authorisation.doors import questions
from tests.authorisation.entities import entities
from tests.authorisation.ids import ID_ARGUMENTS


@pytest.mark.parametrize("way", WAYS)
def test_every_field_has_its_row(way: str) -> None:
    assert without_row(fields(schema_of(way)), rows_of(way)) == []


@pytest.mark.parametrize("way", WAYS)
def test_every_row_has_its_field(way: str) -> None:
    assert sorted(rows_of(way).keys() - fields(schema_of(way)).keys()) == []


@pytest.mark.parametrize("way", WAYS)
def test_values_without_a_rule_of_their_own_are_reached_as_their_rows_say(way: str) -> None:
    assert unlisted_ways(schema_of(way), rows_of(way)) == []


ADDED = """
extend type Account { secret: String }
extend type Query { everything: String }
extend type PageInfo { total: Int }
extend type Mutation { burn(accountId: ID!, input: HeartbeatInput): Boolean }
extend input ProfileInput { friendId: ID }
"""


def test_whatever_is_added_fails_until_it_has_its_row() -> None:
    schema = extend_schema(schema_of(GRAPH), parse(ADDED))
    added = ["Account.secret", "Mutation.burn", "PageInfo.total", "Query.everything"]
    assert without_row(fields(schema), rows_of(GRAPH)) == added
    assert sorted(id_arguments(schema) - ID_ARGUMENTS.keys()) == [
        "Mutation.burn(accountId:)",
        "Mutation.burn(input.sessionId:)",
        "Mutation.createProfile(settings.friendId:)",
        "Mutation.updateProfile(input.friendId:)",
    ]


def test_a_new_way_to_a_value_fails_until_its_row_names_it() -> None:
    schema = extend_schema(schema_of(GRAPH), parse("extend type Query { anyDevice: Device }"))
    assert "Device.id is also reached through Query.anyDevice" in unlisted_ways(schema, rows_of(GRAPH))


@pytest.mark.parametrize("way", WAYS)
def test_every_field_is_asked_of_everybody(way: str) -> None:
    """The documents of the other tests reach every coordinate, and each root field has its call."""
    roots = [root for _, root in questions(way)]
    roots += entities(way).values()
    for kind, called in (("Mutation", CALLS), ("Subscription", LISTENING)):
        roots += [asked(way, f"{kind}.{name}", ()) for name in called if f"{kind}.{name}" in rows_of(way)]
    reached = {one.coordinate for root in roots for one in root.all()}
    assert without_row(fields(schema_of(way)), dict.fromkeys(reached)) == []  # type: ignore[arg-type]


def test_every_id_argument_has_its_row() -> None:
    assert sorted(id_arguments(schema_of(GRAPH)) ^ ID_ARGUMENTS.keys()) == []
