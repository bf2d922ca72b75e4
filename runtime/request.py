"""Who asks, in which language and country, and what they may use: one for each operation or event of a subscription."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from strawberry.dataloader import DataLoader

from runtime.resources import Resources
from runtime.tally import Tally

K = TypeVar("K")
V = TypeVar("V")
P = ParamSpec("P")

UNRESTRICTED_AGE = 99


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who bears the access token, and what they may; `account_id` is null for a partner's or a service's token.

    `client_id` names the client of OAuth that the token was issued to; null for our own sign-in.
    """

    account_id: UUID | None
    session_id: UUID | None
    profile_id: UUID | None
    profile_kind: str | None
    maximum_age: int
    scopes: frozenset[str]
    expires_at: datetime
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """`languages` are BCP 47 tags, best first; `now` is the one instant at which the whole operation sees the world.

    `address` is the network address that it comes from, as the server or a proxy that it trusts says; empty if unknown.
    """

    viewer: Viewer | None
    country: str
    languages: tuple[str, ...]
    now: datetime
    resources: Resources
    address: str = ""
    tally: Tally = field(default_factory=Tally)
    loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    references: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def maximum_age(self) -> int:
        """Titles rated above this age are invisible to the viewer."""
        return self.viewer.maximum_age if self.viewer else UNRESTRICTED_AGE

    @property
    def profile_id(self) -> UUID | None:
        """The profile that the access token is scoped to."""
        return self.viewer.profile_id if self.viewer else None

    def renewed(self) -> "Request":
        """The same caller a moment later: nothing loaded yet, nothing counted yet."""
        return replace(self, now=datetime.now(UTC), tally=Tally(), loaders={}, references={})

    def load(
        self,
        batch: Callable[Concatenate["Request", Sequence[K], P], Awaitable[Sequence[V]]],
        key: K,
        *args: P.args,
        **arguments: P.kwargs,
    ) -> Awaitable[V]:
        """`batch`'s result for `key`, fetched together with every other key asked for with equal arguments."""
        name = (batch, freeze(arguments))
        if name not in self.loaders:

            async def load_all(keys: list[K]) -> Sequence[V]:
                return await batch(self, keys, *args, **arguments)

            self.loaders[name] = DataLoader(load_fn=load_all, max_batch_size=1000)
        return self.loaders[name].load(key)

    def read(self, subgraph: str) -> AbstractAsyncContextManager[AsyncConnection]:
        """A short-lived connection for a batch's statements, in the subgraph's role."""
        return self.resources.database.read(subgraph, self.tally)

    @asynccontextmanager
    async def write(self, subgraph: str) -> AsyncIterator[AsyncSession]:
        """The command's one transaction. What was loaded before it is forgotten after it."""
        async with self.resources.database.write(subgraph, self.tally) as session:
            yield session
        self.forget()

    def forget(self) -> None:
        """Lets what follows see the world anew: nothing that was loaded before counts any more."""
        self.loaders.clear()
        self.references.clear()


def freeze(value: Any) -> Hashable:
    """A hashable stand-in for an argument: two arguments are equal where theirs are."""
    if isinstance(value, dict):
        return tuple((name, freeze(value[name])) for name in sorted(value))
    if isinstance(value, list):
        return tuple(map(freeze, value))
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), *(freeze(getattr(value, name)) for name in value.__dataclass_fields__))
    return value  # type: ignore[no-any-return]
