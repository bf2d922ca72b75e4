"""The archive: what is in it, who may have it, and that it comes to be whatever happens to the workers."""

import asyncio
import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, text
from sqlmodel import col

from models.identity import DataRequest, JobStatus
from oauth import archives, rotation
from resolvers.identity.downloads import LIFETIME, address_of
from server.privacy import expire_exports, export, exporting
from server.privacy.words import WORDS
from tests.privacy.dumps import leaks
from tests.privacy.households import EXPORT, REQUESTS, Home
from tests.served import Front
from tests.worker import working

EMPTIED = text("delete from jobs.pgqueuer")


async def asked(front: Front, home: Home) -> bytes:
    """The job's payload of a new request; the queue itself is left without it."""
    made = (await front.data(EXPORT, home.token))["answer"]["dataRequest"]
    async with front.database.write("identity") as db:
        await db.execute(EMPTIED)
    return orjson.dumps({"request": made["id"]})


async def newest(front: Front, home: Home) -> dict[str, Any]:
    found: dict[str, Any] = (await front.data(REQUESTS, home.token))["viewer"]["account"]["dataRequests"][0]
    return found


def local(front: Front, url: str) -> str:
    return url.removeprefix(front.resources.settings.address)


async def downloaded(front: Front, home: Home) -> dict[str, bytes]:
    answer = await front.client.get(local(front, (await newest(front, home))["downloadUrl"]))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="marquee-export.zip"'
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_archive_holds_what_the_household_has_from_every_subgraph(
    front: Front, home: Home, neighbours: Home
) -> None:
    await export(front.resources, await asked(front, home))
    files = await downloaded(front, home)
    rows = {name.removesuffix(".json"): orjson.loads(files[name]) for name in files if name.endswith(".json")}
    manifest = rows.pop("manifest")
    assert manifest["sha256"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }
    assert set(rows) == set(WORDS["en"].kinds)
    assert [kind for kind, found in rows.items() if not found] == [], "every kind has something to show"
    assert rows["account"][0] | {"email": home.email, "has_password": True} == rows["account"][0]
    assert home.new_email in [link["email"] for link in rows["mailed_links"]]
    assert [p["name"] for p in rows["profiles"]] == ["Ada Lovelace"]
    assert {row["title"] for kind in ("plays", "progress", "my_list", "thumbs") for row in rows[kind]} == {
        "A film that Ada Lovelace saw"
    }
    assert rows["entitlements"][0]["plan"] == f"plan-{home.plan_id}"
    assert sorted(act["by"] for act in rows["staff_acts"]) == ["our staff", "you"]
    assert [row["granted"] for row in rows["consents"]] == [True, False]


async def test_the_archive_holds_no_secret_and_nobody_else(front: Front, home: Home, neighbours: Home) -> None:
    await export(front.resources, await asked(front, home))
    whole = b"\n".join((await downloaded(front, home)).values()).decode()
    others = [neighbours.email, "Grace Hopper", *map(str, neighbours.ids)]
    assert leaks(whole, [home.token, home.refresh_token, *others]) == []
    assert "$argon2" not in whole
    assert "hash" not in whole


async def test_it_is_explained_in_the_accounts_language(front: Front, home: Home) -> None:
    await export(front.resources, await asked(front, home))
    readme = (await downloaded(front, home))["README.txt"].decode()
    assert readme.startswith(WORDS["de"].title)
    assert all(f"{kind}.json" in readme for kind in WORDS["de"].kinds)


def test_every_kind_has_its_words_in_every_language() -> None:
    assert WORDS["en"].kinds.keys() == WORDS["de"].kinds.keys() == WORDS["es"].kinds.keys()


async def test_what_is_stored_is_sealed(front: Front, home: Home) -> None:
    await export(front.resources, await asked(front, home))
    (key,) = await front.resources.storage.keys("exports")
    sealed = await front.resources.storage.get(key)
    assert b"PK\x03\x04" not in sealed
    assert leaks(sealed.decode(errors="replace"), [home.email, "Ada Lovelace"]) == []


async def test_the_worker_does_it_and_writes(front: Front, home: Home) -> None:
    await front.data(EXPORT, home.token)
    async with working(front.resources), asyncio.timeout(20):
        while (await newest(front, home))["status"] != "SUCCEEDED":  # noqa: ASYNC110  no event of ours
            await asyncio.sleep(0.05)
    async with front.database.read("identity") as db:
        letters = select(text("payload")).select_from(text("jobs.pgqueuer")).where(text("entrypoint = 'letter'"))
        waiting = (await db.scalars(letters)).all()
    mail = front.resources.settings.data / "mail"
    assert any(b"EXPORT_READY" in payload for payload in waiting) or list(mail.iterdir())


