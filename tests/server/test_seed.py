"""What an empty installation is filled with: once, completely, whatever killed the first attempt, and consistently."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlmodel import SQLModel

from media.artwork import Measured
from runtime.resources import open_resources
from runtime.settings import Settings
from runtime.storage import open_storage
from schema.billing import schema as billing
from schema.identity import schema as identity
from server.seed import ACCOUNTS, seed
from server.seed import households as household_seed
from tests.cluster import Databases
from tests.queries import ask
from tests.requests import make_request, make_viewer

PICTURE = b"a picture", Measured(600, 900, "LKO2?U%2Tw=w]~RBVZRi};RPxuwH")
TABLES = [table.fullname for table in SQLModel.metadata.sorted_tables] + ["jobs.pgqueuer"]
SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code }
viewer { scopes account { id profiles { name kind maximumAge } roles { name } } } } }"""
PLAN = """query ($a: [_Any!]!) { _entities(representations: $a) { ... on Account
{ entitlements { active source validUntil plan { code } } } } }"""


class Killed(Exception):
    """Stands for whatever ends a process in the middle."""


def report(label: str, done: float, total: float, note: str = "") -> None:
    assert 0 <= done <= total


async def blank(draw: Callable[[Any], Any], subjects: Sequence[Any]) -> AsyncIterator[tuple[Any, Any]]:
    """Stands in for the pool of processes: half a minute of drawing is no part of these tests."""
    for subject in subjects:
        yield subject, PICTURE


@pytest.fixture(scope="module", autouse=True)
def undrawn() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.seed.drawn", blank)
        yield


