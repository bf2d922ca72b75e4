"""The baseline: the home screen's one answer by Starlette, asyncpg and orjson alone, written for nothing else."""

import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from media.artwork import Addresses, Picture
from runtime.keyfiles import secret
from runtime.tokens import TokenKeys

ROWS, TITLES, FOLD_ROWS, FOLD_TITLES, FEWEST, LONGEST = 10, 20, 4, 6, 4, 100
TYPES = {"MOVIE": "Movie", "SERIES": "Series"}
HEADINGS = {
    "CONTINUE_WATCHING": "Continue watching",
    "MY_LIST": "My list",
    "TRENDING": "Trending now",
    "NEW_RELEASES": "New on Marquee",
    "LEAVING_SOON": "Leaving soon",
}
VISIBLE = """exists (select from catalog.published_window w where w.title_id = t.title_id and w.country = $2
 and w.minimum_age <= $3 and (w.closes_at is null or w.closes_at > now()))"""
CONTINUING = f"""select t.title_id, t.kind
 from viewing.continue_watching c join catalog.published_title t using (title_id)
 where c.profile_id = $1 and {VISIBLE} order by c.updated_at desc, c.title_id desc limit {LONGEST}"""
LISTED = f"""select t.title_id, t.kind from viewing.list_item l join catalog.published_title t using (title_id)
 where l.profile_id = $1 and {VISIBLE} order by l.added_at desc, l.title_id desc limit {LONGEST}"""
SHARED = f"""with pool as (
 select t.title_id, t.kind, t.genre_ids, coalesce(p.score, 0) as score,
  greatest(min(w.opens_at), t.added_at) as opened, max(coalesce(w.closes_at, 'infinity')) as closes
 from catalog.published_title t join catalog.published_window w using (title_id)
 left join viewing.published_popularity p using (title_id)
 where w.country = $1 and w.minimum_age <= $2 and w.opens_at <= now() and (w.closes_at is null or w.closes_at > now())
 group by t.title_id, p.score)
select 'TRENDING' as kind, null::uuid as genre, null::jsonb as names,
 (array_agg(title_id order by score desc, title_id))[1:{LONGEST}] as titles,
 (array_agg(kind order by score desc, title_id))[1:{LONGEST}] as kinds, 0 as weight from pool where score > 0
union all select 'NEW_RELEASES', null, null, (array_agg(title_id order by opened desc, title_id))[1:{LONGEST}],
 (array_agg(kind order by opened desc, title_id))[1:{LONGEST}], 0 from pool
union all select 'LEAVING_SOON', null, null, (array_agg(title_id order by closes, title_id))[1:{LONGEST}],
 (array_agg(kind order by closes, title_id))[1:{LONGEST}], 0 from pool where closes < now() + interval '30 days'
union all select 'GENRE', g.genre_id, g.names, (array_agg(title_id order by score desc, title_id))[1:{LONGEST}],
 (array_agg(kind order by score desc, title_id))[1:{LONGEST}], sum(score)
 from pool join catalog.published_genre g on g.genre_id = any(genre_ids) group by g.genre_id, g.names"""
NAMES = """select t.id, (select name from catalog.title_text x where x.title_id = t.id
 order by array_position(array['en', t.original_language::text], x.language::text), x.language limit 1)
 from catalog.title t where t.id = any($1)"""
POSTERS = """select distinct on (owner_id) owner_id, id, object_key, width, height, blurhash from catalog.artwork
 where owner_id = any($1) and kind = 'POSTER' order by owner_id, language nulls first, id"""
GENRES = """select g.title_id, g.genre_id, n.names->>'en' from catalog.title_genre g
 join catalog.genre n on n.id = g.genre_id where g.title_id = any($1) order by g.title_id, g.position"""
PROGRESS = """select playable_id, position_ms, duration_ms from viewing.progress
 where profile_id = $1 and playable_id = any($2)"""

Row = tuple[str, str, str, list[tuple[UUID, str]]]
"""Id, kind, heading, and titles with their kinds."""


