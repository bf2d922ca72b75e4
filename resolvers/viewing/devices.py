"""What a sign-in's device is called."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.published import PublishedSession
from resolvers.viewing.messages import say
from runtime.errors import Unauthenticated
from runtime.request import Request


async def device_name(request: Request, db: AsyncSession) -> str:
    """The name that the device gave when it signed in, for the household to tell its streams apart.

    "A device", in the viewer's language, where it gave none. Unauthenticated where the sign-in has just ended.
    """
    session_id = request.viewer.session_id if request.viewer else None
    if session_id is None:
        return say(request.languages, "UNNAMED_DEVICE")
    query = select(col(PublishedSession.device_name)).where(col(PublishedSession.session_id) == session_id)
    found = (await db.execute(query)).one_or_none()
    if found is None:
        raise Unauthenticated("The session has ended: sign in again.")
    return found.device_name or say(request.languages, "UNNAMED_DEVICE")
