"""What may be read in a dump of the whole database, and that sealed cells stay where they belong."""

import base64
import hashlib
import re
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from models.identity import AccountKey, AuditEntry
from oauth.sealed import SEALED, SealedColumn, opened
from runtime.encryption import DecryptionError
from server.commands.clients import add_client
from server.privacy import export
from server.seed.clients import CLIENTS
from tests.identity.letters import letters, mailed_token
from tests.identity.operations import PASSWORD, SELECT, VIEWER, sign_in
from tests.oauth.flows import Provider
from tests.oauth.test_devices import approved, poll
from tests.oauth.test_devices import asked as device_asked
from tests.privacy.dumps import dumped, forms, leaks
from tests.privacy.households import ERASE, EXPORT, Home
from tests.served import Front

SECRET = "ada@example.org"
NEW_EMAIL, NEW_PASSWORD, PIN = "ada.king@example.org", "a better horse battery", "4917"
MAIL = """mutation ($new: String, $password: String) {
answer: sendVerification(newEmail: $new, password: $password) { userErrors { code } } }"""
VERIFY = "mutation ($mailed: String!) { answer: verifyEmail(token: $mailed) { userErrors { code } } }"
FORGOTTEN = "mutation ($email: String!) { answer: requestPasswordReset(email: $email) { userErrors { code } } }"
RESET = """mutation ($mailed: String!, $password: String!) {
answer: resetPassword(token: $mailed, newPassword: $password) { accessToken refreshToken userErrors { code } } }"""
LOCK = """mutation ($id: ID!, $pin: String, $password: String!) {
answer: setProfilePin(id: $id, pin: $pin, password: $password) { userErrors { code } } }"""


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_secret_is_found_in_every_form(before: str) -> None:
    around = f"{before}{SECRET} and more".encode()
    encoded = base64.b64encode(around), base64.urlsafe_b64encode(around)
    for text in (around.decode(), around.hex(), *(text.decode() for text in encoded)):
        assert leaks(text, [SECRET]) == [SECRET]
        assert leaks(text, ["eve@example.org"]) == []
    assert len(min(forms(SECRET), key=len)) > 12, "short forms would be found anywhere"


async def done(front: Front, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await front.data(query, token, **variables))["answer"]
    assert answer["userErrors"] == [], answer
    return answer


async def lived(front: Front, home: Home) -> list[str]:
    """Does everything that makes a secret; all of them."""
    secrets = [home.email, home.new_email, NEW_EMAIL, PASSWORD, NEW_PASSWORD, home.token, home.refresh_token]
    secrets += await authorized(front, home)
    signed_in = await sign_in(front)
    await done(front, MAIL, home.token, new=NEW_EMAIL, password=PASSWORD)
    secrets.append(await mailed_token(front, NEW_EMAIL))
    await done(front, VERIFY, mailed=secrets[-1])
    await done(front, FORGOTTEN, email=NEW_EMAIL)
    secrets.append(await mailed_token(front, NEW_EMAIL))
    reset = await done(front, RESET, mailed=secrets[-1], password=NEW_PASSWORD)
    token = reset["accessToken"]
    await done(front, LOCK, token, id=str(home.profile_id), pin=PIN, password=NEW_PASSWORD)
    selected = await done(front, SELECT, token, id=str(home.profile_id), pin=PIN)
    secrets += [found[name] for found in (signed_in, reset, selected) for name in ("accessToken", "refreshToken")]
    made = await done(front, EXPORT, token)
    await export(front.resources, orjson.dumps({"request": made["dataRequest"]["id"]}))
    await done(front, FORGOTTEN, email=NEW_EMAIL)
    await done(front, ERASE, token, password=NEW_PASSWORD)
    return secrets


