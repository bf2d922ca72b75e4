import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from media import tools
from media.errors import ToolFailed

ROOT = Path(__file__).parents[2]


async def test_gives_what_was_printed() -> None:
    assert await tools.run("echo", "hello") == "hello\n"


async def test_failure_tells_the_last_lines() -> None:
    with pytest.raises(ToolFailed, match=r"(?s)sh failed with exit status 3: .*last words"):
        await tools.run("sh", "-c", "seq 1000 >&2; echo last words >&2; exit 3")


async def test_lines_arrive_one_by_one() -> None:
    lines: list[str] = []

    async def keep(line: str) -> None:
        lines.append(line)

    await tools.run("sh", "-c", "echo a=1; echo b=2", on_line=keep)
    assert lines == ["a=1", "b=2"]


async def test_runs_at_the_lowest_priority() -> None:
    assert await tools.run("nice") == "19\n"


async def test_cancellation_kills_the_program() -> None:
    pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def keep(line: str) -> None:
        pid.set_result(int(line))

    running = asyncio.create_task(tools.run("sh", "-c", "echo $$; exec sleep 60", on_line=keep))
    await pid
    started = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - started < 5
    assert not psutil.pid_exists(pid.result())


PARENT = "import asyncio; from media import tools; asyncio.run(tools.run('sleep', '60'))"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
def test_kill_9_of_the_parent_ends_the_program() -> None:
    parent = psutil.Popen([sys.executable, "-c", PARENT], cwd=ROOT)
    try:
        while not (children := [child for child in parent.children() if child.name() == "sleep"]):
            assert parent.poll() is None
            time.sleep(0.02)
    finally:
        parent.kill()
        parent.wait()
    _, alive = psutil.wait_procs(children, timeout=5)
    for child in alive:
        child.kill()
    assert alive == []
