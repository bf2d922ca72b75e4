"""A little history for the sign-in viewer, so that the first home screen has something to go on with."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.catalog import TitleKind
from models.identity import ProfileKind
from models.viewing import ListItem, PlaybackSession, ProfileState
from resolvers.viewing.changes import lock_profiles, save_entries
from resolvers.viewing.progress import progress_row, save_progress
from runtime.request import Request
from sandbox.households import Addition, Member, Play, Playable, Taste, Title
from server.seed import watching
from server.seed.accounts import ACCOUNTS, account_of, first_profile
from server.seed.households import exists
from server.seed.starter import Repertoire, repertoire

UNRESTRICTED = 18
"""The age of an adult's profile: nothing is rated above it."""
LISTED = 3


async def seed_viewer(request: Request) -> None:
    """A film and a series in progress and three titles on the list, unless the viewer's profile has a history."""
    _, email, _ = ACCOUNTS[0]
    account_id = await account_of(request, email)
    assert account_id is not None, "the accounts are seeded before"
    profile_id = await first_profile(request, account_id)
    if await exists(request.resources.database, "viewing", col(ProfileState.profile_id), profile_id):
        return
    films = await repertoire(request.resources.database, request.now)
    async with request.write("viewing") as db:
        await store(db, account_id, request.country, member(profile_id, films.titles, request), films)


def member(profile_id: UUID, titles: Sequence[Title], request: Request) -> Member:
    """The viewer's profile with the history to be stored: of what was popular and open to it since two days ago."""
    instants = (request.now - timedelta(days=2), request.now)
    offered = [t for t in titles if all(t.open_to(request.country, UNRESTRICTED, at) for at in instants)]
    popular = sorted(offered, key=lambda title: (-title.popularity, title.id))
    films = [title for title in popular if title.kind is TitleKind.MOVIE]
    series = [title for title in popular if len(title.playables) > 1]
    plays = [*series_begun(profile_id, series[:1], request.now), *film_begun(profile_id, films[:1], request.now)]
    begun = {play.title_id for play in plays}
    others = [title for title in popular if title.id not in begun][:LISTED]
    additions = tuple(Addition(t.id, request.now - timedelta(hours=n + 1)) for n, t in enumerate(others))
    return Member(profile_id, "", ProfileKind.ADULT, UNRESTRICTED, Taste({}), tuple(plays), additions)


def series_begun(profile_id: UUID, series: Sequence[Title], now: datetime) -> Iterator[Play]:
    """The first episode of each, and half of the second, yesterday."""
    for title in series:
        first, second = title.playables[:2]
        yield sitting(profile_id, title, first, 1.0, now - timedelta(days=1, hours=2))
        yield sitting(profile_id, title, second, 0.5, now - timedelta(days=1, hours=1))


def film_begun(profile_id: UUID, films: Sequence[Title], now: datetime) -> Iterator[Play]:
    """Some of each, today."""
    for title in films:
        yield sitting(profile_id, title, title.playables[0], 0.4, now - timedelta(hours=3))


def sitting(profile_id: UUID, title: Title, playable: Playable, fraction: float, at: datetime) -> Play:
    ended = at + timedelta(milliseconds=int(fraction * playable.duration_ms))
    return Play(uuid5(profile_id, str(playable.id)), title.id, playable.id, at, ended, fraction, fraction == 1)


async def store(db: AsyncSession, account_id: UUID, country: str, viewer: Member, films: Repertoire) -> None:
    """Stores the history as heartbeats would; whatever the viewer did meanwhile stays."""
    revisions = await lock_profiles(db, [viewer.id])
    diary = watching.diary_of(viewer, films.playables)
    await add(db, PlaybackSession, list(watching.session_rows(account_id, country, viewer, films.playables)))
    rows = [
        progress_row((viewer.id, id_), progress, films.playables[id_], play.ended_at)
        for id_, (progress, play) in diary.progress.items()
    ]
    await save_progress(db, rows)
    await save_entries(db, revisions, {}, {(viewer.id, title_id): e for title_id, e in diary.entries.items()})
    await add(db, ListItem, list(watching.list_rows(viewer)))


async def add(db: AsyncSession, model: type[SQLModel], rows: Sequence[dict[str, object]]) -> None:
    """Inserts the rows that are not there."""
    if rows:
        await db.execute(insert(model).values(rows).on_conflict_do_nothing())
