"""The pool of processes that draws: what comes out, what goes wrong, and what is left when its parent is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sandbox.artwork import draw_avatar
from server.pool import drawn

ROOT = Path(__file__).parents[2]

PARENT = """
import asyncio, time
from server.pool import drawn
async def main():
    async for _ in drawn(time.sleep, [0, 60, 60]):
        print("at work", flush=True)
if __name__ == "__main__":
    asyncio.run(main())
"""


def workers() -> list[psutil.Process]:
    """The pools' processes that are still ours."""
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


async def test_each_subject_comes_with_what_was_drawn():
    pictures = {number: picture async for number, picture in drawn(draw_avatar, [1, 2, 3])}
    assert pictures == {number: draw_avatar(number) for number in (1, 2, 3)}


async def test_nothing_to_draw_starts_nothing():
    assert [each async for each in drawn(draw_avatar, [])] == []
    assert workers() == []


async def test_what_goes_wrong_in_a_process_is_raised_here_and_no_process_stays():
    with pytest.raises(ValueError, match="avatars 1 to 12"):
        async for _ in drawn(draw_avatar, [1, 13]):
            pass
    assert workers() == []


def test_the_processes_end_when_their_parent_is_killed():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        try:
            parent.stdout.readline()
            children = psutil.Process(parent.pid).children()
            os.kill(parent.pid, signal.SIGKILL)
            assert len(children) >= 2
            assert not psutil.wait_procs(children, timeout=10)[1]
        finally:
            for child in children:
                if child.is_running():
                    child.kill()
