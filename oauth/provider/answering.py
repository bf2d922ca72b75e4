"""One request to the provider, in one transaction, with all the grants and endpoints that there are."""

from collections.abc import Callable

from authlib.oauth2 import OAuth2Error
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from oauth.authenticate import changed
from oauth.provider.code_grant import Challenge, CodeGrant
from oauth.provider.endpoints import DeviceAuthorization, Introspection, Revocation
from oauth.provider.grants import ClientCredentials, DeviceCode, Refresh
from oauth.provider.openid import IdToken
from oauth.provider.requests import ProviderRequest, form_of
from oauth.provider.server import Provider
from runtime.resources import Resources


def provider_of(resources: Resources, db: AsyncSession) -> Provider:
    provider = Provider(resources, db)
    provider.register_grant(CodeGrant, [Challenge(), IdToken(provider)])
    provider.register_grant(DeviceCode, [IdToken(provider)])
    for grant in (Refresh, ClientCredentials):
        provider.register_grant(grant)
    for endpoint in (DeviceAuthorization, Revocation, Introspection):
        provider.register_endpoint(endpoint)
    return provider


async def answered(http: HttpRequest, answer: Callable[[Provider, ProviderRequest], Response]) -> Response:
    """What `answer` makes of a posted form."""
    try:
        request = ProviderRequest(http, await form_of(http))
    except OAuth2Error as error:
        status, body, headers = error()
        return JSONResponse(body, status, headers=dict(headers))
    resources: Resources = http.app.state.resources
    async with resources.database.write("identity") as db:
        provider = provider_of(resources, db)
        response = await db.run_sync(lambda _: answer(provider, request))
        if response.status_code >= 400 and not provider.keeps:
            await db.rollback()
    for account_id in provider.touched:
        changed(resources.hub, account_id)
    return response
