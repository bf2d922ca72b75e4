"""Small real films, made once in a test run."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from runtime.storage import Storage, open_storage

Encode = Callable[..., Path]


@pytest.fixture(scope="session")
def encode(tmp_path_factory: pytest.TempPathFactory) -> Encode:
    """Runs ffmpeg with the given arguments; the file that it made."""

    def encode(name: str, *arguments: str) -> Path:
        made = tmp_path_factory.mktemp("sources") / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments, str(made)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return made

    return encode


@pytest.fixture(scope="session")
def tiny_film(encode: Encode) -> Path:
    """Nine seconds at 24000/1001 frames a second and 640x360, in English and German, with subtitles beside it."""
    sources: tuple[str, ...] = ("-f", "lavfi", "-i", "testsrc2=s=640x360:r=24000/1001:d=9")
    for pitch in (440, 550):
        sources += ("-f", "lavfi", "-i", f"sine=frequency={pitch}:duration=9")
    tracks = (
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-metadata:s:a:0",
        "language=eng",
        "-metadata:s:a:1",
        "language=ger",
    )
    film = encode("tiny.mp4", *sources, *tracks, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
    for language in ("en", "de"):
        cue = f"WEBVTT\n\n00:00:01.000 --> 00:00:05.000\nHello in {language}\n"
        film.with_name(f"tiny.{language}.vtt").write_text(cue)
    return film


@pytest.fixture(scope="session")
def test_videos() -> Path:
    """The folder of films that no one here made."""
    folder = os.environ.get("MARQUEE_TEST_DATA")
    if not folder:
        pytest.skip("MARQUEE_TEST_DATA is unset: no films of others to try")
    return Path(folder) / "video"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage((tmp_path / "objects").as_uri())
