"""`make bench`: all measurements, or those named on the command line."""

import asyncio
import sys

from benchmarks import (
    heartbeats,
    home,
    importing,
    push,
    ranking,
    recommendations_quality,
    search,
    sign_in,
    tokens,
    training,
)

MEASUREMENTS = {
    "heartbeats": heartbeats.measure,
    "home": home.measure,
    "importing": importing.measure,
    "push": push.measure,
    "ranking": ranking.measure,
    "recommendations_quality": recommendations_quality.measure,
    "search": search.measure,
    "sign_in": sign_in.measure,
    "tokens": tokens.measure,
    "training": training.measure,
}


async def main(names: list[str]) -> None:
    for name in names or MEASUREMENTS:
        print(f"== {name}")
        await MEASUREMENTS[name]()


asyncio.run(main(sys.argv[1:]))
