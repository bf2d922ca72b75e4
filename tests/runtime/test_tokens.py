"""Access tokens across rotations of the key that signs them, and what is remembered of them."""

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from runtime import tokens
from runtime.errors import Unauthenticated
from runtime.tokens import KEPT_AFTER, PUBLISHED_BEFORE, TokenKeys

ISSUER = "https://marquee.example"


class Clock:
    """The time that the keys see; looking into the folder happens at every use."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time()
        monkeypatch.setattr(tokens.time, "time", lambda: self.now)
        monkeypatch.setattr("runtime.keyfiles.LOOK_EVERY", 0)
        monkeypatch.setattr(tokens, "LOOK_EVERY", 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def kid_of(token: str) -> str:
    import base64

    import orjson

    return str(orjson.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"])


def kids(keys: TokenKeys) -> list[str]:
    return [key["kid"] for key in keys.public()["keys"]]


def rotated(folder: Path, now: float) -> float:
    """What the command does, in a process of its own."""
    source = TokenKeys.from_folder(folder, ISSUER).source
    assert source is not None
    return source.add(now)


def test_a_token_is_good_in_every_process(tmp_path: Path) -> None:
    one, other = TokenKeys.from_folder(tmp_path, ISSUER), TokenKeys.from_folder(tmp_path, ISSUER)
    claims = other.verify(one.sign({"sub": "ada"}))
    assert (claims["sub"], claims["iss"], claims["aud"]) == ("ada", ISSUER, f"{ISSUER}/graphql")


def test_a_new_key_is_published_before_it_signs(tmp_path: Path, clock: Clock) -> None:
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    first = kid_of(keys.sign({"sub": "ada"}))
    signs_from = rotated(tmp_path, clock.now)
    assert signs_from == clock.now + PUBLISHED_BEFORE
    assert len(kids(keys)) == 2
    clock.now = signs_from - 1
    assert kid_of(keys.sign({"sub": "ada"})) == first
    clock.now = signs_from
    assert kid_of(keys.sign({"sub": "ada"})) in set(kids(keys)) - {first}


def test_a_cached_key_set_knows_every_key_that_signs(tmp_path: Path, clock: Clock) -> None:
    """A verifier that reads the JWKS as seldom as its max-age of 300 s allows."""
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    rotated(tmp_path, clock.now)
    began = clock.now
    cached: Any = None
    for second in range(0, 2 * PUBLISHED_BEFORE, 20):
        clock.now = began + second
        if second % 300 == 0:
            cached = KeySet.import_key_set(keys.public())
        assert jwt.decode(keys.sign({"sub": "ada"}), cached, algorithms=["ES256"]).claims["sub"] == "ada"


def test_the_key_of_before_verifies_until_its_tokens_are_over(tmp_path: Path, clock: Clock) -> None:
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    signs_from = rotated(tmp_path, clock.now)
    clock.now = signs_from - 1
    last = keys.sign({"sub": "ada"}, lifetime=KEPT_AFTER)
    clock.now = signs_from + KEPT_AFTER - 2
    assert TokenKeys.from_folder(tmp_path, ISSUER).verify(last)["sub"] == "ada"
    assert len(kids(keys)) == 2
    clock.now = signs_from + KEPT_AFTER
    assert len(kids(keys)) == 1
    with pytest.raises(Unauthenticated):
        keys.verify(last)


def test_who_removes_a_key_ends_its_tokens_even_those_verified_before(tmp_path: Path, clock: Clock) -> None:
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    token = keys.sign({"sub": "ada"})
    rotated(tmp_path, clock.now - PUBLISHED_BEFORE)
    assert keys.verify(token)["sub"] == "ada"
    (tmp_path / "token-signing-1").unlink()
    with pytest.raises(Unauthenticated):
        keys.verify(token)


def test_rotated_twice_in_a_row_the_keys_take_their_turns(tmp_path: Path, clock: Clock) -> None:
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    began, first = clock.now, kid_of(keys.sign({"sub": "ada"}))
    rotated(tmp_path, began)
    rotated(tmp_path, began + 10)
    assert len(kids(keys)) == 3
    seen = []
    for second in (0, PUBLISHED_BEFORE, PUBLISHED_BEFORE + 10):
        clock.now = began + second
        seen.append(kid_of(keys.sign({"sub": "ada"})))
    assert seen[0] == first
    assert len(set(seen)) == 3


def test_a_key_file_from_before_rotation_goes_on_signing(tmp_path: Path) -> None:
    """Its file says nothing of a time."""
    import orjson

    from runtime.tokens import SIGNS_FROM, new_signing_key

    members = orjson.loads(new_signing_key())
    del members[SIGNS_FROM]
    (tmp_path / "token-signing-1").write_bytes(orjson.dumps(members))
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    assert keys.verify(keys.sign({"sub": "ada"}))["sub"] == "ada"
    assert kids(keys) == [members["kid"]]


def test_the_key_set_tells_no_private_half(tmp_path: Path) -> None:
    (key,) = TokenKeys.from_folder(tmp_path, ISSUER).public()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "use", "alg", "kid"}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\ud800", "…", "eyJhbGciOiJub25lIn0.e30."])
def test_a_forgery_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(Unauthenticated):
        TokenKeys.from_folder(tmp_path, ISSUER).verify(token)


def test_another_installations_token_is_refused(tmp_path: Path) -> None:
    theirs = TokenKeys.from_folder(tmp_path / "theirs", ISSUER)
    with pytest.raises(Unauthenticated):
        TokenKeys.from_folder(tmp_path / "ours", ISSUER).verify(theirs.sign({"sub": "ada"}))


def test_an_expired_token_is_refused_though_it_was_verified_before(tmp_path: Path, clock: Clock) -> None:
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    token = keys.sign({"sub": "ada"}, lifetime=10)
    assert keys.verify(token)["sub"] == "ada"
    clock.now += 11
    with pytest.raises(Unauthenticated, match="expired"):
        keys.verify(token)
    assert not keys.verified


def test_what_is_remembered_is_bounded_and_holds_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CACHED_TOKENS", 3)
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    issued = [keys.sign({"sub": str(number)}) for number in range(5)]
    for token in issued:
        keys.verify(token)
    assert list(keys.verified) == [hashlib.sha256(token.encode()).digest() for token in issued[2:]]
    assert not any(token in repr(keys.verified) for token in issued)


def test_a_token_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = TokenKeys.from_folder(tmp_path, ISSUER)
    token = keys.sign({"sub": "ada"})
    keys.verify(token)
    monkeypatch.setattr(TokenKeys, "decoded", None)
    assert keys.verify(token)["sub"] == "ada"
