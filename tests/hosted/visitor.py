"""A browser as the hosted pages see it: keeps cookies, follows nothing by itself, says where its forms come from."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx2

from tests.identity.operations import PASSWORD
from tests.served import Front

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Visitor:
    """Visits the pages of one front."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.client.get(path, headers=headers)

    async def post(self, path: str, /, **fields: Any) -> httpx2.Response:
        """Posts a form as the page of the same address would."""
        return await self.client.post(path, data=fields, headers={"sec-fetch-site": "same-origin"})

    async def sign_in(self, email: str = "ada@example.org", password: str = PASSWORD, onward: str = "") -> Any:
        return await self.post("/oauth/sign-in", **{"email": email, "password": password, "continue": onward})

    @property
    def cookie(self) -> str | None:
        """The secret of the browser's session."""
        return self.client.cookies.get("marquee")


@asynccontextmanager
async def visiting(front: Front, **headers: str) -> AsyncIterator[Visitor]:
    """A fresh browser at the front."""
    known = {"user-agent": FIREFOX} | headers
    async with httpx2.AsyncClient(base_url=front.url, headers=known, trust_env=False, timeout=30) as client:
        yield Visitor(client)


def shown(response: httpx2.Response) -> str:
    """The page's text, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text.partition("<body>")[2])).split())
