from fractions import Fraction
from pathlib import Path

import pytest

from media.errors import MediaError
from media.probe import probe
from tests.media.conftest import Encode


async def test_tells_streams_languages_and_duration(tiny_film: Path) -> None:
    found = await probe(tiny_film)
    assert found.duration_ms == pytest.approx(9000, abs=50)
    assert (found.video.width, found.video.height, found.video.codec) == (640, 360, "h264")
    assert found.video.frame_rate == Fraction(24000, 1001)
    assert not found.video.interlaced
    assert [(track.language, track.channels) for track in found.audio] == [("en", 1), ("de", 1)]


async def test_film_of_others(test_videos: Path) -> None:
    found = await probe(test_videos / "big-buck-bunny-480p-30s.mp4")
    assert (found.duration_ms, found.video.width, found.video.height) == (30000, 854, 480)
    assert [(track.language, track.channels) for track in found.audio] == [("und", 6)]
    assert (await probe(test_videos / "ebu-croatia-1080p-8s.mp4")).audio == ()


async def test_shown_size_heeds_pixel_shape_and_rotation(encode: Encode) -> None:
    picture = ("-f", "lavfi", "-i", "color=s=720x576:r=25:d=1,setsar=16/15")
    wide = await probe(encode("wide.mp4", *picture))
    assert (wide.video.width, wide.video.height) == (768, 576)
    upright = encode("upright.mp4", "-f", "lavfi", "-i", "color=s=320x180:r=25:d=1")
    turned = await probe(encode("turned.mp4", "-display_rotation", "90", "-i", str(upright), "-c", "copy"))
    assert (turned.video.width, turned.video.height) == (180, 320)


async def test_embedded_subtitles(encode: Encode, tiny_film: Path) -> None:
    text = tiny_film.with_name("tiny.de.vtt")
    muxed = encode("muxed.mkv", "-i", str(tiny_film), "-i", str(text), "-c", "copy", "-metadata:s:s:0", "language=ger")
    (found,) = (await probe(muxed)).subtitles
    assert (found.language, found.is_text) == ("de", True)


async def test_no_media_file(tmp_path: Path) -> None:
    text = tmp_path / "letter.mp4"
    text.write_text("Dear sir or madam")
    with pytest.raises(MediaError, match=r"letter\.mp4 is no media file, or corrupt: Invalid data"):
        await probe(text)


@pytest.fixture
def beginning(tiny_film: Path) -> bytes:
    return tiny_film.read_bytes()[:20000]


async def test_half_a_file(beginning: bytes, tmp_path: Path) -> None:
    half = tmp_path / "half.mp4"
    half.write_bytes(beginning)
    with pytest.raises(MediaError, match=r"half\.mp4 is no media file, or corrupt"):
        await probe(half)


async def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.mp4 .*No such file"):
        await probe(tmp_path / "gone.mp4")


async def test_sound_alone_is_no_film(encode: Encode) -> None:
    sound = encode("sound.mp4", "-f", "lavfi", "-i", "sine=duration=1")
    with pytest.raises(MediaError, match=r"sound\.mp4 has no video stream"):
        await probe(sound)


async def test_a_picture_is_no_film(encode: Encode) -> None:
    picture = encode("picture.png", "-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1")
    with pytest.raises(MediaError, match=r"picture\.png"):
        await probe(picture)


@pytest.fixture
def trap(tiny_film: Path, tmp_path: Path) -> Path:
    """A list that makes ffmpeg open the film of somebody else, which lies beside it."""
    (tmp_path / "private.mp4").hardlink_to(tiny_film)
    trap = tmp_path / "trap.mp4"
    trap.write_text("ffconcat version 1.0\nfile private.mp4\n")
    return trap


async def test_a_playlist_in_disguise_reads_no_other_file(trap: Path) -> None:
    with pytest.raises(MediaError, match=r"trap\.mp4 is no media file"):
        await probe(trap)
