"""A real film through probe, transcode and package."""

import asyncio
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

from media.errors import MediaError, ToolFailed
from media.manifests import dash_name, parse_dash
from media.package import files_in, package, renditions
from media.plan import plan
from media.probe import probe
from media.source import sidecars_beside
from media.transcode import transcode
from models.catalog import RenditionKind
from tests.media.conftest import Encode


async def ignore(share: float) -> None:
    """Whoever takes no interest in progress."""


@pytest.fixture(scope="session")
def made(tiny_film: Path, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The tiny film, packaged once for all tests here; its folder has a comma, at which the packager would stumble."""
    folder = tmp_path_factory.mktemp("one, two")
    for step in ("encoded", "packaged"):
        (folder / step).mkdir()
    return asyncio.run(make(tiny_film, folder / "encoded", folder / "packaged"))


async def make(tiny_film: Path, encoded: Path, packaged: Path) -> SimpleNamespace:
    tracks = plan(await probe(tiny_film), sidecars_beside(tiny_film), "en")
    shares: list[float] = []

    async def report(share: float) -> None:
        shares.append(share)

    await transcode(tiny_film, tracks, encoded, report)
    files = await package(tracks, encoded, packaged)
    return SimpleNamespace(plan=tracks, folder=packaged, files=files, shares=shares)


def timelines(folder: Path) -> list[list[tuple[int, int]]]:
    """For each rung of the DASH manifest, when its segments start and how long they last, in ticks of its timescale."""
    manifest = parse_dash((folder / "manifest.mpd").read_text())
    found = []
    for representation in manifest.iterfind(f".//{dash_name('AdaptationSet')}[@contentType='video']/*"):
        segments, at = [], 0
        for item in representation.iter(dash_name("S")):
            for _ in range(int(item.get("r", "0")) + 1):
                segments.append((at, int(item.attrib["d"])))
                at += int(item.attrib["d"])
        found.append(segments)
    return found


def test_three_rungs_with_segments_that_start_together(made: SimpleNamespace) -> None:
    first, *others = timelines(made.folder)
    assert len(others) == 2
    assert all(other == first for other in others)
    assert [Fraction(length, 24000) for _, length in first] == [Fraction(96 * 1001, 24000)] * 2 + [
        Fraction(24 * 1001, 24000)
    ]


async def test_every_segment_starts_with_a_key_frame_of_its_own(made: SimpleNamespace) -> None:
    rung = made.plan.rungs[-1].height
    joined = b"".join((made.folder / f"v{rung}" / part).read_bytes() for part in ("init.mp4", "00002.m4s"))
    alone = made.folder.parent / "second.mp4"
    alone.write_bytes(joined)
    assert (await probe(alone)).video.height == rung


def test_progress_goes_from_nothing_to_all(made: SimpleNamespace) -> None:
    assert made.shares == sorted(made.shares)
    assert 0 <= made.shares[0] < 1
    assert made.shares[-1] == pytest.approx(1, abs=0.02)


def test_all_files_are_listed_and_the_manifests_name_only_them(made: SimpleNamespace) -> None:
    names = {path.as_posix() for path in made.files}
    assert made.files == files_in(made.folder)
    assert {"master.m3u8", "manifest.mpd", "s_de.vtt", "a1_en/00001.m4s", "v144/init.mp4"} <= names
    for playlist in made.folder.glob("*.m3u8"):
        lines = playlist.read_text().splitlines()
        assert {line for line in lines if line and not line.startswith("#")} <= names


def test_languages_and_names_stand_in_both_manifests(made: SimpleNamespace) -> None:
    hls = (made.folder / "master.m3u8").read_text()
    assert 'TYPE=AUDIO,URI="a2_de.m3u8",GROUP-ID="audio",LANGUAGE="de",NAME="Deutsch",DEFAULT=NO' in hls
    assert 'TYPE=SUBTITLES,URI="s_en.m3u8",GROUP-ID="text",LANGUAGE="en",NAME="English",DEFAULT=NO' in hls
    sets = parse_dash((made.folder / "manifest.mpd").read_text()).iter(dash_name("AdaptationSet"))
    offered = [(item.get("contentType"), item.get("lang"), item.findtext(dash_name("Label"))) for item in sets]
    assert offered == [
        ("video", None, None),
        ("audio", "en", "English"),
        ("audio", "de", "Deutsch"),
        ("text", "de", "Deutsch"),
        ("text", "en", "English"),
    ]


def test_renditions_are_what_the_packager_measured(made: SimpleNamespace) -> None:
    found = renditions(made.plan, made.folder)
    video = [track for track in found if track.kind is RenditionKind.VIDEO]
    assert [(track.width, track.height) for track in video] == [(640, 360), (426, 240), (256, 144)]
    assert all(track.codec.startswith("avc1.64") and track.bitrate for track in video)
    sound = [track for track in found if track.kind is RenditionKind.AUDIO]
    assert [(track.language, track.label, track.channels, track.codec) for track in sound] == [
        ("en", "English", 2, "mp4a.40.2"),
        ("de", "Deutsch", 2, "mp4a.40.2"),
    ]
    text = [track for track in found if track.kind is RenditionKind.SUBTITLE]
    assert [track.language for track in text] == ["de", "en"]


async def through(source: Path, folder: Path) -> list[str]:
    """A film through all steps; the files that came out."""
    tracks = plan(await probe(source), [], "en")
    (folder / "encoded").mkdir()
    (folder / "packaged").mkdir()
    await transcode(source, tracks, folder / "encoded", ignore)
    return [path.as_posix() for path in await package(tracks, folder / "encoded", folder / "packaged")]


async def test_embedded_subtitles_come_along(encode: Encode, tiny_film: Path, tmp_path: Path) -> None:
    text = tiny_film.with_name("tiny.de.vtt")
    options = ("-t", "3", "-c", "copy", "-metadata:s:s:0", "language=ger")
    files = await through(encode("muxed.mkv", "-i", str(tiny_film), "-i", str(text), *options), tmp_path)
    assert "s_de.vtt" in files
    assert "Hello in de" in (tmp_path / "packaged" / "s_de.vtt").read_text()


async def test_films_of_others(test_videos: Path, tmp_path: Path) -> None:
    files = await through(test_videos / "big-buck-bunny-1080p-5s.mp4", tmp_path)
    assert {"v1080/00001.m4s", "v720/00001.m4s", "v240/00001.m4s"} <= set(files)
    first, *others = timelines(tmp_path / "packaged")
    assert all(other == first for other in others)


async def test_a_film_that_breaks_off_is_refused(encode: Encode, tiny_film: Path, tmp_path: Path) -> None:
    whole = encode("whole.mp4", "-i", str(tiny_film), "-c", "copy", "-movflags", "+faststart")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(MediaError, match=r"cut\.mp4 is incomplete: its picture ends after \d\.\d s of 9\.0 s"):
        await through(cut, tmp_path)


async def test_subtitles_that_are_none(tiny_film: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "tiny.en.vtt"
    wrong.write_text("1\n00:00:01,000 --> 00:00:02,000\nThis is SubRip\n")
    tracks = plan(await probe(tiny_film), [wrong], "en")
    with pytest.raises(MediaError, match=r"tiny\.en\.vtt is no WebVTT"):
        await transcode(tiny_film, tracks, tmp_path, ignore)


async def test_the_packagers_complaint_is_told(tiny_film: Path, tmp_path: Path) -> None:
    tracks = plan(await probe(tiny_film), [], "en")
    with pytest.raises(ToolFailed, match=r"packager.* failed with exit status \d+: (?s:.*)nothing/\w+\.mp4"):
        await package(tracks, tmp_path / "nothing", tmp_path)
