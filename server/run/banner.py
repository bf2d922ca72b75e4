"""What one can do, once everything runs."""

import json
from collections.abc import Sequence

from rich.text import Text
from sqlalchemy import select
from sqlmodel import col

from models.catalog import MediaAsset, MediaAssetStatus, Title
from runtime.database import Database
from runtime.settings import Settings

FIRST_QUERY = "{ titles(first: 3) { edges { node { name releaseYear genres { name } } } } }"

Account = tuple[str, str, str]
"""Role, e-mail and password."""


async def banner(settings: Settings) -> Text:
    """Where GraphiQL and a film are, whom to sign in as, and a first query."""
    from server.seed import ACCOUNTS

    return compose(settings, await a_film(settings), ACCOUNTS)


def compose(settings: Settings, slug: str | None, accounts: Sequence[Account]) -> Text:
    """The banner's text, with some of it bold."""
    address = settings.address
    body = json.dumps({"query": FIRST_QUERY})
    text = Text()
    text.append("\nMarquee is running", "bold green").append(" (Ctrl-C stops it)\n\n")
    text.append("  GraphiQL    ").append(f"{address}/graphql\n", "bold")
    text.append("  Watch       ").append(f"{address}/watch/{slug or '{slug}'}\n", "bold")
    text.append(f"  Logs        {settings.data / 'logs'}\n\n")
    text.append("  Sign in as\n")
    for role, email, password in accounts:
        text.append(f"    {role:<15} {email:<32} password {password}\n")
    text.append("\n  A first query, for GraphiQL\n").append(f"    {FIRST_QUERY}\n", "cyan")
    text.append("  or for a shell\n")
    text.append(f"    curl -s {address}/graphql -H 'Content-Type: application/json' -d '{body}'\n", "cyan")
    return text


async def a_film(settings: Settings) -> str | None:
    """The slug of a film that plays, or of the first that will; None if there is none."""
    ready = col(MediaAsset.status) == MediaAssetStatus.READY
    query = (
        select(col(Title.slug))
        .join(MediaAsset, col(MediaAsset.target_id) == col(Title.id))
        .order_by(ready.desc(), col(MediaAsset.created_at), col(MediaAsset.id))
        .limit(1)
    )
    database = Database.connect(settings, ("catalog",))
    try:
        async with database.read("catalog") as connection:
            return (await connection.execute(query)).scalar()
    finally:
        await database.close()
