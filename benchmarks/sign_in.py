"""Sign-ins: how many a second, beside argon2 alone; and what a cheap query takes while 50 run at once, beside none."""

import asyncio
import time
from asyncio import Task
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime
from statistics import median
from typing import Any

import orjson

from benchmarks.load import ask, request
from benchmarks.stack import Contender, installation, running
from models.identity import Avatar
from oauth.households import add_account, add_profile
from oauth.passwords import hash_password, verify_password
from runtime.resources import open_resources
from runtime.settings import Settings
from server.commands.token import token_for

ROUNDS, SECONDS, SIGN_INS, HASHES = 3, 4.0, 50, 20
PASSWORD = "a password for measurements"
SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code } } }"""
CHEAP = b'{"query": "{ viewer { country } }"}'


async def measure() -> None:
    """Prints both, each with the median of its ratios to the baseline, round by round."""
    async with installation() as settings:
        stored = await hash_password(PASSWORD)
        await households(settings, stored)
        query = request("POST", "/graphql", CHEAP, await token_for(settings, email_of(0), None))
        rates: dict[str, list[float]] = {"argon2 alone": [], "sign-ins": []}
        idle: list[list[float]] = []
        busy: list[list[float]] = []
        async with running("graph", "server.main serve", settings) as graph:
            await latencies(graph, query, asyncio.sleep(1))
            for _ in range(ROUNDS):
                rates["argon2 alone"].append(await rate(verify_password(PASSWORD, stored) for _ in range(HASHES)))
                idle.append(await latencies(graph, query, asyncio.sleep(SECONDS)))
                sign_ins = asyncio.create_task(rate(sign_in(graph, number) for number in range(SIGN_INS)))
                busy.append(await latencies(graph, query, sign_ins))
                rates["sign-ins"].append(sign_ins.result())
    report(rates, idle, busy)


def report(rates: dict[str, list[float]], idle: list[list[float]], busy: list[list[float]]) -> None:
    for name, found in rates.items():
        ratio = median(a / b for a, b in zip(found, rates["argon2 alone"], strict=True))
        print(f"{name:<14}{median(found):8.2f} a second   x{ratio:.2f}")
    for percentile in (0.5, 0.95):
        alone, beside = ([of_sorted(sorted(spent), percentile) for spent in rounds] for rounds in (idle, busy))
        ratio = median(b / a for a, b in zip(alone, beside, strict=True))
        both = f"{median(alone):.1f} ms alone, {median(beside):.1f} ms beside {SIGN_INS} sign-ins"
        print(f"a query's p{percentile * 100:.0f}: {both}   x{ratio:.2f}")


def of_sorted(values: list[float], percentile: float) -> float:
    return values[int(len(values) * percentile)]


async def rate(calls: Iterable[Coroutine[Any, Any, object]]) -> float:
    """How many of the calls, all made at once, are done in a second."""
    started = time.perf_counter()
    return len(await asyncio.gather(*calls)) / (time.perf_counter() - started)


async def latencies(
    contender: Contender, query: bytes, meanwhile: Coroutine[Any, Any, None] | Task[float]
) -> list[float]:
    """Milliseconds of one query after the other on one connection, until what happens `meanwhile` is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", contender.port)
    until, spent = asyncio.ensure_future(meanwhile), list[float]()
    while not until.done():
        started = time.perf_counter()
        await ask(reader, writer, query)
        spent.append((time.perf_counter() - started) * 1000)
    writer.close()
    return spent


async def households(settings: Settings, stored: str) -> None:
    """As many households as sign in at once. All have one password's hash, for to make 50 takes a while."""
    now = datetime.now(UTC)
    async with open_resources(settings, ("identity",)) as resources, resources.database.write("identity") as db:
        db.add(Avatar(object_key="artwork/avatars/0.webp", position=0))
        await db.flush()
        for number in range(SIGN_INS):
            account = await add_account(db, resources.encryption, email_of(number), stored, "US", "en", now)
            await add_profile(db, account, "Ada", "en", now)


def email_of(number: int) -> str:
    return f"household-{number}@marquee.example"


async def sign_in(contender: Contender, number: int) -> None:
    """Signs a household in, from a network address of its own, since sign-ins are throttled by address."""
    given = {"email": email_of(number), "password": PASSWORD, "device": {"name": "A browser", "kind": "WEB"}}
    body = orjson.dumps({"query": SIGN_IN, "variables": {"input": given}})
    origin = (f"127.0.1.{number + 1}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", contender.port, local_addr=origin)
    answer = orjson.loads(await ask(reader, writer, request("POST", "/graphql", body)))
    writer.close()
    if not answer["data"]["signIn"]["accessToken"]:
        raise RuntimeError(f"A sign-in was refused: {answer}")
