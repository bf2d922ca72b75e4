"""What happens around every operation: its Request is made, its errors are masked, its SQL is told in development."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from copy import copy
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import ParserCache, SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway.caller import Caller
from gateway.faults import masked
from runtime.request import Request


class PerEvent(StrawberryGraphQLCoreExecutionContext):
    """Executes each event of a subscription with a Request of its own: what one event loaded is stale for the next."""

    def build_per_event_executor(self, payload: Any) -> Any:
        executor: Any = copy(super().build_per_event_executor(payload))
        executor.context_value = self.context_value.renewed()
        return executor


class DocumentCache(ParserCache):
    """Keeps parsed documents. One that does not parse is left to Strawberry, which says so in its own way."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        with suppress(GraphQLError):
            context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


class OperationExtension(SchemaExtension):
    """Turns the Caller into a Request, once an operation, and the operation's errors into what clients may see."""

    async def on_operation(self) -> AsyncIterator[None]:
        self.fault: Exception | None = None
        self.streamed = False
        self.executing = False
        self.trace_id = ""
        caller = self.execution_context.context
        if isinstance(caller, Caller):
            self.trace_id = caller.trace_id
            try:
                self.execution_context.context = await caller.request()
            except Exception as fault:  # not ours to raise: Strawberry would show clients its text, SQL and all
                self.fault = fault
        yield
        if not self.streamed:
            self.mask(self.execution_context.result)

    def on_validate(self) -> Iterator[None]:
        if self.fault is not None:  # before anything is executed for a caller whom we don't know
            self.execution_context.pre_execution_errors = [GraphQLError(str(self.fault), original_error=self.fault)]
        yield

    def on_execute(self) -> Iterator[None]:
        self.executing = True
        yield

    def on_stream_result(self, result: Any) -> Iterator[None]:
        self.streamed = True
        self.mask(result)
        yield

    def mask(self, result: Any) -> None:
        if getattr(result, "errors", None):
            result.errors = [masked(error, self.trace_id, self.executing) for error in result.errors]

    def get_results(self) -> dict[str, Any]:
        request = self.execution_context.context
        if not isinstance(request, Request) or not request.resources.settings.development:
            return {}
        statements = request.tally.statements
        return {"sql": {"count": len(statements), "statements": list(statements)}}
