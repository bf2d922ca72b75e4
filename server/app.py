"""The ASGI application: the one graph, or one subgraph alone."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from strawberry.schema import BaseSchema

from gateway.merge import merge
from gateway.view import GraphView
from media.signing import UrlSigner
from oauth.hosted.routes import hosted_routes
from oauth.provider.routes import provider_routes
from runtime.resources import Resources, open_resources
from runtime.settings import SUBGRAPHS as NAMES
from runtime.settings import Settings, Subgraph
from server.artwork import artwork_routes
from server.delivery import delivery_routes
from server.mailbox import mailbox_routes
from server.middleware import RequestLog
from server.pages import WEB, routes
from server.privacy import privacy_routes
from server.signing import signer_of
from subgraphs import SUBGRAPHS

COMPRESSED = Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)


def create_app(settings: Settings, subgraph: Subgraph | None = None) -> Starlette:
    """The application of this process; its resources are opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_resources(settings, (subgraph,) if subgraph else NAMES) as resources:
            signer = signer_of(settings)
            resources.shared[UrlSigner] = signer
            app.state.resources = resources
            app.state.graph = view_of(resources, subgraph)
            app.router.routes.extend(delivery_routes(resources.storage, signer))
            quieten_collector()
            async with app.state.graph.following():
                yield

    return Starlette(
        routes=[
            *(Route("/graphql", Graph(), middleware=[COMPRESSED]), WebSocketRoute("/graphql", Graph())),
            *routes(),
            *artwork_routes(subgraph),
            *mailbox_routes(settings),
            *privacy_routes(),
            *([*hosted_routes(), *provider_routes()] if subgraph in (None, "identity") else ()),
        ],
        middleware=[Middleware(RequestLog)],
        lifespan=lifespan,
    )


def quieten_collector() -> None:
    """What is loaded by now stays, so the collector need not look at it again; and a large answer alone is no reason
    to look: its thousands of short-lived objects hold no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


class Graph:
    """Hands requests and sockets to the view that the lifespan made."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["app"].state.graph(scope, receive, send)


def view_of(resources: Resources, subgraph: Subgraph | None) -> GraphView:
    schema: BaseSchema = SUBGRAPHS[subgraph].schema if subgraph else one_graph()
    return GraphView(schema, resources, subgraph or "identity", WEB / "graphql.html")


@cache
def one_graph() -> BaseSchema:
    """All subgraphs' schemas merged into one."""
    return merge({name: served.schema for name, served in SUBGRAPHS.items()})
