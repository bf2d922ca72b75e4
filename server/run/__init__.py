"""`marquee run`: the whole platform by one command, on whatever of its services are given."""

import asyncio
import signal
from collections.abc import Sequence

from runtime.settings import SUBGRAPHS, Settings, SettingsError
from server.embedded import EmbeddedError
from server.embedded.service import keep_short
from server.processes import Command, Supervisor, python, stop_leftovers
from server.run.checks import RunError, check_port, folder_lock
from server.run.environment import environment_of
from server.run.screen import Screen
from server.run.services import services

GIVEN = {"database_url", "redis_url", "storage_url", *(f"{subgraph}_database_url" for subgraph in SUBGRAPHS)}
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(settings: Settings) -> int:
    """Runs Marquee until it is told to stop (Ctrl-C, SIGTERM or SIGHUP); the exit code for the shell.

    It is a development installation unless MARQUEE_DEVELOPMENT says otherwise. Whatever the reader can put right (a
    taken port, a database that does not answer) is one line on stderr and code 1.
    """
    screen = Screen()
    if "development" not in settings.model_fields_set:
        settings = settings.model_copy(update={"development": True})
    try:
        asyncio.run(until_told_to_stop(settings, screen))
    except (RunError, EmbeddedError, SettingsError) as error:
        screen.refuse(str(error))
        return 1
    return 0


async def until_told_to_stop(settings: Settings, screen: Screen) -> None:
    work = asyncio.create_task(everything(settings, screen))
    loop = asyncio.get_running_loop()
    told = False

    def stop() -> None:
        # Only once: a second Ctrl-C must not break off the orderly end that the first began.
        nonlocal told
        if not told:
            told = True
            screen.say("Stopping …")
            work.cancel()

    for number in STOPPING:
        loop.add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        if not told:
            raise
        screen.say("Stopped.")


async def everything(settings: Settings, screen: Screen) -> None:
    """Starts all there is, in order, and stays until it is cancelled; then stops it in the opposite order."""
    with folder_lock(settings.data):
        notes = settings.data / "processes.json"
        for name in await asyncio.to_thread(stop_leftovers, notes):
            screen.say(f"Stopped the {name} of an earlier run that was killed.")
        check_port(settings)
        if settings.model_fields_set & GIVEN:
            from server.run.given import check_given_services

            await check_given_services(settings)
        async with services(settings, screen) as complete, Supervisor(notes, screen.say) as children:
            await platform(complete, screen, children)


async def platform(settings: Settings, screen: Screen, children: Supervisor) -> None:
    # Before its databases are migrated, which it waits for: it has seconds of imports to do meanwhile.
    server = await children.start(command(settings, "server", python("server.main", "serve")))
    # Here, not above: all this takes seconds to import, and the server imports as much meanwhile.
    from server.migrate import migrate
    from server.run.banner import banner
    from server.run.ingest import show_ingest
    from server.run.readiness import until_ready
    from server.seed import seed

    with screen.step("Bringing the databases to the code's schema"):
        await asyncio.to_thread(migrate, settings)
    with screen.steps() as report:
        await seed(settings, report)
    with screen.step("Waiting for the server"):
        await until_ready(settings, server)
    # After the server, for which it would compete: nobody waits for a film before they can ask for one.
    await children.start(command(settings, "worker", python("server.main", "worker")))
    screen.show(await banner(settings))
    await show_ingest(settings, screen)
    await children.wait()


def command(settings: Settings, name: str, arguments: Sequence[str]) -> Command:
    """A child with these very settings; what it logs goes to a file, so that the screen stays readable."""
    log = settings.data / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    keep_short(log)
    return Command(name, arguments, environment_of(settings), log)
