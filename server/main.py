"""The command line: `marquee`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from runtime.settings import SUBGRAPHS, SettingsError, Subgraph, read_settings
from server.commands import Stop

cli = typer.Typer(
    help="Marquee: the back end of a streaming service.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
keys = typer.Typer(help="The installation's keys.", no_args_is_help=True)
cli.add_typer(keys, name="keys")
client = typer.Typer(help="Which applications may use OAuth here.", no_args_is_help=True)
cli.add_typer(client, name="client")
recommend = typer.Typer(
    help="What profiles may like: models measured, and experiments with the ranking.", no_args_is_help=True
)
cli.add_typer(recommend, name="recommend")
catalog = typer.Typer(help="The catalogue out of files, and into files.", no_args_is_help=True)
cli.add_typer(catalog, name="catalog")
SubgraphOption = Annotated[
    str | None, typer.Option("--subgraph", help=f"One of {', '.join(SUBGRAPHS)}; all of them by default.")
]


@cli.command()
def run() -> None:
    """Starts everything, embedded services included, until Ctrl-C."""
    from server.run import run as run_all

    sys.exit(run_all(read_settings()))


@cli.command()
def serve(subgraph: SubgraphOption = None) -> None:
    """Serves the one graph, or one subgraph alone."""
    from server.serve import serve as serve_app

    serve_app(read_settings(), named(subgraph))


@cli.command()
def worker() -> None:
    """Does the jobs: encoding, mail, ending streams, publishing on time, and more."""
    from server.worker import run_worker

    run_worker(read_settings())


@cli.command()
def migrate(subgraph: SubgraphOption = None) -> None:
    """Brings the databases to the code's schema."""
    from server.migrate import migrate as migrate_databases

    migrate_databases(read_settings(), named(subgraph))


@cli.command()
def seed() -> None:
    """Loads the starter catalogue, the accounts to sign in as, and simulated households."""
    from server.run.screen import Screen
    from server.seed import seed as seed_databases

    with Screen().steps() as report:
        asyncio.run(seed_databases(read_settings(), report))


@cli.command()
def ingest(
    file: Annotated[Path, typer.Argument(help="A video; subtitles beside it (NAME.en.vtt) come along.")],
    title: Annotated[str, typer.Option(help="The slug of the film that it is; SLUG/SEASON/EPISODE for an episode.")],
) -> None:
    """Encodes a file here and now, shows how far it is, and makes the title play it."""
    from server.commands.ingest import ingest_file

    asyncio.run(ingest_file(read_settings(), file, title))


@cli.command()
def token(
    email: str,
    profile: Annotated[str | None, typer.Option(help="The name of the profile to scope it to.")] = None,
) -> None:
    """Prints an access token, for scripts."""
    from server.commands.token import token_for

    typer.echo(asyncio.run(token_for(read_settings(), email, profile)))


@cli.command()
def quality(days: Annotated[int, typer.Option(help="How many days back.")] = 7) -> None:
    """Prints how well playing went: hours, bitrate and stalls, by day."""
    from server.commands.quality import quality_of

    typer.echo("\n".join(asyncio.run(quality_of(read_settings(), days))))


@cli.command()
def train(
    report: Annotated[
        Path | None, typer.Option(help="A file for the report: metrics, and the catalogue's map.")
    ] = None,
    roll_back: Annotated[
        bool, typer.Option("--roll-back", help="The model before ranks again; nothing is trained.")
    ] = False,
    only_report: Annotated[
        bool, typer.Option("--only-report", help="Of the model that ranks; nothing is trained.")
    ] = False,
) -> None:
    """Learns what profiles like. The new model ranks at once, unless it is worse than the last: then exit code 1."""
    from server.commands.train import go_back, report_active, train_now

    if roll_back and only_report:
        raise Stop("Say either --roll-back or --only-report.")
    if only_report:
        asyncio.run(report_active(read_settings(), report or Path("report.html")))
    elif roll_back:
        typer.echo(f"{asyncio.run(go_back(read_settings()))} ranks from now on.")
    else:
        sys.exit(0 if asyncio.run(train_now(read_settings(), report)) else 1)


@recommend.command("evaluate")
def evaluate_recommendations(
    file: Annotated[Path, typer.Argument(help="CSV or TSV with a header: user, item, rating?, timestamp?")],
    features: Annotated[Path | None, typer.Option(help="Likewise: item, and its year, genres or others.")] = None,
    test: Annotated[bool, typer.Option("--test", help="On the test part; by default on the validation part.")] = False,
    tune: Annotated[bool, typer.Option("--tune", help="Chooses the settings first, on the validation part.")] = False,
) -> None:
    """Prints how good the recommendations are on such interactions, beside what they are compared with."""
    from server.commands.recommend import evaluate_file

    for line in evaluate_file(file, features, test, tune):
        typer.echo(line)


@recommend.command()
def experiments(days: Annotated[int, typer.Option(help="How many days back.")] = 14) -> None:
    """Prints how the arms of experiments did: impressions on home, and plays from them."""
    from server.commands.experiments import experiments_of

    typer.echo("\n".join(asyncio.run(experiments_of(read_settings(), days))))


@cli.command()
def roles(
    email: str,
    wanted: Annotated[
        list[str] | None, typer.Option("--set", help="A role to have; again for each. They replace all others.")
    ] = None,
) -> None:
    """Prints an account's roles, or sets them."""
    from server.commands.roles import roles_of

    typer.echo("\n".join(asyncio.run(roles_of(read_settings(), email, wanted or []))))


