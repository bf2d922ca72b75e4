"""What fills an empty installation: plans, the starter catalogue, accounts to sign in as, and simulated households."""

from datetime import UTC, datetime

from media.artwork import measured
from runtime.request import Request
from runtime.resources import open_resources
from runtime.settings import Settings
from sandbox.seed_artwork import draw_all
from server.pool import drawn
from server.run.screen import Report
from server.seed.accounts import ACCOUNTS, seed_accounts
from server.seed.avatars import seed_avatars
from server.seed.catalogue import seed_catalogue
from server.seed.clients import seed_clients
from server.seed.households import seed_households
from server.seed.plans import seed_plans
from server.seed.viewer import seed_viewer

__all__ = ["ACCOUNTS", "seed"]


async def seed(settings: Settings, report: Report) -> None:
    """Brings migrated databases and the object store to what a new installation has.

    Each step looks for what it would make and adds only what is missing: a second run changes nothing, and a run after
    a killed one completes it. What the server shows at first comes first: catalogue, accounts, pictures, households.
    """
    async with open_resources(settings) as resources:
        now = datetime.now(UTC)
        request = Request(None, settings.default_country, (settings.default_language,), now, resources)
        await seed_plans(resources.database)
        await seed_catalogue(resources.database, now, report)
        await seed_avatars(resources)
        await seed_accounts(request)
        await seed_clients(request)
        await draw_all(resources.database, resources.storage, report, pool=drawn, measure=measured)
        await seed_households(request, report)
        await seed_viewer(request)
