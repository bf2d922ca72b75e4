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

from runtime.keyfiles import secret

NONCE_BYTES = 12


class DecryptionError(Exception):
    """A cell does not decrypt: it was altered, moved to another place, or its key is gone."""


class KeyProvider(Protocol):
    """Holds the key-encryption keys: a file here, a key management service in production."""

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        """The name of the current key-encryption key, and `key` wrapped by it."""
        ...

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """The key that the key-encryption key called `name` wrapped."""
        ...

    def blind_index_key(self) -> bytes:
        """The key of the HMAC by which encrypted cells are looked up."""
        ...


class FileKeyProvider:
    """Key-encryption keys in files of the installation's `keys` folder."""

    def __init__(self, folder: Path) -> None:
        self.current = "file-1"
        self.keys = {self.current: secret(folder / "key-encryption-1", lambda: os.urandom(32))}
        self.index_key = secret(folder / "blind-index", lambda: os.urandom(32))

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        return self.current, aes_key_wrap(self.keys[self.current], key)

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        return aes_key_unwrap(self.keys[name], wrapped)

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
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, value.encode(), cell.associated_data)

    def open(self, key: bytes, cell: Cell, sealed: bytes) -> str:
        """The value that was sealed for `cell`; DecryptionError where it was altered or stood elsewhere."""
        try:
            plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], cell.associated_data)
        except InvalidTag as error:
            raise DecryptionError(f"{cell.table}.{cell.column} of row {cell.row} does not decrypt.") from error
        return plain.decode()

    def blind_index(self, value: str) -> bytes:
        """An HMAC-SHA256 of the value, by which a row is found without decrypting any."""
        return hmac.new(self.provider.blind_index_key(), value.encode(), hashlib.sha256).digest()

    def derived_key(self, purpose: str) -> bytes:
        """A key of 32 bytes of the installation's own for one purpose (HKDF, RFC 5869)."""
        return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(self.provider.blind_index_key())
