"""Envelope encryption of sensitive columns: AES-256-GCM (NIST SP 800-38D) with a key of each account's own.

The account's key is wrapped by a key-encryption key (RFC 3394) that a KeyProvider holds. The associated data names
table, column and row, so that a cell moved elsewhere does not decrypt.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from runtime.keyfiles import KeyFiles, secret

NONCE_BYTES = 12


class DecryptionError(Exception):
    """A cell does not decrypt: it was altered, moved to another place, or its key is gone."""


class UnknownKey(DecryptionError):
    """There is no key-encryption key of this name here."""


class KeyProvider(Protocol):
    """Holds the key-encryption keys: a file here, a key management service in production."""

    def names(self) -> list[str]:
        """The key-encryption keys there are, the current one last."""
        ...

    def rotate(self) -> str:
        """The name of a new key-encryption key, which is the current one from now on; the others stay."""
        ...

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        """The name of the current key-encryption key, and `key` wrapped by it."""
        ...

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """The key that the key-encryption key called `name` wrapped; UnknownKey, or InvalidUnwrap for a forgery."""
        ...

    def blind_index_key(self) -> bytes:
        """The key of the HMAC by which encrypted cells are looked up."""
        ...


class FileKeyProvider:
    """Key-encryption keys in files of the installation's `keys` folder: `file-2` lies in `key-encryption-2`.

    The newest is the current one. Another process's new key is the current one here within a second; to unwrap, it is
    found at once.
    """

    def __init__(self, folder: Path) -> None:
        self.files = KeyFiles(folder, "key-encryption", lambda: os.urandom(32))
        self.files.look()
        self.index_key = secret(folder / "blind-index", lambda: os.urandom(32))

    def names(self) -> list[str]:
        return [f"file-{number}" for number in self.files.read()]

    def rotate(self) -> str:
        return f"file-{self.files.add()}"

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        number, current = next(reversed(self.files.read().items()))
        return f"file-{number}", aes_key_wrap(current, key)

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        if name not in self.names():
            self.files.look()
        keys = dict(zip(self.names(), self.files.contents.values(), strict=True))
        if name not in keys:
            raise UnknownKey(f"There is no key-encryption key {name!r} here.")
        return aes_key_unwrap(keys[name], wrapped)

    def blind_index_key(self) -> bytes:
        return self.index_key


@dataclass(frozen=True, slots=True)
class Cell:
    """Where an encrypted value stands: its table, column and row."""

    table: str
    column: str
    row: UUID

    @property
    def associated_data(self) -> bytes:
        return f"{self.table}.{self.column}:{self.row}".encode()


class Encryption:
    def __init__(self, provider: KeyProvider) -> None:
        self.provider = provider

    def new_key(self) -> tuple[str, bytes, bytes]:
        """A fresh account key: the name of what wraps it, the wrapped key, and the key itself."""
        key = AESGCM.generate_key(bit_length=256)
        name, wrapped = self.provider.wrap(key)
        return name, wrapped, key

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """An account's key, from its row in `identity.account_key`."""
        return self.provider.unwrap(name, wrapped)

    def seal(self, key: bytes, cell: Cell, value: str) -> bytes:
        """`value` encrypted for `cell`: a random nonce, then the ciphertext with its tag."""
        return self.seal_bytes(key, cell, value.encode())

    def open(self, key: bytes, cell: Cell, sealed: bytes) -> str:
        """The value that was sealed for `cell`; DecryptionError where it was altered or stood elsewhere."""
        return self.open_bytes(key, cell, sealed).decode()

    def seal_bytes(self, key: bytes, cell: Cell, value: bytes) -> bytes:
        """As `seal`, for what is no text."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, value, cell.associated_data)

    def open_bytes(self, key: bytes, cell: Cell, sealed: bytes) -> bytes:
        """As `open`, for what is no text."""
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], cell.associated_data)
        except (InvalidTag, ValueError) as error:  # too short for a nonce
            raise DecryptionError(f"{cell.table}.{cell.column} of row {cell.row} does not decrypt.") from error

    def blind_index(self, value: str) -> bytes:
        """An HMAC-SHA256 of the value, by which a row is found without decrypting any."""
        return hmac.new(self.provider.blind_index_key(), value.encode(), hashlib.sha256).digest()

    def derived_key(self, purpose: str) -> bytes:
        """A key of 32 bytes of the installation's own for one purpose (HKDF, RFC 5869)."""
        return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(self.provider.blind_index_key())