@pytest.mark.parametrize("forgery", ["signature", "expires", "request", "nothing", "garbage"])
async def test_a_forged_address_opens_nothing(front: Front, home: Home, neighbours: Home, forgery: str) -> None:
    await export(front.resources, await asked(front, home))
    await export(front.resources, await asked(front, neighbours))
    path, _, query = local(front, (await newest(front, home))["downloadUrl"]).partition("?")
    given = dict(part.split("=") for part in query.split("&"))
    other = (await newest(front, neighbours))["id"]
    changed = {
        "signature": (path, given | {"signature": given["signature"][:-2] + "AA"}),
        "expires": (path, given | {"expires": str(int(given["expires"]) + 60)}),
        "request": (f"/privacy/exports/{other}", given),
        "nothing": (path, {}),
        "garbage": (path, {"expires": "9" * 5000, "signature": "ä"}),
    }
    address, parameters = changed[forgery]
    answer = await front.client.get(address, params=parameters)
    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-store"


async def test_an_address_is_good_for_a_quarter_of_an_hour(front: Front, home: Home) -> None:
    await export(front.resources, await asked(front, home))
    request_id = UUID((await newest(front, home))["id"])
    now = datetime.now(UTC)
    for made_at, status in ((now - LIFETIME + timedelta(seconds=30), 200), (now - LIFETIME, 403)):
        url = address_of(front.resources, request_id, made_at)
        assert (await front.client.get(local(front, url))).status_code == status


async def test_an_archive_is_kept_for_a_week(front: Front, home: Home) -> None:
    await export(front.resources, await asked(front, home))
    url = (await newest(front, home))["downloadUrl"]
    await expire_exports(front.resources, datetime.now(UTC) + archives.KEPT - timedelta(minutes=1))
    assert (await front.client.get(local(front, url))).status_code == 200
    await expire_exports(front.resources, datetime.now(UTC) + archives.KEPT + timedelta(minutes=1))
    assert await front.resources.storage.keys("exports") == []
    assert (await front.client.get(local(front, url))).status_code == 404
    after = await newest(front, home)
    assert (after["status"], after["downloadUrl"]) == ("SUCCEEDED", None)


async def test_a_killed_workers_export_is_made_by_another_and_three_times_at_most(
    front: Front, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = await asked(front, home)

    async def killed(*_: Any) -> Any:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "gather", killed)
        for _ in range(2):
            with pytest.raises(OSError, match="killed"):
                await export(front.resources, payload)
    assert (await newest(front, home))["status"] == "RUNNING"
    await export(front.resources, payload)
    assert (await newest(front, home))["status"] == "SUCCEEDED"
    (kept,) = await front.resources.storage.keys("exports")
    await export(front.resources, payload)
    assert await front.resources.storage.keys("exports") == [kept], "done again it changes nothing"

    payload = await asked(front, home)
    monkeypatch.setattr(exporting, "gather", killed)
    for _ in range(3):
        with pytest.raises(OSError, match="killed"):
            await export(front.resources, payload)
    await export(front.resources, payload)
    assert (await newest(front, home))["status"] == "FAILED"
    assert (await front.data(EXPORT, home.token))["answer"]["dataRequest"]["status"] == "QUEUED", "one may ask again"


async def test_an_archive_still_opens_after_its_key_was_rotated(
    front: Front, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotated after it was made, and while it was being made."""
    gathered = exporting.gather
    times = iter(range(2))

    async def rotated(*given: Any) -> Any:
        kinds = await gathered(*given)
        if next(times) == 0:
            await rotation.renew(front.resources, lambda done, total: None)
        return kinds

    monkeypatch.setattr(exporting, "gather", rotated)
    await export(front.resources, await asked(front, home))
    assert next(times, None) is None, "made once more, since the key was another"
    before = await downloaded(front, home)
    (first,) = await front.resources.storage.keys("exports")
    await rotation.renew(front.resources, lambda done, total: None)
    assert await downloaded(front, home) == before
    (second,) = await front.resources.storage.keys("exports")
    assert second != first
    async with front.database.read("identity") as db:
        status = await db.scalar(select(col(DataRequest.status)))
    assert status is JobStatus.SUCCEEDED
