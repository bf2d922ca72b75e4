"""What a session's device is called."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.published import PublishedSession
from resolvers.viewing.messages import say
from runtime.request import Request


async def device_name(request: Request, db: AsyncSession) -> str:
    """The name that the device gave when it signed in, for the household to tell its streams apart.

    "A device", in the viewer's language, for a session that identity knows nothing of any more.
    """
    session_id = request.viewer.session_id if request.viewer else None
    query = select(col(PublishedSession.device_name)).where(col(PublishedSession.session_id) == session_id)
    return await db.scalar(query) or say(request.languages, "UNNAMED_DEVICE")
