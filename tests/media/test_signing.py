from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from media.signing import EdgeSigner, ForbiddenAddress, Grant, manifest_urls

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SESSION = UUID("0190a8c0-0000-7000-8000-000000000001")
GRANT = Grant("media/asset/attempt", SESSION, 720, int(NOW.timestamp()) + 60)


@pytest.fixture
def signer() -> EdgeSigner:
    return EdgeSigner(b"a secret of 24 bytes ...", "http://127.0.0.1:8000/")


def path_of(url: str) -> str:
    return url.removeprefix("http://127.0.0.1:8000/s/")


def test_an_address_opens_what_it_was_signed_for(signer: EdgeSigner) -> None:
    url = signer.url(GRANT, "v720/00001.m4s")
    assert signer.verify(path_of(url), NOW) == (GRANT, "v720/00001.m4s")


def test_relative_addresses_below_it_work_too(signer: EdgeSigner) -> None:
    manifest = path_of(signer.url(GRANT, "master.m3u8"))
    assert signer.verify(manifest.replace("master.m3u8", "v240/init.mp4"), NOW) == (GRANT, "v240/init.mp4")


def test_it_expires(signer: EdgeSigner) -> None:
    path = path_of(signer.url(GRANT, "master.m3u8"))
    assert signer.verify(path, NOW + timedelta(seconds=59))
    with pytest.raises(ForbiddenAddress, match="expired"):
        signer.verify(path, NOW + timedelta(seconds=60))


@pytest.mark.parametrize(
    "changed",
    [
        replace(GRANT, session_id=uuid4()),
        replace(GRANT, max_height=2160),
        replace(GRANT, prefix="media/other/attempt"),
        replace(GRANT, expires_at=GRANT.expires_at + 1),
    ],
    ids=["session", "height", "asset", "expiry"],
)
def test_nothing_in_it_can_be_changed(signer: EdgeSigner, changed: Grant) -> None:
    forged = signer.url(changed, "master.m3u8").replace(signer.mac(changed), signer.mac(GRANT))
    with pytest.raises(ForbiddenAddress, match="not signed by us"):
        signer.verify(path_of(forged), NOW)


def test_another_secret_opens_nothing(signer: EdgeSigner) -> None:
    stranger = EdgeSigner(b"another secret altogether", "http://127.0.0.1:8000")
    with pytest.raises(ForbiddenAddress, match="not signed by us"):
        signer.verify(path_of(stranger.url(GRANT, "master.m3u8")), NOW)


@pytest.mark.parametrize(
    "path", ["", "x", "1/2/3/4/media/a/b/c", f"é/ü/{SESSION}/720/media/a/b/c", "1/m/no-uuid/9/a/b/c"]
)
def test_what_is_no_address_at_all(signer: EdgeSigner, path: str) -> None:
    with pytest.raises(ForbiddenAddress):
        signer.verify(path, NOW)


def test_a_mac_of_other_letters_is_refused_and_no_error(signer: EdgeSigner) -> None:
    path = path_of(signer.url(GRANT, "master.m3u8")).replace(signer.mac(GRANT), "Ünsinn")
    with pytest.raises(ForbiddenAddress, match="not signed by us"):
        signer.verify(path, NOW)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="5 bytes; 16 are the fewest"):
        EdgeSigner(b"short", "http://127.0.0.1:8000")


def test_manifest_addresses_by_protocol(signer: EdgeSigner) -> None:
    urls = manifest_urls(signer, GRANT.prefix, SESSION, 720, NOW + timedelta(seconds=60))
    assert urls == {"HLS": signer.url(GRANT, "master.m3u8"), "DASH": signer.url(GRANT, "manifest.mpd")}
