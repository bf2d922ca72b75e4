"""`marquee catalog`: titles out of files, and into files."""

import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from runtime.resources import open_resources
from runtime.settings import Settings
from server.commands import Stop
from server.exchange.exporting import export
from server.exchange.importing import import_source
from server.exchange.options import Options
from server.exchange.outcome import Outcome, Report
from server.exchange.sources import source
from server.run.screen import Screen

FORMATS = ("jsonl", "csv")


async def import_file(
    settings: Settings, path: Path, options: Options, kind: str | None = None, report_to: Path | None = None
) -> Outcome:
    """Imports what is good of the file, and says on standard error what is not; Stop for one that can't be read."""
    check_format(kind)
    with ExitStack() as open_files:
        lines = open_files.enter_context(source(path, kind))
        try:
            file = open_files.enter_context(report_to.open("wb")) if report_to else None
        except OSError as error:
            raise Stop(f"--report: {report_to}: {error.strerror or error}.") from error
        show = open_files.enter_context(Screen().steps())
        async with open_resources(settings, ("catalog",)) as resources:
            label = f"{'Checking' if options.dry_run else 'Importing'} {lines.name}"
            report = Report(sys.stderr, file)
            return await import_source(
                resources.database, lines, options, report, lambda done, total: show(label, done, total)
            )


async def export_file(settings: Settings, path: Path, kind: str | None = None) -> int:
    """Writes all titles; how many there are. Stop for a file that can't be written."""
    check_format(kind)
    screen = Screen(Console(stderr=True, highlight=False, soft_wrap=True))
    async with open_resources(settings, ("catalog",)) as resources:
        with screen.steps() as show:
            return await export(
                resources.database, path, kind, lambda done, total: show(f"Exporting to {path.name}", done, total)
            )


def check_format(kind: str | None) -> None:
    if kind is not None and kind not in FORMATS:
        raise Stop(f"--format: {kind!r} is none of {', '.join(FORMATS)}.")
