"""Puts small worlds together: what the other subgraphs publish, written by hand in their roles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from media.signing import EdgeSigner, UrlSigner
from models.catalog import PlayableKind, TitleKind
from models.columns import new_id
from models.identity import AccountStatus, ProfileKind
from models.published import (
    PublishedAccount,
    PublishedEntitlement,
    PublishedGenre,
    PublishedPlayable,
    PublishedPopularity,
    PublishedProfile,
    PublishedRevision,
    PublishedTitle,
    PublishedWindow,
)
from models.viewing import PopularityRevision
from runtime.request import Request
from runtime.resources import Resources
from schema.viewing import schema
from tests.queries import ask
from tests.requests import NOW, make_request, make_viewer

LONG_AGO = NOW - timedelta(days=200)
MINUTE = 60_000
LENGTH = 100 * MINUTE
REVISIONS: dict[str, Any] = {"catalog": PublishedRevision, "viewing": PopularityRevision}
SECRET = b"a secret for tests only"


@dataclass
class World:
    """One household with one profile, unless a test adds more. A title is known by its id."""

    resources: Resources
    account_id: UUID = field(default_factory=new_id)
    profile_id: UUID = field(default_factory=new_id)
    episodes: dict[UUID, list[UUID]] = field(default_factory=dict)

    async def begin(self, **entitlement: Any) -> None:
        self.resources.shared[UrlSigner] = EdgeSigner(SECRET, "http://edge.test")
        await self.household(self.account_id, **entitlement)
        await self.profile(self.account_id, self.profile_id)

    async def insert(self, subgraph: str, *rows: Any) -> None:
        """Stores rows, and raises the revision by which whoever keeps them in memory knows."""
        async with self.resources.database.write(subgraph) as db:
            db.add_all(rows)
            if subgraph in REVISIONS:
                await db.execute(update(REVISIONS[subgraph]).values(revision=REVISIONS[subgraph].revision + 1))

    async def household(
        self,
        account_id: UUID,
        streams: int = 2,
        height: int = 1080,
        until: datetime | None = None,
        entitled: bool = True,
    ) -> None:
        status = AccountStatus.ACTIVE
        await self.insert("identity", PublishedAccount(account_id=account_id, epoch=1, status=status, country="US"))
        if entitled:
            await self.entitle(account_id, streams, height, until)

    async def entitle(
        self, account_id: UUID, streams: int, height: int = 1080, until: datetime | None = None, rank: int = 1
    ) -> None:
        limits = {"max_streams": streams, "max_profiles": 5, "max_devices": 5, "max_height": height, "ads": False}
        row = PublishedEntitlement(
            entitlement_id=new_id(), account_id=account_id, plan_id=new_id(), rank=rank, **limits
        )
        row.valid_until = until
        await self.insert("billing", row)

    async def profile(
        self,
        account_id: UUID,
        profile_id: UUID,
        name: str = "Ada",
        age: int = 99,
        audio: Sequence[str] = ("en",),
        subtitles: Sequence[str] = (),
        mode: str = "FOREIGN_AUDIO",
    ) -> None:
        row = PublishedProfile(profile_id=profile_id, account_id=account_id, name=name, kind=ProfileKind.ADULT)
        row.maximum_age, row.language, row.subtitle_mode = age, "en", mode
        row.audio_languages, row.subtitle_languages = list(audio), list(subtitles)
        await self.insert("identity", row)

    async def title(
        self,
        kind: TitleKind,
        age: int = 0,
        opens: datetime = LONG_AGO,
        closes: datetime | None = None,
        genres: Sequence[UUID] = (),
        score: float = 0,
        added: datetime = LONG_AGO,
    ) -> UUID:
        title = PublishedTitle(title_id=new_id(), kind=kind, genre_ids=list(genres), release_year=1950, added_at=added)
        window = PublishedWindow(
            title_id=title.title_id, country="US", opens_at=opens, closes_at=closes, minimum_age=age
        )
        await self.insert("catalog", title, window)
        if score:
            await self.insert("viewing", PublishedPopularity(title_id=title.title_id, score=score))
        return title.title_id

    async def playable(
        self,
        title_id: UUID,
        kind: PlayableKind,
        number: int | None = None,
        ready: bool = True,
        duration_ms: int = LENGTH,
        credits_ms: int | None = None,
        height: int = 2160,
        lowest: int = 240,
        audio: Sequence[str] = ("en", "de"),
        subtitles: Sequence[str] = ("en", "de", "es"),
    ) -> UUID:
        row = PublishedPlayable(playable_id=title_id if kind is PlayableKind.MOVIE else new_id(), kind=kind)
        row.title_id, row.season_number, row.number = title_id, number and 1, number
        row.prefix, row.duration_ms = ("media/a/b", duration_ms) if ready else (None, None)
        row.min_height, row.max_height, row.credits_start_ms = lowest, height, credits_ms
        row.audio_languages, row.subtitle_languages = list(audio), list(subtitles)
        await self.insert("catalog", row)
        return row.playable_id

    async def movie(self, ready: bool = True, credits_ms: int | None = None, **options: Any) -> UUID:
        title_id = await self.title(TitleKind.MOVIE, **options)
        return await self.playable(title_id, PlayableKind.MOVIE, ready=ready, credits_ms=credits_ms)

    async def series(self, episodes: int = 3, **options: Any) -> UUID:
        title_id = await self.title(TitleKind.SERIES, **options)
        made = [await self.playable(title_id, PlayableKind.EPISODE, number=n + 1) for n in range(episodes)]
        self.episodes[title_id] = made
        return title_id

    async def genre(self, **names: str) -> UUID:
        genre = PublishedGenre(genre_id=new_id(), slug=str(new_id()), names=names)
        await self.insert("catalog", genre)
        return genre.genre_id

    def request(self, **options: Any) -> Request:
        """A request of the household's profile; options as of make_viewer and make_request."""
        chosen = {name: options.pop(name) for name in ("maximum_age", "account_id", "profile_id") if name in options}
        viewer = make_viewer(**({"account_id": self.account_id, "profile_id": self.profile_id} | chosen))
        return make_request(self.resources, viewer, **options)

    async def ask(self, query: str, request: Request | None = None, **variables: Any) -> Any:
        return await ask(schema, request or self.request(), query, **variables)

    async def of_profile(self, fields: str, request: Request | None = None, profile_id: UUID | None = None) -> Any:
        """The fields of the viewer's profile, as a router asks for them."""
        asked = request or self.request()
        return await self.entity("Profile", profile_id or asked.profile_id or self.profile_id, fields, asked)

    async def entity(self, type_: str, id_: UUID, fields: str, request: Request | None = None) -> Any:
        [found] = await self.entities(type_, [id_], fields, request)
        return found

    async def entities(self, type_: str, ids: Sequence[UUID], fields: str, request: Request | None = None) -> Any:
        query = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on {type_} {{ id {fields} }} }} }}"
        of = [{"__typename": type_, "id": str(id_)} for id_ in ids]
        return (await self.ask(query, request, of=of))["_entities"]

    async def start(self, playable_id: UUID, request: Request | None = None, **given: Any) -> Any:
        """What startPlayback answers."""
        chosen = {"playableId": str(playable_id), "idempotencyKey": str(new_id())} | given
        return (await self.ask(START, request, input=chosen))["startPlayback"]

    async def play(self, playable_id: UUID, request: Request | None = None) -> str:
        """A new session's id."""
        started = await self.start(playable_id, request)
        assert started["__typename"] == "PlaybackSession", started
        return started["id"]

    async def beat(self, session_id: str, sequence: int, position_ms: int, request: Request | None = None) -> Any:
        """What heartbeat answers."""
        given = {"sessionId": session_id, "sequence": sequence, "positionMs": position_ms, "state": "PLAYING"}
        return (await self.ask(HEARTBEAT, request, input=given))["heartbeat"]

    async def stop(self, session_id: str, position_ms: int, request: Request | None = None) -> Any:
        return (await self.ask(STOP, request, id=session_id, at=position_ms))["stopPlayback"]

    async def watch(self, playable_id: UUID, position_ms: int, request: Request | None = None) -> None:
        """Plays up to a position, and stops there."""
        await self.stop(await self.play(playable_id, request), position_ms, request)

    async def continuing(self, request: Request | None = None) -> list[tuple[str, str, str]]:
        """Continue-watching: title, playable and reason of each entry."""
        fields = "continueWatching { edges { node { title { id } playable { id } reason } } }"
        edges = (await self.of_profile(fields, request))["continueWatching"]["edges"]
        return [(e["node"]["title"]["id"], e["node"]["playable"]["id"], e["node"]["reason"]) for e in edges]


STREAM = "sessionId profileName deviceName startedAt positionMs playable { __typename id }"
START = f"""
    mutation ($input: StartPlaybackInput!) {{ startPlayback(input: $input) {{ __typename
        ... on PlaybackSession {{
            id resumeAtMs audioLanguage subtitleLanguage maxHeight heartbeatIntervalMs expiresAt thumbnailsUrl
            playable {{ __typename id progress {{ positionMs }} }} nextEpisode {{ id }} drm {{ system }}
            adBreaks {{ id }} manifests {{ protocol url cdn }}
        }}
        ... on PlaybackDenied {{ reason message availableFrom activeStreams {{ {STREAM} }} }}
    }} }}
"""
PLAYED = "playable { __typename id progress { positionMs durationMs percent watched playCount lastWatchedAt } }"
ERRORS = "userErrors { code message path }"
HEARTBEAT = f"""mutation ($input: HeartbeatInput!) {{ heartbeat(input: $input) {{
    {PLAYED} command {{ kind reason message }} {ERRORS} }} }}"""
STOP = f"mutation ($id: ID!, $at: Int!) {{ stopPlayback(sessionId: $id, positionMs: $at) {{ {PLAYED} {ERRORS} }} }}"