@keys.command()
def rotate(
    key_encryption: Annotated[bool, typer.Option("--key-encryption", help="What wraps the accounts' keys.")] = False,
    accounts: Annotated[bool, typer.Option("--accounts", help="Each account's own key.")] = False,
    signing: Annotated[bool, typer.Option("--signing", help="What signs access tokens.")] = False,
) -> None:
    """Makes new keys while the server runs: of all kinds, or of those named."""
    from server.commands.keys import rotate as rotate_keys
    from server.run.screen import Screen

    every = not (key_encryption or accounts or signing)
    wanted = (key_encryption or every, accounts or every, signing or every)
    asyncio.run(rotate_keys(read_settings(), Screen(), *wanted))


@client.command("add")
def add_client(
    id: Annotated[str, typer.Argument(help="What it calls itself: small letters, digits and hyphens.")],
    name: Annotated[str, typer.Option(help="What households call it.")],
    redirect_uri: Annotated[
        list[str] | None, typer.Option(help="Where its users come back to; again for each.")
    ] = None,
    grant: Annotated[
        list[str] | None, typer.Option(help="code, refresh, device or credentials; again for each.")
    ] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What it may ask for; repeatable.")] = None,
    first_party: Annotated[bool, typer.Option("--first-party", help="Nobody is asked for consent.")] = False,
    public: Annotated[bool, typer.Option("--public", help="It can keep no secret: an app or a page.")] = False,
    country: Annotated[str | None, typer.Option(help="The country that its own requests see.")] = None,
) -> None:
    """Registers one, and prints its secret: it can't be shown again."""
    from server.commands.clients import NewClient, add_client

    new = NewClient(id, name, redirect_uri or (), grant or (), scope or (), first_party, public, country)
    typer.echo(asyncio.run(add_client(read_settings(), new)) or f"{id} is public: it has no secret.")


@client.command("list")
def list_clients() -> None:
    """Prints who they are and what they may ask for."""
    from server.commands.clients import list_clients

    typer.echo("\n".join(asyncio.run(list_clients(read_settings()))))


@client.command("remove")
def remove_client(id: str) -> None:
    """Removes one, and ends its sessions."""
    from server.commands.clients import remove_client

    typer.echo(f"{asyncio.run(remove_client(read_settings(), id))} of its sessions have ended.")


FormatOption = Annotated[
    str | None, typer.Option("--format", help="jsonl or csv; by default as the file's name ends. Needed for -.")
]


@catalog.command("import")
def import_titles(
    file: Annotated[Path, typer.Argument(help="JSON Lines or CSV, by .gz or not; - for standard input.")],
    format: FormatOption = None,
    language: Annotated[str, typer.Option(help="The original language where a line says none.")] = "en",
    countries: Annotated[str, typer.Option(help="A window for titles without one: US,DE, …")] = "",
    opens: Annotated[str, typer.Option("--from", help="… from this instant on, such as 2026-01-31T18:00:00Z, …")] = "",
    until: Annotated[str, typer.Option(help="… until just before this one; without it for good.")] = "",
    rating: Annotated[
        list[str] | None, typer.Option(help="A rating for titles without any: US=PG-13; CC=CODE:AGE elsewhere.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Shows viewers at once what lacks nothing.")] = False,
    known_genres: Annotated[bool, typer.Option("--known-genres", help="Refuses genres that there are not.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Reports, and changes nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="A file for the report, as JSON Lines.")] = None,
) -> None:
    """Imports titles. Bad lines are reported and left out, and then the exit code is 1. Safe to run twice."""
    from server.commands.catalog import import_file
    from server.exchange.options import checked_options

    flags = {"publish": publish, "known_genres": known_genres, "dry_run": dry_run}
    options = checked_options(language, countries, opens, until, rating or (), **flags)
    outcome = asyncio.run(import_file(read_settings(), file, options, format, report))
    sys.exit(1 if outcome.counts["refused"] else 0)


@catalog.command("export")
def export_titles(
    file: Annotated[Path, typer.Argument(help="It ends in .jsonl or .csv, with .gz or not; - for standard output.")],
    format: FormatOption = None,
) -> None:
    """Exports all titles, drafts as well, so that they can be imported again."""
    from server.commands.catalog import export_file

    asyncio.run(export_file(read_settings(), file, format))


@cli.command()
def graph(
    check: Annotated[bool, typer.Option(help="Writes nothing; fails where a file is stale.")] = False,
) -> None:
    """Writes schema/sdl/: each subgraph's SDL, the supergraph and the API schema."""
    from server.commands.graph import write_graph

    write_graph(check)


@cli.command()
def contract(
    check: Annotated[bool, typer.Option(help="Fails where coordinates went missing that were served before.")] = False,
) -> None:
    """Prints which coordinates of the contract are still missing."""
    from server.commands.contract import print_missing

    print_missing(check)


def named(subgraph: str | None) -> Subgraph | None:
    known = next((name for name in SUBGRAPHS if name == subgraph), None)
    if subgraph is not None and known is None:
        raise Stop(f"There is no subgraph {subgraph!r}: it is one of {', '.join(SUBGRAPHS)}.")
    return known


def main() -> None:
    """What can be put right is one line on stderr and exit code 1; what can't be is a traceback."""
    try:
        cli()
    except (Stop, SettingsError) as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