async def authorized(front: Front, home: Home) -> list[str]:
    """Goes through the flows of OAuth with a browser, an app and a television; all secrets of theirs."""
    made = {new.id: await add_client(front.resources.settings, new) for new in CLIENTS}
    provider = Provider(front, {name: secret or "" for name, secret in made.items()}, home.token)
    tokens = await provider.tokens()
    code = await provider.code()
    device = await device_asked(provider)
    await approved(provider, device["user_code"])
    television = (await poll(provider, device)).json()
    waiting = await device_asked(provider)
    found = [secret for secret in provider.secrets.values() if secret]
    found += [code, *(one[name] for one in (device, waiting) for name in ("device_code", "user_code"))]
    found += [code.replace("-", "") for code in (device["user_code"], waiting["user_code"])]
    found += [one[name] for one in (tokens, television) for name in ("access_token", "refresh_token", "id_token")]
    return [*found, *(cookie.value or "" for cookie in front.client.cookies.jar)]


async def keys_of(front: Front) -> list[bytes]:
    """Every key of the installation and of its accounts."""
    folder = front.resources.settings.data / "keys"
    signing = orjson.loads((folder / "token-signing-1").read_bytes())["d"]
    keys = [path.read_bytes() for path in folder.iterdir() if path.name != "token-signing-1"]
    async with front.database.read("identity") as db:
        rows = (await db.execute(select(AccountKey))).all()
    keys += [front.resources.encryption.unwrap(row.wrapped_by, row.wrapped) for row in rows]
    return [*keys, base64.urlsafe_b64decode(signing + "=")]


async def test_a_dump_of_the_database_tells_no_secret(front: Front, home: Home) -> None:
    async with front.database.write("identity") as db:
        await db.execute(update(AuditEntry).values(reason="a call"))  # what staff writes is staff's to mind
    secrets = await lived(front, home)
    dump = await dumped(front)
    assert len(secrets) > 25
    assert all(len(secret) >= 8 for secret in secrets)
    digests = [hashlib.new(name, PIN.encode()).hexdigest() for name in ("md5", "sha1", "sha256")]
    assert not re.search(rf"\b{PIN}\b", dump)
    assert leaks(dump, digests) == []
    assert str(home.account_id) in dump
    assert "INSERT INTO jobs.pgqueuer " in dump, "letters must be waiting, or their jobs are not looked at"
    assert leaks(dump, secrets) == []
    keys = await keys_of(front)
    assert len(keys) >= 4
    assert leaks(dump, keys) == []
    await letters(front)
    assert leaks(await dumped(front), [*secrets, *keys]) == [], "nor when they have been sent"


@pytest.mark.parametrize("column", SEALED, ids=lambda column: f"{column.table_name}.{column.name}")
async def test_cells_that_change_places_do_not_open(
    front: Front, home: Home, neighbours: Home, column: SealedColumn
) -> None:
    """Between two rows of one account where it has several, else between accounts."""
    assert home.email in (await opened(front.resources, home.account_id))["identity.account"].values()
    table: Any = column.table
    async with front.database.write("identity") as db:
        sealed = getattr(table, column.name)
        first, second = (await db.execute(select(table).where(sealed.is_not(None)).limit(2))).scalars().all()
        one, other = getattr(first, column.name), getattr(second, column.name)
        setattr(first, column.name, other)
        setattr(second, column.name, one)
    for household in (home, neighbours):
        with pytest.raises(DecryptionError, match=column.table_name):
            await opened(front.resources, household.account_id)


async def test_one_key_does_not_open_another_cell_of_its_account(front: Front, home: Home) -> None:
    """The account's own address put where the mailed link's stands: the same key, another place."""
    async with front.database.write("identity") as db:
        by_table = {column.table_name: column.table for column in SEALED}
        account: Any = await db.get_one(by_table["identity.account"], home.account_id)
        link: Any = by_table["identity.mail_token"]
        await db.execute(update(link).where(link.account_id == home.account_id).values(email=account.email))
    with pytest.raises(DecryptionError, match=r"identity\.mail_token\.email"):
        await opened(front.resources, home.account_id)


async def test_a_swapped_address_is_shown_to_nobody(front: Front, home: Home, neighbours: Home) -> None:
    by_table = {column.table_name: column.table for column in SEALED}
    async with front.database.write("identity") as db:
        first: Any = await db.get_one(by_table["identity.account"], home.account_id)
        second: Any = await db.get_one(by_table["identity.account"], neighbours.account_id)
        first.email, second.email = second.email, first.email
    response = await front.ask(VIEWER, home.token)
    assert response["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert leaks(str(response), [home.email, neighbours.email]) == []
