"""Which SQL statements a request sent, for `extensions` in development and for query-count tests."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """The statements that one request sent to Postgres, in order; BEGIN and COMMIT are not counted."""

    statements: list[str] = field(default_factory=list)


def count(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    """SQLAlchemy's `before_cursor_execute`: adds the statement to the tally that its connection was opened with."""
    tally: Tally | None = connection.get_execution_options().get("tally")
    if tally is not None:
        tally.statements.append(statement)
