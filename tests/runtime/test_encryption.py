"""Cells that open in their place alone, and key-encryption keys that come while others are in use."""

from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap

from runtime import keyfiles
from runtime.encryption import Cell, DecryptionError, Encryption, FileKeyProvider, UnknownKey

CELL = Cell("identity.account", "email", uuid4())


@pytest.fixture
def encryption(tmp_path: Path) -> Encryption:
    return Encryption(FileKeyProvider(tmp_path))


@pytest.mark.parametrize("value", ["", "ada@example.org", "ümläut 🎬"])
def test_a_cell_opens_in_its_place(encryption: Encryption, value: str) -> None:
    _, _, key = encryption.new_key()
    sealed = encryption.seal(key, CELL, value)
    assert encryption.open(key, CELL, sealed) == value
    assert encryption.seal(key, CELL, value) != sealed, "each time with a nonce of its own"


@pytest.mark.parametrize(
    "other", [Cell("x", "email", CELL.row), Cell(CELL.table, "x", CELL.row), Cell(CELL.table, "email", uuid4())]
)
def test_a_cell_opens_nowhere_else(encryption: Encryption, other: Cell) -> None:
    _, _, key = encryption.new_key()
    with pytest.raises(DecryptionError, match=str(other.row)):
        encryption.open(key, other, encryption.seal(key, CELL, "ada@example.org"))


def test_an_altered_cell_does_not_open(encryption: Encryption) -> None:
    _, _, key = encryption.new_key()
    sealed = encryption.seal(key, CELL, "ada@example.org")
    for position in range(len(sealed)):
        altered = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises(DecryptionError):
            encryption.open(key, CELL, altered)


def test_what_was_cut_off_does_not_open(encryption: Encryption) -> None:
    _, _, key = encryption.new_key()
    sealed = encryption.seal(key, CELL, "ada@example.org")
    for length in range(len(sealed)):
        with pytest.raises(DecryptionError):
            encryption.open(key, CELL, sealed[:length])


def test_bytes_are_sealed_as_well(encryption: Encryption) -> None:
    _, _, key = encryption.new_key()
    assert encryption.open_bytes(key, CELL, encryption.seal_bytes(key, CELL, b"\x00\xff")) == b"\x00\xff"


def test_another_processs_key_is_found_at_once_to_unwrap(tmp_path: Path) -> None:
    ours, theirs = FileKeyProvider(tmp_path), FileKeyProvider(tmp_path)
    assert theirs.rotate() == "file-2"
    name, wrapped = theirs.wrap(bytes(32))
    assert name == "file-2"
    assert ours.unwrap(name, wrapped) == bytes(32)


def test_another_processs_key_is_the_current_one_after_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = FileKeyProvider(tmp_path), FileKeyProvider(tmp_path)
    theirs.rotate()
    assert ours.wrap(bytes(32))[0] == "file-1"
    monkeypatch.setattr(keyfiles, "LOOK_EVERY", 0)
    assert ours.wrap(bytes(32))[0] == "file-2"
    assert ours.names() == ["file-1", "file-2"]


def test_keys_of_before_go_on_unwrapping(tmp_path: Path) -> None:
    provider = FileKeyProvider(tmp_path)
    name, wrapped = provider.wrap(b"k" * 32)
    for _ in range(10):
        provider.rotate()
    assert provider.names()[-1] == "file-11", "they are numbers, not texts"
    assert provider.unwrap(name, wrapped) == b"k" * 32


@pytest.mark.parametrize("name", ["file-7", "file-", "file-x", "kms-1", "../blind-index", "file--1", "file-²"])
def test_an_unknown_key_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownKey, match=name.replace(".", r"\.")):
        FileKeyProvider(tmp_path).unwrap(name, bytes(40))


def test_a_forged_wrapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidUnwrap):
        FileKeyProvider(tmp_path).unwrap("file-1", bytes(40))


def test_key_files_are_their_owners_alone(tmp_path: Path) -> None:
    FileKeyProvider(tmp_path / "keys").rotate()
    files = list((tmp_path / "keys").iterdir())
    assert sorted(file.name for file in files) == ["blind-index", "key-encryption-1", "key-encryption-2"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_looking_costs_one_look_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider, looks = FileKeyProvider(tmp_path), 0
    look = keyfiles.KeyFiles.look

    def counted(files: keyfiles.KeyFiles) -> None:
        nonlocal looks
        looks += 1
        look(files)

    monkeypatch.setattr(keyfiles.KeyFiles, "look", counted)
    monkeypatch.setattr(keyfiles, "LOOK_EVERY", 1e9)
    for _ in range(100):
        provider.wrap(bytes(32))
    assert looks == 0
