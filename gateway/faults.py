"""Errors as clients see them: a stable code, a trace id, and nothing about our insides."""

import structlog
from graphql import GraphQLError, GraphQLSyntaxError, ValueNode, VariableDefinitionNode

from runtime.database import is_connection_lost
from runtime.errors import BadInput, Fault

log = structlog.get_logger()


def masked(error: GraphQLError, trace_id: str, executing: bool) -> GraphQLError:
    """The error with `extensions.code` and `extensions.traceId`; what is unexpected is logged and loses its message."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):  # graphql-core wraps what it located
        cause = cause.original_error
    message, code = described(error, cause, executing)
    if code in ("INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"):
        log.error("field_failed", path=error.path, code=code, trace_id=trace_id, exc_info=cause or error)
    extensions = {"code": code, "traceId": trace_id}
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)


def described(error: GraphQLError, cause: Exception | None, executing: bool) -> tuple[str, str]:
    if isinstance(cause, Fault):
        return str(cause), cause.code
    if isinstance(error, GraphQLSyntaxError):
        return error.message, "GRAPHQL_PARSE_FAILED"
    if is_connection_lost(cause):
        return "A service that this needs does not answer: try again soon.", "SERVICE_UNAVAILABLE"
    if cause is not None and not is_about_input(error):
        return "Something went wrong on our side.", "INTERNAL_SERVER_ERROR"
    return error.message, BadInput.code if executing else "GRAPHQL_VALIDATION_FAILED"


def is_about_input(error: GraphQLError) -> bool:
    """Whether a value is none of its type, such as a DateTime without an offset; the message says so."""
    return any(isinstance(node, (VariableDefinitionNode, ValueNode)) for node in error.nodes or ())
