"""Who is signed in at a browser, and how that begins and ends: a random secret in a cookie names the session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.identity import Account, AccountStatus, Device, DeviceKind, Session
from models.viewing import PlaybackCommandReason
from oauth.addresses import email_of
from oauth.authenticate import changed
from oauth.hosted.pages import now, resources_of
from oauth.sessions import SESSION_LIFETIME, digest, end_sessions, start_session
from runtime.errors import Refusal
from runtime.resources import Resources
from runtime.settings import Settings

PATH = "/oauth"
FRESH = timedelta(minutes=10)
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"} | {
    "CriOS": "Chrome",
    "Safari": "Safari",
}
"""By the word in User-Agent, in the order in which they pose as one another."""
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"} | {
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class Browser:
    """The account that is signed in, and the session; it signed in at `session.created_at`."""

    account: Account
    session: Session

    @property
    def fresh(self) -> bool:
        """Whether it signed in a moment ago, as who changes the ways to sign in must have."""
        return self.session.created_at > now() - FRESH


async def signed_in(resources: Resources, http_request: Request) -> Browser | None:
    """Who is signed in at the browser; None where nobody is, the session has ended, or the account is suspended."""
    secret = http_request.cookies.get(cookie_name(resources.settings))
    if not secret:
        return None
    query = (
        select(Session, Account)
        .join(Account, col(Account.id) == col(Session.account_id))
        .where(col(Session.cookie_hash) == digest(secret), col(Session.expires_at) > now())
        .where(col(Account.status) != AccountStatus.SUSPENDED)
    )
    async with resources.database.write("identity") as db:
        row = (await db.execute(query)).one_or_none()
    return Browser(row.Account, row.Session) if row else None


def to_sign_in(http_request: Request) -> Response:
    """Leads to the sign-in page, which comes back to this address."""
    url = http_request.url
    wanted = f"{url.path}?{url.query}" if url.query else url.path
    return RedirectResponse(f"{PATH}/sign-in?continue={quote(wanted, safe='')}", 303, {"cache-control": "no-store"})


async def email_at(resources: Resources, browser: Browser) -> str:
    """The address of who is signed in, in the clear."""
    async with resources.database.write("identity") as db:
        return await email_of(db, resources.encryption, browser.account)


async def sign_in(http_request: Request, account_id: UUID) -> str:
    """Starts a session in place of the browser's last one, and gives its secret. Refusal ACCOUNT_SUSPENDED."""
    resources = resources_of(http_request)
    secret = secrets.token_urlsafe(32)
    async with resources.database.write("identity") as db:
        account = await db.get(Account, account_id, with_for_update=True)
        if account is None or account.status is AccountStatus.SUSPENDED:
            raise Refusal("ACCOUNT_SUSPENDED", "This account is suspended: ask our support.")
        last = await last_session(db, resources.settings, http_request)
        device = await device_of(db, account, last, http_request.headers.get("user-agent", ""))
        if last is not None:
            await end_sessions(db, col(Session.id) == last.id, PlaybackCommandReason.SIGNED_OUT)
        session = await start_session(db, account, now(), device=device)
        session.cookie_hash = digest(secret)
    if last is not None and last.account_id is not None:
        changed(resources.hub, last.account_id)
    return secret


async def last_session(db: AsyncSession, settings: Settings, http_request: Request) -> Session | None:
    """What the browser's cookie names, whoever's it is."""
    cookie = http_request.cookies.get(cookie_name(settings), "")
    return await db.scalar(select(Session).where(col(Session.cookie_hash) == digest(cookie)))


async def device_of(db: AsyncSession, account: Account, last: Session | None, user_agent: str) -> Device:
    """The device that the browser was to this account in its last session, or a new one."""
    device = await db.get(Device, last.device_id) if last and last.account_id == account.id else None
    if device is None:
        device = Device(account_id=account.id, name=device_name(user_agent), kind=DeviceKind.WEB, last_seen_at=now())
        db.add(device)
    device.last_seen_at = now()
    await db.flush()
    return device


async def sign_out(http_request: Request) -> None:
    """Ends the browser's session, if there is one."""
    resources = resources_of(http_request)
    browser = await signed_in(resources, http_request)
    if browser is None:
        return
    async with resources.database.write("identity") as db:
        await end_sessions(db, col(Session.id) == browser.session.id, PlaybackCommandReason.SIGNED_OUT)
    changed(resources.hub, browser.account.id)


def remember(response: Response, settings: Settings, secret: str) -> None:
    """Hands the session's secret to the browser."""
    lifetime = int(SESSION_LIFETIME.total_seconds())
    set_cookie(response, settings, cookie_name(settings), secret, lifetime)


def forget(response: Response, settings: Settings) -> None:
    set_cookie(response, settings, cookie_name(settings), "", 0)


def set_cookie(response: Response, settings: Settings, name: str, value: str, seconds: int, path: str = PATH) -> None:
    """A cookie that no script reads and that comes along when another site links here, but not with its forms."""
    secure = is_secure(settings)
    response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")


def cookie_name(settings: Settings) -> str:
    """With the prefix by which browsers refuse it from any page that is not secure (RFC 6265bis), where we are."""
    return "__Secure-marquee" if is_secure(settings) else "marquee"


def is_secure(settings: Settings) -> bool:
    return settings.address.startswith("https://")


def device_name(user_agent: str) -> str:
    """What a household calls the browser, such as "Firefox on Linux"."""
    browser = next((name for word, name in BROWSERS.items() if f"{word}/" in user_agent), None)
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Browser"
