"""What it costs to verify an access token: the first time, and again, beside joserfc decoding it and nothing more."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from joserfc import jwt

from models.columns import new_id
from runtime.tokens import ALGORITHM, TokenKeys

ROUNDS, TIMES = 15, 200


async def measure() -> None:
    """Prints microseconds a verification of each, and the ratios to the bare decode."""
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
        keys = TokenKeys.from_folder(Path(folder), "http://marquee.example")
    token = keys.sign(claims())

    def bare() -> None:
        jwt.decode(token, keys.keys, algorithms=[ALGORITHM])

    def uncached() -> None:
        keys.verified.clear()
        keys.verify(token)

    def cached() -> None:
        keys.verify(token)

    contenders = {"bare decode": bare, "verify, uncached": uncached, "verify, cached": cached}
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, verify in contenders.items():
            spent[name].append(microseconds(verify))
    for name, rounds in spent.items():
        ratio = median(a / b for a, b in zip(rounds, spent["bare decode"], strict=True))
        print(f"{name:<18}{median(rounds):10.2f} us   x{ratio:.4f}")


def microseconds(verify: Callable[[], None]) -> float:
    """What a call takes, once its caches are warm."""
    verify()
    started = time.perf_counter()
    for _ in range(TIMES):
        verify()
    return (time.perf_counter() - started) / TIMES * 1e6


def claims() -> dict[str, object]:
    """As much as the token of a profile says."""
    account, session, profile, token = (str(new_id()) for _ in range(4))
    of_profile = {"profile": profile, "profile_kind": "ADULT", "maximum_age": 18, "locale": "en"}
    return {"sub": account, "sid": session, "jti": token, "epoch": 1, "country": "US", "scope": ""} | of_profile
