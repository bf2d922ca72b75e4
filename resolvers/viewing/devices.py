"""What a session's device is called."""

from resolvers.viewing.messages import say
from runtime.request import Request


async def device_name(request: Request) -> str:
    """The name of the device that asks, for the household to tell its streams apart.

    Identity publishes no device names yet, so each is "A device" in the viewer's language.
    """
    return say(request.languages, "UNNAMED_DEVICE")
