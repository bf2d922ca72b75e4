import pytest

from media.manifests import NothingLeft, dash_name, parse_dash, session_manifest

MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,URI="a1_en.m3u8",GROUP-ID="audio",LANGUAGE="en",NAME="English",DEFAULT=YES
#EXT-X-STREAM-INF:BANDWIDTH=5000000,RESOLUTION=1920x1080,AUDIO="audio"
v1080.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1500000,RESOLUTION=854x480,AUDIO="audio"
v480.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,RESOLUTION=1920x1080,URI="v1080_i.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=30000,RESOLUTION=854x480,URI="v480_i.m3u8"
"""
MEDIA = """#EXTM3U
#EXT-X-MAP:URI="v480/init.mp4"
#EXTINF:4.000,
v480/00001.m4s
#EXT-X-ENDLIST
"""
MPD = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period id="0">
<AdaptationSet contentType="video" maxWidth="1920" maxHeight="1080">
<Representation id="0" width="1920" height="1080"/><Representation id="1" width="854" height="480"/></AdaptationSet>
<AdaptationSet contentType="audio" lang="en"><Representation id="2"/></AdaptationSet></Period></MPD>
"""


def test_hls_leaves_out_what_is_too_high() -> None:
    kept = session_manifest("master.m3u8", MASTER, 720)
    assert "1080" not in kept
    assert kept == "".join(line for line in MASTER.splitlines(keepends=True) if "1080" not in line)


def test_hls_keeps_all_within_the_height() -> None:
    assert session_manifest("master.m3u8", MASTER, 1080) == MASTER


def test_hls_addresses_get_the_base() -> None:
    kept = session_manifest("v480.m3u8", MEDIA, 720, "https://cdn.test/t/")
    assert 'URI="https://cdn.test/t/v480/init.mp4"' in kept
    assert "\nhttps://cdn.test/t/v480/00001.m4s\n" in kept
    assert session_manifest("v480.m3u8", kept, 720, "https://other.test/") == kept


def test_dash_leaves_out_what_is_too_high() -> None:
    manifest = parse_dash(session_manifest("manifest.mpd", MPD, 720))
    pictures = manifest.find(f".//{dash_name('AdaptationSet')}[@contentType='video']")
    assert pictures is not None
    assert [(item.get("id"), item.get("height")) for item in pictures] == [("1", "480")]
    assert (pictures.get("maxWidth"), pictures.get("maxHeight")) == ("854", "480")
    assert manifest.find(f".//{dash_name('AdaptationSet')}[@contentType='audio']/*") is not None


def test_dash_base() -> None:
    manifest = parse_dash(session_manifest("manifest.mpd", MPD, 2160, "https://cdn.test/t/"))
    assert manifest[0].tag == dash_name("BaseURL")
    assert manifest[0].text == "https://cdn.test/t/"


@pytest.mark.parametrize(("name", "text"), [("master.m3u8", MASTER), ("manifest.mpd", MPD)])
def test_nothing_small_enough(name: str, text: str) -> None:
    with pytest.raises(NothingLeft, match="240 lines or fewer"):
        session_manifest(name, text, 240)
