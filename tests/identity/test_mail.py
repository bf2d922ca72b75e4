"""Letters and how they are sent: by SMTP, or into the mailbox at /dev/mail."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from models.columns import new_id
from models.identity import Avatar
from oauth.letters import Letter, send_now
from oauth.letters.composing import Envelope, compose
from oauth.letters.texts import TEXTS
from runtime.mail import Mailbox, MailRefused, MailUnavailable, Smtp, post_of
from runtime.settings import Settings, SettingsError
from runtime.tasks import background
from server import worker
from server.mailbox import content_of
from tests.identity.letters import letters
from tests.identity.operations import sign_up
from tests.identity.smtp import certificate, mail_server
from tests.served import Front, served

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SENDER = "Marquee <no-reply@marquee.example>"


def message(to: str = "ada@example.org") -> EmailMessage:
    envelope = Envelope(to, "de", "https://marquee.example/oauth/verify?token=abc")
    return compose(Letter.VERIFY_EMAIL, envelope, SENDER, datetime.now(UTC))


def at(url: str) -> Smtp:
    post = post_of(Settings(smtp_url=url))
    assert isinstance(post, Smtp)
    return post


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("letter", Letter)
def test_every_letter_is_written_in_every_language(letter: Letter, language: str) -> None:
    values = {"days": "30", "receipt": "R-1"}
    made = compose(letter, Envelope("ada@example.org", language, "https://x.example/a?b=1&c=2", values), SENDER, NOW)
    assert made["Content-Language"] == language
    plain, html = content_of(made, "plain"), content_of(made, "html")
    assert "{" not in plain
    assert "https://x.example/a?b=1&c=2" in plain
    assert 'href="https://x.example/a?b=1&amp;c=2"' in html
    assert TEXTS[language][letter].subject == made["Subject"]
    other = {TEXTS[other][letter].subject for other in TEXTS if other != language}
    assert made["Subject"] not in other
    assert f'lang="{language}"' in html


def test_a_language_that_we_do_not_write_is_answered_in_english() -> None:
    made = compose(Letter.ERASED, Envelope("a@example.org", "fr-CA", values={"receipt": "<b>R</b>"}), SENDER, NOW)
    assert (made["Content-Language"], made["Subject"]) == ("en", "Your account is being erased")
    assert "&lt;b&gt;R" in content_of(made, "html")


async def test_a_letter_goes_to_the_account_in_its_language(front: Front) -> None:
    ada = await sign_up(front, language="es-MX")
    await send_now(front.resources, Letter.ERASED, UUID(ada["viewer"]["account"]["id"]), receipt="R-1")
    await send_now(front.resources, Letter.ERASED, new_id(), receipt="R-2")
    sent, first = await letters(front)
    assert first["Subject"] == "Confirma tu correo electrónico"
    assert (sent["To"], sent["Subject"]) == ("ada@example.org", "Tu cuenta se está borrando")
    assert "R-1" in content_of(sent, "plain")


async def test_mail_is_sent_by_smtp() -> None:
    async with mail_server() as server:
        await at(f"smtp://127.0.0.1:{server.port}").send(message())
        (envelope,) = server.messages
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert envelope.mail_from == "no-reply@marquee.example"
    assert b"Subject: =?utf-8?q?Best=C3=A4tige" in (envelope.original_content or b"")


async def test_a_mail_server_may_ask_for_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    async with mail_server(starttls=context, login=True) as server:
        await at(f"smtp+starttls://marquee:p%40ss%20word@127.0.0.1:{server.port}").send(message())
        with pytest.raises(MailUnavailable, match="535"):
            await at(f"smtp+starttls://marquee:wrong@127.0.0.1:{server.port}").send(message())
        assert len(server.messages) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls", "smtps"])
async def test_tls_is_used_where_it_can_be_and_its_certificate_is_checked(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path)
    tls = {"tls": context} if scheme == "smtps" else {"starttls": context}
    async with mail_server(**tls) as server:
        post = at(f"{scheme}://127.0.0.1:{server.port}")
        with pytest.raises(MailUnavailable):
            await post.send(message())
        assert not server.messages, "nobody vouches for this server"
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
        await post.send(message())
        assert len(server.messages) == 1
        assert server.encrypted


async def test_starttls_that_must_be_is_not_left_out() -> None:
    async with mail_server() as server:
        with pytest.raises(MailUnavailable):
            await at(f"smtp+starttls://127.0.0.1:{server.port}").send(message())
        assert not server.messages


async def test_what_is_refused_for_good_is_told_from_what_is_not_and_names_nobody() -> None:
    async with mail_server() as server:
        post = at(f"smtp://127.0.0.1:{server.port}")
        with pytest.raises(MailRefused) as refused:
            await post.send(message("unknown@example.org"))
        server.replies = ["451 ada@example.org must wait", "554 ada@example.org sent spam"]
        with pytest.raises(MailUnavailable) as unavailable:
            await post.send(message())
        with pytest.raises(MailRefused) as spam:
            await post.send(message())
        for error in (refused.value, unavailable.value, spam.value):
            assert "@example.org" not in str(error)
            assert error.__context__ is None
            assert re.search(r"reply code (451|55\d)", str(error))
    with pytest.raises(MailUnavailable, match="Connect call failed"):
        await post.send(message())


async def test_an_address_that_the_server_cannot_write_is_refused_for_good() -> None:
    async with mail_server() as server:
        with pytest.raises(MailRefused):
            await at(f"smtp://127.0.0.1:{server.port}").send(message("größe@example.org"))


@pytest.mark.parametrize("url", ["localhost:25", "http://localhost", "smtp://", "smtp://host:port"])
def test_a_malformed_mail_server_is_told_by_its_variable(url: str) -> None:
    with pytest.raises(SettingsError, match="MARQUEE_SMTP_URL"):
        post_of(Settings(smtp_url=url))


async def test_the_worker_tries_again_while_the_mail_server_is_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AGAIN_AFTER", timedelta(milliseconds=10))
    async with mail_server() as server:
        server.replies = ["451 later", "421 not yet"]
        with_server = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{server.port}"})
        async with served(with_server, "identity") as front:
            await add_avatar(front)
            await sign_up(front)
            stop = asyncio.Event()
            address = settings.database_of("identity")
            async with background(worker.do_jobs(front.resources, stop, address, ["identity"])):
                async with asyncio.timeout(30):
                    await server.arrived.wait()
                stop.set()
        assert server.replies == []
        (envelope,) = server.messages
        assert envelope.rcpt_tos == ["ada@example.org"]


async def test_the_mailbox_shows_what_was_sent(front: Front) -> None:
    empty = await front.client.get("/dev/mail")
    assert "Nothing was sent yet" in empty.text
    await sign_up(front)
    await sign_up(front, email="eve@example.org", language="en")
    await letters(front)
    listed = await front.client.get("/dev/mail")
    assert listed.headers["content-security-policy"].startswith("default-src 'none'")
    subjects = ["Confirm your e-mail address", "Bestätige deine E-Mail-Adresse"]
    assert re.findall(r'<li><a href="[^"]+">([^<]+)</a>', listed.text) == subjects
    page = re.findall(r'<li><a href="([^"]+)"', listed.text)[0]
    shown = (await front.client.get(page)).text
    assert re.search(rf'<a href="{front.resources.settings.address}/oauth/verify\?token=[\w=%-]+">', shown)
    assert "<dd>eve@example.org</dd>" in shown
    as_html = await front.client.get(f"{page}/html")
    assert ">Confirm the address</a>" in as_html.text
    for missing in ("/dev/mail/none", "/dev/mail/none/html", "/dev/mail/..%2Fkeys%2Fblind-index"):
        assert (await front.client.get(missing)).status_code == 404


async def test_letters_in_the_mailbox_are_their_owners_alone(front: Front) -> None:
    await sign_up(front)
    await letters(front)
    folder = front.resources.settings.data / "mail"
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize("changed", [{"development": False}, {"smtp_url": "smtp://127.0.0.1"}])
async def test_there_is_no_mailbox_to_look_into_in_production(settings: Settings, changed: dict[str, object]) -> None:
    await Mailbox(settings.data / "mail").send(message())
    async with served(settings.model_copy(update=changed), "identity") as front:
        assert (await front.client.get("/dev/mail")).status_code == 404


FAILING = """
import asyncio, os, structlog
from sqlalchemy import text
from runtime.database import engine_for
from server.logs import configure_logs

async def fail(password):
    engine = engine_for(os.environ["URL"], None, 1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1 / length(:given) from nowhere"), {"given": password})
    except Exception:
        structlog.get_logger().exception("failed")
    await engine.dispose()

configure_logs()
asyncio.run(fail("the " + "secret"))
"""


async def test_a_failure_is_logged_without_anybodys_data(database_url: str) -> None:
    environment = os.environ | {"URL": database_url, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", FAILING], env=environment, capture_output=True, text=True, check=True
    )
    assert "UndefinedTable" in ran.stdout, "the failure itself is logged"
    assert "the secret" not in ran.stdout + ran.stderr


async def add_avatar(front: Front) -> None:
    async with front.database.write("identity") as db:
        db.add(Avatar(object_key="artwork/avatars/1.webp", position=1))
