"""The origin of pictures: artwork in the sizes that the graph names, and avatars as they are."""

from datetime import UTC, datetime

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from media.artwork import Claim, Derived, NotAPicture, Picture, addresses_of, claim_of
from media.files import content_type
from resolvers.catalog.artwork import picture_at
from runtime.resources import Resources
from runtime.settings import Subgraph
from runtime.storage import MissingObject, StorageError
from server.delivery import FOREVER

MEDIA_TYPE = "image/webp"
log = structlog.get_logger()


def artwork_routes(subgraph: Subgraph | None) -> list[Route]:
    """Avatars in every process; artwork where the catalog is, which knows what of it may be seen."""
    avatars = Route("/artwork/avatars/{name}", avatar)
    return [avatars, Route("/artwork/{path:path}", artwork)] if subgraph in (None, "catalog") else [avatars]


async def avatar(request: Request) -> Response:
    """One of the pictures that profiles choose from; they are no secret."""
    resources: Resources = request.app.state.resources
    key = f"artwork/avatars/{request.path_params['name']}"
    try:
        data = await resources.storage.get(key)
    except MissingObject:
        return nothing()
    return Response(data, media_type=content_type(key), headers={"cache-control": FOREVER})


async def artwork(request: Request) -> Response:
    """The picture at a signed address. One that may not be seen answers as one that never was: 404, after one look-up.

    An address is of no country and no viewer, so that a cache may give it to all.
    """
    resources: Resources = request.app.state.resources
    path: str = request.path_params["path"]
    now = datetime.now(UTC)
    claim = claim_of(path)
    found = await picture_at(resources, claim.id, now) if claim else None
    if claim is None or found is None:
        return nothing()
    picture, shown = found
    if not addresses_of(resources).genuine(path, picture, claim):
        return nothing()
    if claim.expires_at is None:
        return await served(resources, picture, claim, FOREVER) if shown else nothing()
    left = claim.expires_at - int(now.timestamp())
    return await served(resources, picture, claim, f"private, max-age={left}") if left > 0 else nothing()


async def served(resources: Resources, picture: Picture, claim: Claim, kept: str) -> Response:
    try:
        data = await derived_of(resources).get(picture, claim.width)
    except MissingObject as error:
        log.error("artwork_missing", picture=str(picture.id), error=str(error))
        return nothing()
    except NotAPicture as error:
        log.error("artwork_broken", picture=str(picture.id), key=picture.object_key, error=str(error))
        return failure(500, "This picture is broken.")
    except StorageError as error:
        log.error("artwork_storage", picture=str(picture.id), error=str(error))
        return failure(503, "Pictures can't be had at the moment.")
    return Response(data, media_type=MEDIA_TYPE, headers={"cache-control": kept})


def derived_of(resources: Resources) -> Derived:
    found: Derived = resources.shared.get(Derived) or Derived(resources.storage, addresses_of(resources))
    resources.shared[Derived] = found
    return found


def nothing() -> Response:
    return failure(404, "There is no such picture.")


def failure(status: int, reason: str) -> Response:
    return PlainTextResponse(reason, status, {"cache-control": "no-store"})
