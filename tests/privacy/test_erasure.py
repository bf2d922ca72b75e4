"""Erasure: what is gone afterwards, who is untouched, and that whoever is killed at it is followed by another."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlmodel import SQLModel, col

from models.catalog import TitleKind
from models.identity import Account, AuditEntry, DataRequest, ErasureReceipt, JobStatus
from models.published import PublishedTitle
from oauth.letters import Letter, post
from recommendations.runs import train
from runtime.mail import Mailbox, MailRefused, MailUnavailable
from runtime.resources import Resources
from server.privacy import erase_due, erasing, export, exporting
from server.privacy.gathering import household
from tests.identity.operations import PASSWORD, sign_in
from tests.privacy.dumps import dumped, leaks, tables_with
from tests.privacy.households import CANCEL, ERASE, EXPORT, REQUESTS, Home
from tests.served import Front

SUPPORT_LOG = "query ($target: ID!) { auditLog(target: $target) { edges { node { actor action reason target } } } }"
HOUSEHOLD_COLUMNS = {"account_id", "profile_id", "session_id", "device_id", "sign_in_id", "email_index"}
TRANSIENT = {"identity.refresh_token"}
"""Found by their session's id, which the general search finds as well."""


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "SETTLED", timedelta(0))


@pytest.fixture
async def asked(front: Front, home: Home) -> UUID:
    """The id of the household's request for erasure; it has an archive and jobs, too."""
    made = (await front.data(EXPORT, home.token))["answer"]["dataRequest"]
    await export(front.resources, b'{"request": "%s"}' % made["id"].encode())
    answer = (await front.data(ERASE, home.token, password=PASSWORD))["answer"]
    assert answer["userErrors"] == []
    async with front.database.write("identity") as db:
        await post(db, Letter.PASSWORD_CHANGED, home.account_id)
    return UUID(answer["dataRequest"]["id"])


def known_by(home: Home) -> list[str]:
    return [home.email, home.new_email, *map(str, home.ids)]


def due() -> datetime:
    return datetime.now(UTC) + timedelta(days=30, minutes=1)


async def receipt_of(front: Front, request_id: UUID) -> Any:
    async with front.database.read("identity") as db:
        query = select(ErasureReceipt).where(col(ErasureReceipt.request_id) == request_id)
        return (await db.execute(query)).one_or_none()


async def traces(front: Front, home: Home) -> list[Any]:
    """Where the household can be found still: in which tables, in the dump, in Valkey, among the objects."""
    resources = front.resources
    index = resources.encryption.blind_index(home.email)
    found: list[Any] = sorted(await tables_with(front, [*known_by(home), index.hex()]))
    found += leaks(await dumped(front), [*known_by(home), index])
    keys = [key.decode() for key in await resources.valkey.keys()]
    found += [key for key in keys if key in home.topics or leaks(key, known_by(home))]
    return found + [key for key in await resources.storage.keys("") if await tells_of(resources, key, home)]


async def tells_of(resources: Resources, key: str, home: Home) -> bool:
    """Whether an object, or its key, has the household in it: as text, or an id's sixteen bytes."""
    content = await resources.storage.get(key)
    text = key + content.decode(errors="replace")
    return bool(leaks(text, known_by(home))) or any(id_.bytes in content for id_ in home.ids)


async def test_every_table_that_may_hold_a_household_holds_this_one(front: Front, home: Home, asked: UUID) -> None:
    tables = SQLModel.metadata.sorted_tables
    may = {table.fullname for table in tables if HOUSEHOLD_COLUMNS & set(table.columns.keys())}
    index = front.resources.encryption.blind_index(home.email).hex()
    found = await tables_with(front, [*known_by(home), index])
    assert may - found == set(), "fill it in tests/privacy/households.py, and see that erasure empties it"
    assert {"jobs.pgqueuer", "identity.audit_entry"} <= found


