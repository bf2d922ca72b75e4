"""`make bench`: all measurements, or those named on the command line."""

import asyncio
import sys

from benchmarks import home, importing, search, sign_in, tokens

MEASUREMENTS = {
    "home": home.measure,
    "importing": importing.measure,
    "search": search.measure,
    "sign_in": sign_in.measure,
    "tokens": tokens.measure,
}


async def main(names: list[str]) -> None:
    for name in names or MEASUREMENTS:
        print(f"== {name}")
        await MEASUREMENTS[name]()


asyncio.run(main(sys.argv[1:]))
