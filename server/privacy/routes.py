"""Where archives are downloaded: by signed addresses that only their owner is given."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from oauth import archives
from resolvers.identity.downloads import PATH, good
from runtime.resources import Resources

HEADERS = {"content-disposition": 'attachment; filename="marquee-export.zip"', "cache-control": "no-store"}


def privacy_routes() -> list[BaseRoute]:
    """The routes of data protection."""
    return [Route(f"{PATH}/{{request_id:uuid}}", download)]


async def download(request: Request) -> Response:
    """The archive; 403 for an address that is forged or over, 404 where the archive is gone or is not kept here."""
    resources: Resources = request.app.state.resources
    request_id, given = request.path_params["request_id"], request.query_params
    signed = given.get("expires", ""), given.get("signature", "")
    if not good(resources.encryption, request_id, *signed, datetime.now(UTC)):
        return refusal("This address is not valid any more: ask for a new one.", 403)
    archive = await archives.load(resources, request_id) if "identity" in resources.database.engines else None
    if archive is None:
        return refusal("There is no such archive any more: ask for a new copy.", 404)
    return Response(archive, media_type="application/zip", headers=HEADERS)


def refusal(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status, headers={"cache-control": "no-store"})