@pytest.fixture(scope="module")
def seeded(
    databases: Databases, migrated: str, valkey_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """An installation that was seeded once, which no test of this module changes."""
    folder = tmp_path_factory.mktemp("seeded")
    with asyncio.Runner() as runner:
        copy = databases.copy(migrated)
        settings = Settings(
            data=folder,
            database_url=runner.run(copy.__aenter__()),
            redis_url=f"{valkey_server}/1",
            storage_url=(folder / "storage").as_uri(),
            default_country="DE",
            default_language="de",
        )
        runner.run(seed(settings, report))
        yield settings
        runner.run(copy.__aexit__(None, None, None))


async def rows(settings: Settings, query: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(settings.database_url, ssl=False)
    try:
        found: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return found
    finally:
        await connection.close()


async def value(settings: Settings, query: str, *arguments: Any) -> Any:
    return (await rows(settings, query, *arguments))[0][0]


async def contents(settings: Settings) -> dict[str, tuple[int, str]]:
    """Each table's number of rows, and a digest of all that is in them."""
    query = "select count(*), md5(string_agg(t::text, '\n' order by t::text)) from {} t"
    return {table: tuple((await rows(settings, query.format(table)))[0]) for table in TABLES}


async def ids(settings: Settings) -> set[str]:
    """The ids that are the same in every installation."""
    tables = ("catalog.title", "catalog.playable", "catalog.media_asset", "catalog.artwork", "billing.plan")
    tables += ("billing.price", "identity.avatar")
    found = [await rows(settings, f"select id::text from {table}") for table in tables]
    made_up = "select id::text from identity.account where email_index <> all($1)"
    async with open_resources(settings) as resources:
        known = [resources.encryption.blind_index(email) for _, email, _ in ACCOUNTS]
    found.append(await rows(settings, made_up, known))
    return {row[0] for part in found for row in part}


async def test_a_second_run_changes_nothing_and_is_quick(seeded):
    before = await contents(seeded)
    began = asyncio.get_running_loop().time()
    await seed(seeded, report)
    assert asyncio.get_running_loop().time() - began < 2, "it takes 0.3 s on a machine that does nothing else"
    assert await contents(seeded) == before
    assert not [table for table, (count, _) in before.items() if not count and table.startswith("viewing.published")]


def killer(*args: Any, **options: Any) -> Any:
    raise Killed


async def half_drawn(draw: Callable[[Any], Any], subjects: Sequence[Any]) -> AsyncIterator[tuple[Any, Any]]:
    for subject in subjects[:10]:
        yield subject, PICTURE
    raise Killed


async def test_a_run_after_killed_ones_completes_them(seeded, settings, monkeypatch):
    settings = settings.model_copy(update={"default_country": "DE", "default_language": "de"})
    kills = {
        "server.seed.catalogue.publish": killer,
        "server.seed.accounts.entitle": killer,
        "server.seed.drawn": half_drawn,
        "server.seed.households.refresh_popularity": killer,
        "server.seed.households.published_entitlement": killer,
        "server.seed.households.published_profile": killer,
        "server.seed.viewer.save_entries": killer,
    }
    for place, instead in kills.items():
        with monkeypatch.context() as patch:
            patch.setattr(place, instead)
            with pytest.raises(Killed):
                await seed(settings, report)
    await seed(settings, report)
    counted = {table: count for table, (count, _) in (await contents(settings)).items()}
    expected = {table: count for table, (count, _) in (await contents(seeded)).items()}
    # which titles are open, and so what is watched, depends on the moment
    moving = [table for table in TABLES if table.startswith("viewing.") and table != "viewing.profile_state"]
    for table in moving:
        assert counted.pop(table) == pytest.approx(expected.pop(table), rel=0.02), table
    assert counted == expected
    assert await ids(settings) == await ids(seeded)


@pytest.mark.parametrize(("role", "email", "password"), ACCOUNTS)
async def test_the_accounts_can_sign_in(seeded, role, email, password):
    given = {"email": email, "password": password, "device": {"name": "A browser", "kind": "WEB"}}
    async with open_resources(seeded) as resources:
        request = make_request(resources, now=datetime.now(UTC))
        payload = (await ask(identity, request, SIGN_IN, input=given))["signIn"]
        await clear_sessions(seeded)
    assert payload["userErrors"] == []
    assert payload["accessToken"]
    assert {"name": role} in payload["viewer"]["account"]["roles"]
    kinds = [profile["kind"] for profile in payload["viewer"]["account"]["profiles"]]
    assert kinds == (["ADULT", "TEEN", "KIDS"] if role == "viewer" else ["ADULT"])
    ages = [profile["maximumAge"] for profile in payload["viewer"]["account"]["profiles"]]
    assert ages == ([18, 12, 6] if role == "viewer" else [18])
    assert bool(payload["viewer"]["scopes"]) == (role != "viewer")


async def clear_sessions(settings: Settings) -> None:
    await rows(settings, "delete from identity.device")


async def test_a_simulated_household_can_sign_in(seeded):
    device = {"name": "A browser", "kind": "WEB"}
    given = {"email": "household-007@marquee.example", "password": household_seed.PASSWORD, "device": device}
    async with open_resources(seeded) as resources:
        request = make_request(resources, now=datetime.now(UTC))
        payload = (await ask(identity, request, SIGN_IN, input=given))["signIn"]
        await clear_sessions(seeded)
    assert payload["userErrors"] == []
    assert payload["viewer"]["account"]["profiles"]


async def test_viewer_and_administrator_have_premium_for_good(seeded):
    codes = {}
    async with open_resources(seeded) as resources:
        for role, email, _ in ACCOUNTS:
            index = resources.encryption.blind_index(email)
            account_id = await value(seeded, "select id from identity.account where email_index = $1", index)
            request = make_request(resources, make_viewer(account_id=account_id), now=datetime.now(UTC))
            account = {"__typename": "Account", "id": str(account_id)}
            (found,) = (await ask(billing, request, PLAN, a=[account]))["_entities"]
            codes[role] = found["entitlements"]
    premium = {"active": True, "source": "GRANT", "validUntil": None, "plan": {"code": "premium"}}
    assert codes["viewer"] == codes["administrator"] == premium
    assert not codes["editor"]["active"]


async def test_plans_are_sold_by_month_and_year_in_eight_countries(seeded):
    prices = await rows(
        seeded,
        "select country, code, interval, currency, amount_minor"
        " from billing.price join billing.plan p on p.id = plan_id",
    )
    assert {row["country"] for row in prices} == {"US", "GB", "DE", "AT", "ES", "FR", "MX", "CA"}
    assert {row["currency"] for row in prices} == {"USD", "GBP", "EUR", "MXN", "CAD"}
    amounts = {(row["country"], row["code"], row["interval"]): row["amount_minor"] for row in prices}
    assert len(amounts) == 8 * 3 * 2
    for country in {row["country"] for row in prices}:
        cheap, middle, best = (amounts[country, code, "MONTH"] for code in ("standard-with-ads", "standard", "premium"))
        assert 0 < cheap < middle < best < amounts[country, "premium", "YEAR"] < 12 * best


PUBLISHED = {
    "accounts": (
        "select account_id, epoch, status, country from identity.published_account",
        "select id, epoch, status, country from identity.account",
    ),
    "profiles": (
        "select profile_id, account_id, name, kind, maximum_age, language, audio_languages::text,"
        " subtitle_languages::text, subtitle_mode from identity.published_profile",
        "select id, account_id, name, kind, maximum_age, language, to_jsonb(audio_languages)::text,"
        " to_jsonb(subtitle_languages)::text, subtitle_mode from identity.profile",
    ),
    "entitlements": (
        "select entitlement_id, account_id, plan_id, rank, max_streams, max_profiles, max_devices, max_height, ads,"
        " valid_until from billing.published_entitlement",
        "select e.id, account_id, plan_id, rank, max_streams, max_profiles, max_devices, max_height, ads, valid_until"
        " from billing.entitlement e join billing.plan p on p.id = plan_id",
    ),
    "titles": (
        "select title_id, kind, release_year, added_at from catalog.published_title",
        "select id, kind, release_year, added_at from catalog.title",
    ),
    "playables": (
        "select playable_id, kind, title_id, number from catalog.published_playable",
        "select id, kind, title_id, number from catalog.playable",
    ),
}


@pytest.mark.parametrize("what", PUBLISHED)
async def test_published_tables_agree_with_their_owners(seeded, what):
    published, owned = [{tuple(row) for row in await rows(seeded, query)} for query in PUBLISHED[what]]
    assert len(owned) > 100
    assert published == owned


async def test_nobody_watched_what_was_not_open_to_them(seeded):
    open_then = (
        "exists (select from catalog.published_window w where w.title_id = s.title_id and w.country = a.country"
        " and w.minimum_age <= p.maximum_age and w.opens_at <= s.started_at"
        " and (w.closes_at is null or w.closes_at > s.started_at))"
    )
    query = (
        f"select count(*), count(*) filter (where {open_then}), count(distinct p.profile_id),"
        " count(*) filter (where pl.title_id = s.title_id and s.ended_at is not null)"
        " from viewing.playback_session s"
        " left join identity.published_profile p using (profile_id, account_id)"
        " left join identity.published_account a using (account_id)"
        " left join catalog.published_playable pl using (playable_id)"
    )
    ((plays, allowed, profiles, ended),) = await rows(seeded, query)
    assert plays > 25_000
    assert allowed == ended == plays
    assert profiles > 1000


async def test_every_history_obeys_the_rules_of_viewing(seeded):
    """What heartbeats would have left: see resolvers/viewing/rules.py."""
    wrong = {
        "in progress, but not": (
            "select count(*) from viewing.continue_watching c left join viewing.progress g"
            " using (profile_id, playable_id) where c.reason = 'IN_PROGRESS' and g.watched is not false"
        ),
        "next episode of one that is not watched": (
            "select count(*) from viewing.continue_watching c where c.reason = 'NEXT_EPISODE'"
            " and not exists (select from viewing.progress g where g.watched"
            " and (g.profile_id, g.title_id) = (c.profile_id, c.title_id))"
        ),
        "changed, but without a revision": (
            "select count(*) from viewing.continue_watching c left join viewing.profile_state s using (profile_id)"
            " where coalesce(s.revision, 0) = 0"
        ),
        "watched, but never played": (
            "select count(*) from viewing.progress g where not exists (select from viewing.playback_session s"
            " where s.profile_id = g.profile_id and s.playable_id = g.playable_id)"
        ),
    }
    assert {name: await value(seeded, query) for name, query in wrong.items()} == dict.fromkeys(wrong, 0)
    reasons = dict(await rows(seeded, "select reason, count(*) from viewing.continue_watching group by reason"))
    assert min(reasons["IN_PROGRESS"], reasons["NEXT_EPISODE"]) > 100


async def test_popularity_tells_the_titles_apart(seeded):
    scores = [row[0] for row in await rows(seeded, "select score from viewing.published_popularity order by 1 desc")]
    assert scores[0] == 1
    assert len(scores) > 150
    assert scores[len(scores) // 2] < 0.3


async def test_the_viewer_has_two_things_in_progress_and_three_on_the_list(seeded):
    async with open_resources(seeded) as resources:
        index = resources.encryption.blind_index(ACCOUNTS[0][1])
    adult = await value(
        seeded,
        "select p.id from identity.profile p join identity.account a on a.id = account_id"
        " where email_index = $1 and kind = 'ADULT'",
        index,
    )
    entries = await rows(
        seeded,
        "select t.kind, c.reason from viewing.continue_watching c join catalog.published_title t using (title_id)"
        " where profile_id = $1 order by t.kind",
        adult,
    )
    assert [tuple(entry) for entry in entries] == [("MOVIE", "IN_PROGRESS"), ("SERIES", "IN_PROGRESS")]
    assert await value(seeded, "select count(*) from viewing.list_item where profile_id = $1", adult) == 3
    assert await value(seeded, "select revision from viewing.profile_state where profile_id = $1", adult) >= 2


async def test_each_house_film_waits_to_be_made_once(seeded):
    assets = await rows(
        seeded,
        "select a.id, a.source_key, a.status from catalog.media_asset a"
        " join catalog.playable p on p.asset_id = a.id and p.title_id = a.target_id",
    )
    assert len(assets) == 4
    assert {asset["status"] for asset in assets} == {"QUEUED"}
    assert all(asset["source_key"].startswith("sources/house/") for asset in assets)
    jobs = await rows(
        seeded,
        "select convert_from(payload, 'utf8')::jsonb ->> 'asset_id' from jobs.pgqueuer where entrypoint = 'house_film'",
    )
    assert sorted(row[0] for row in jobs) == sorted(str(asset["id"]) for asset in assets)
    assert await value(seeded, "select count(*) from catalog.playable where asset_id is null") == 0


async def test_every_picture_that_is_named_is_stored(seeded):
    query = "select object_key from catalog.artwork union all select object_key from identity.avatar"
    named = [row[0] for row in await rows(seeded, query)]
    stored = await open_storage(seeded.storage).keys("artwork")
    assert sorted(named) == stored
    assert len([key for key in stored if key.startswith("artwork/avatars/")]) == 12