async def home(request: Request) -> Response:
    claims = request.app.state.keys.verify(request.headers["authorization"].partition(" ")[2])
    profile, country, age = UUID(claims["profile"]), claims["country"], claims["maximum_age"]
    pool = request.app.state.pool
    rows = await rows_of(pool, profile, country, age)
    titles = await titles_of(pool, request.app.state.addresses, profile, {t for row in rows for t in row[3]})
    edges = [
        {
            "node": {
                "id": identity,
                "kind": kind,
                "heading": heading,
                "titles": {"edges": [{"node": titles[title]} for title, _ in members]},
            }
        }
        for identity, kind, heading, members in rows
    ]
    body = {"data": {"viewer": {"profile": {"home": {"edges": edges}}}}}
    return Response(orjson.dumps(body, default=str), media_type="application/json")


async def rows_of(pool: Any, profile: UUID, country: str, age: int) -> list[Row]:
    continuing = await pool.fetch(CONTINUING, profile, country, age)
    listed = await pool.fetch(LISTED, profile, country, age)
    shared: defaultdict[str, list[Any]] = defaultdict(list)
    for row in await pool.fetch(SHARED, country, age):
        if row["titles"]:
            shared[row["kind"]].append(row)
    genres = [row for row in shared["GENRE"] if len(row["titles"]) >= FEWEST]
    genres.sort(key=lambda row: (-row["weight"], str(row["genre"])))
    found: list[Row] = [
        (f"row:{profile}:{kind}", kind, HEADINGS[kind], [tuple(row) for row in rows])
        for kind, rows in (("CONTINUE_WATCHING", continuing), ("MY_LIST", listed))
    ]
    for row in [*shared["TRENDING"], *shared["NEW_RELEASES"], *genres, *shared["LEAVING_SOON"]]:
        kind, genre = row["kind"], row["genre"]
        identity = f"row:{profile}:{kind}" + (f":{genre}" if genre else "")
        heading = orjson.loads(row["names"])["en"] if genre else HEADINGS[kind]
        found.append((identity, kind, heading, list(zip(row["titles"], row["kinds"], strict=True))))
    return first_rows(found)


def first_rows(found: list[Row]) -> list[Row]:
    shown: set[UUID] = set()
    kept: list[Row] = []
    for identity, kind, heading, members in found:
        left = [member for member in members if member[0] not in shown]
        if len(kept) >= FOLD_ROWS:
            left = members if kind == "LEAVING_SOON" else [*left, *(one for one in members if one[0] in shown)]
        shown.update(title for title, _ in left[:FOLD_TITLES])
        if left:
            kept.append((identity, kind, heading, left[:TITLES]))
    return kept[:ROWS]


async def titles_of(
    pool: Any, addresses: Addresses, profile: UUID, members: set[tuple[UUID, str]]
) -> dict[UUID, dict[str, Any]]:
    ids = [title for title, _ in members]
    names = dict(await pool.fetch(NAMES, ids))
    posters = {}
    for owner, *columns in await pool.fetch(POSTERS, ids):
        picture = Picture(*columns)
        width, height = picture.size_at(None)
        posters[owner] = {"url": addresses.public(picture, width), "width": width, "height": height}
    genres: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for title, genre, name in await pool.fetch(GENRES, ids):
        genres[title].append({"id": genre, "name": name})
    films = [title for title, kind in members if kind == "MOVIE"]
    progress = {
        playable: {"positionMs": position, "durationMs": duration}
        for playable, position, duration in await pool.fetch(PROGRESS, profile, films)
    }
    return {
        title: {
            "__typename": TYPES[kind],
            "id": title,
            "name": names[title],
            "artwork": posters.get(title),
            "genres": genres[title],
        }
        | ({"progress": progress.get(title)} if kind == "MOVIE" else {})
        for title, kind in members
    }


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    keys = Path(os.environ["MARQUEE_DATA"]) / "keys"
    address = os.environ["MARQUEE_PUBLIC_URL"]
    app.state.keys = TokenKeys.from_folder(keys, address)
    app.state.addresses = Addresses(secret(keys / "artwork-signing-1", lambda: token_bytes(32)), address)
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as app.state.pool:
        yield


if __name__ == "__main__":
    application = Starlette(routes=[Route("/home", home)], lifespan=lifespan)
    uvicorn.run(application, port=int(os.environ["MARQUEE_PORT"]), log_level="warning", access_log=False)