async def test_nothing_is_left_of_an_erased_household(
    front: Front,
    home: Home,
    neighbours: Home,
    asked: UUID,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len(await front.resources.storage.keys("exports")) == 1
    around = await tables_with(front, known_by(neighbours))
    before = [row for row in (await dumped(front)).splitlines() if leaks(row, known_by(neighbours))]
    caplog.set_level(logging.DEBUG)
    capsys.readouterr()
    await erase_due(front.resources, due())
    assert await traces(front, home) == []
    assert await front.resources.storage.keys("exports") == [], "sealed, it would name nobody"
    printed = capsys.readouterr()
    assert "erased" in printed.out, "the run must have been logged"
    assert leaks(caplog.text + printed.out + printed.err, known_by(home)) == []
    assert await tables_with(front, known_by(neighbours)) == around
    assert [row for row in (await dumped(front)).splitlines() if leaks(row, known_by(neighbours))] == before
    assert len(await front.resources.valkey.keys("*")) == len(neighbours.topics)


async def test_a_model_says_nothing_of_those_it_learned_from(front: Front, home: Home, asked: UUID) -> None:
    async with front.database.write("catalog") as db:
        db.add(PublishedTitle(title_id=home.title_id, kind=TitleKind.MOVIE, genre_ids=[], added_at=datetime.now(UTC)))
    outcome = await train(front.resources, datetime.now(UTC), lambda *_: None)
    assert outcome is not None
    assert outcome.refusal is None
    artifact = await front.resources.storage.keys("models")
    assert len(artifact) > 10
    assert [key for key in artifact if await tells_of(front.resources, key, home)] == []
    await erase_due(front.resources, due())
    assert await front.resources.storage.keys("models") == artifact, "it stays"
    assert await traces(front, home) == []


async def test_the_receipt_says_what_was_erased_when(front: Front, home: Home, asked: UUID) -> None:
    began = datetime.now(UTC)
    await erase_due(front.resources, due())
    receipt = await receipt_of(front, asked)
    rows = {step["store"]: step["rows"] for step in receipt.steps}
    assert rows == {
        "sessions": 1, "events": 4, "viewing": 11, "billing": 2, "exports": 1, "jobs": 6, "audit": 2, "letter": 1,
        "key": 1, "identity": 3,
    }  # fmt: skip
    instants = [datetime.fromisoformat(step["at"]) for step in receipt.steps]
    assert began < instants[0]
    assert instants == sorted(instants)
    assert receipt.completed_at >= instants[-1]
    assert receipt.requested_at < began


async def test_support_finds_the_erasure_by_its_receipt_and_nobody_in_it(front: Front, home: Home, asked: UUID) -> None:
    await erase_due(front.resources, due())
    async with front.database.read("identity") as db:
        entries = (await db.execute(select(AuditEntry).order_by(col(AuditEntry.id)))).all()
    told, acted, erased = entries
    assert (told.target, told.reason, told.actor) == (asked, None, "")
    assert (acted.actor_id, acted.actor, acted.reason) == (None, "an erased account", "a bill")
    assert (erased.actor, erased.action, erased.target) == ("system", "ERASED", asked)
    assert "viewing 11" in erased.reason


async def test_the_last_letter_names_the_receipt(front: Front, home: Home, asked: UUID) -> None:
    await erase_due(front.resources, due())
    mailbox = Mailbox(front.resources.settings.data / "mail")
    newest = mailbox.read(mailbox.names()[0])
    assert newest is not None
    assert newest["To"] == home.email
    assert str(asked) in newest.as_string()


async def test_whoever_is_killed_is_followed(
    front: Front, home: Home, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each step, and after it before the receipt knows; each time somebody goes on."""
    stores = [*erasing.STEPS, "identity"]
    left = [(store, moment) for store in stores for moment in ("before", "after")]

    def die_at(*moment: str) -> None:
        if left[:1] == [moment]:
            left.pop(0)
            raise OSError("killed")

    def mortal(store: str, step: erasing.Step) -> erasing.Step:
        async def done(resources: Resources, one: erasing.Erasing) -> int:
            die_at(store, "before")
            rows = await step(resources, one)
            die_at(store, "after")
            return rows

        return done

    for store, step in erasing.STEPS.items():
        monkeypatch.setitem(erasing.STEPS, store, mortal(store, step))
    monkeypatch.setattr(erasing, "finish", mortal("identity", erasing.finish))
    for _ in list(left):
        with pytest.raises(ExceptionGroup):
            await erase_due(front.resources, due())
    assert left == []
    await erase_due(front.resources, due())
    assert await traces(front, home) == []
    assert [step["store"] for step in (await receipt_of(front, asked)).steps] == stores


async def test_it_waits_for_its_time_and_can_be_called_off_until_then(front: Front, home: Home, asked: UUID) -> None:
    await erase_due(front.resources, datetime.now(UTC) + timedelta(days=29))
    viewer = (await front.data(REQUESTS, home.token))["viewer"]["account"]
    assert viewer["status"] == "CLOSING"
    assert viewer["dataRequests"][0]["status"] == "QUEUED"
    assert (await sign_in(front))["accessToken"], "until then all goes on"
    answer = (await front.data(CANCEL, home.token, id=str(asked)))["answer"]
    assert answer["dataRequest"]["status"] == "CANCELLED"
    await erase_due(front.resources, due())
    viewer = (await front.data(REQUESTS, home.token))["viewer"]["account"]
    assert viewer["status"] == "ACTIVE"
    again = (await front.data(CANCEL, home.token, id=str(asked)))["answer"]
    assert again["userErrors"] == [{"code": "NOT_CANCELLABLE", "path": ["id"]}]


async def test_once_begun_it_can_not_be_called_off_and_nobody_signs_in(
    front: Front, home: Home, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(resources: Resources, one: erasing.Erasing) -> int:
        raise OSError("killed")

    monkeypatch.setitem(erasing.STEPS, "sessions", killed)
    async with front.database.write("identity") as db:
        stored = await db.get_one(DataRequest, asked)
        stored.status = JobStatus.RUNNING
    answer = (await front.data(CANCEL, home.token, id=str(asked)))["answer"]
    assert answer["userErrors"] == [{"code": "NOT_CANCELLABLE", "path": ["id"]}]
    with pytest.raises(ExceptionGroup):
        await erase_due(front.resources, due())
    refused = await sign_in(front)
    assert [error["code"] for error in refused["userErrors"]] == ["ACCOUNT_SUSPENDED"]


async def test_one_that_fails_stops_no_other(
    front: Front, home: Home, neighbours: Home, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await front.data(ERASE, neighbours.token, password=PASSWORD)
    step = erasing.STEPS["billing"]

    async def killed(resources: Resources, one: erasing.Erasing) -> int:
        if one.account_id == home.account_id:
            raise OSError("killed")
        return await step(resources, one)

    monkeypatch.setitem(erasing.STEPS, "billing", killed)
    with pytest.raises(ExceptionGroup):
        await erase_due(front.resources, due())
    assert await traces(front, neighbours) == []
    async with front.database.read("identity") as db:
        assert (await db.scalars(select(col(Account.id)))).all() == [home.account_id]


@pytest.mark.parametrize(("error", "runs"), [(MailUnavailable, 3), (MailRefused, 1)])
async def test_a_mail_server_that_fails_delays_the_erasure_but_does_not_stop_it(
    front: Front, home: Home, asked: UUID, monkeypatch: pytest.MonkeyPatch, error: type[Exception], runs: int
) -> None:
    async def failing(*_: Any, **__: Any) -> None:
        raise error("no")

    monkeypatch.setattr(erasing, "send_now", failing)
    for _ in range(runs - 1):
        with pytest.raises(ExceptionGroup):
            await erase_due(front.resources, due())
        assert await receipt_of(front, asked) is not None
    await erase_due(front.resources, due())
    receipt = await receipt_of(front, asked)
    assert receipt.completed_at is not None
    assert {"store": "letter", "rows": 0} in [{k: step[k] for k in ("store", "rows")} for step in receipt.steps]


async def test_an_archive_that_comes_late_is_not_kept(
    front: Front, home: Home, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was gathering while the household was erased."""
    whose = await household(front.resources, home.account_id)
    assert whose is not None
    gathered = exporting.gather

    async def late(resources: Resources, of: Any) -> Any:
        kinds = await gathered(resources, of)
        await erase_due(front.resources, due())
        return kinds

    monkeypatch.setattr(exporting, "gather", late)
    with pytest.raises(NoResultFound):
        await exporting.made(front.resources, asked, whose)
    assert await front.resources.storage.keys("exports") == []
