"""`make bench`: all measurements, or those named on the command line."""

import asyncio
import sys

from benchmarks import home

MEASUREMENTS = {"home": home.measure}


async def main(names: list[str]) -> None:
    for name in names or MEASUREMENTS:
        print(f"== {name}")
        await MEASUREMENTS[name]()


asyncio.run(main(sys.argv[1:]))
