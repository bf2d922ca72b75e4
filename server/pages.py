"""What is neither GraphQL nor media: pages, keys, and whether we are well."""

from pathlib import Path

import structlog
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from runtime.resources import Resources

WEB = Path(__file__).parent.parent / "web" / "dist"
log = structlog.get_logger()


def routes() -> list[BaseRoute]:
    """The routes that every process has; the pages are there once web/ is built."""
    return [
        Route("/", lambda request: RedirectResponse("/graphql")),
        Route("/health/live", lambda request: PlainTextResponse("ok")),
        Route("/health/ready", ready),
        Route("/.well-known/jwks.json", keys),
        Route("/watch/{name}", watch),
        Mount("/web", StaticFiles(directory=WEB, check_dir=False)),
    ]


async def ready(request: Request) -> Response:
    """200 where queries can be answered. Without Valkey they can: it is named, but costs push alone."""
    resources: Resources = request.app.state.resources
    checks = {name: await postgres_answers(resources, name) for name in resources.database.engines}
    healthy = all(checks.values())
    checks["valkey"] = await valkey_answers(resources)
    body = {name: "ok" if well else "does not answer" for name, well in checks.items()}
    return JSONResponse(body, status_code=200 if healthy else 503)


async def postgres_answers(resources: Resources, subgraph: str) -> bool:
    try:
        async with resources.database.read(subgraph) as db:
            await db.execute(text("select 1"))
    except (SQLAlchemyError, OSError) as error:
        log.warning("postgres_away", subgraph=subgraph, error=str(error))
        return False
    return True


async def valkey_answers(resources: Resources) -> bool:
    try:
        await resources.valkey.ping()
    except (RedisError, OSError) as error:
        log.warning("valkey_away", error=str(error))
        return False
    return True


async def keys(request: Request) -> Response:
    """The JSON Web Key Set by which access tokens are verified (RFC 7517)."""
    resources: Resources = request.app.state.resources
    headers = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
    return JSONResponse(resources.tokens.public(), headers=headers)


async def watch(request: Request) -> Response:
    """The page that plays a title; it asks the graph for the rest."""
    page = WEB / "watch.html"
    if not page.exists():
        return PlainTextResponse("The watch page is not built: run `make web`.", status_code=404)
    return FileResponse(page, headers={"cache-control": "no-cache"})
