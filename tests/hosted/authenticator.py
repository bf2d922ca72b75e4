"""A passkey in software: what a browser and its device would answer (WebAuthn level 3, sections 5 and 6)."""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def bytes_of(value: str) -> bytes:
    return urlsafe_b64decode(value + "==")


@dataclass
class Authenticator:
    """Holds one passkey; `count` goes up with each use. What is set here it does wrong."""

    host: str
    origin: str
    flags: int = PRESENT | VERIFIED
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(16))
    user: bytes = b""

    def create(self, options: dict[str, Any]) -> str:
        """The new passkey, as a browser says it."""
        self.user = bytes_of(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        data = self.data(ATTESTED) + attested
        made = {"attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}))}
        return self.said("webauthn.create", options, made)

    def get(self, options: dict[str, Any]) -> str:
        """The passkey's answer to a challenge."""
        self.count += 1
        data = self.data()
        signed = data + hashlib.sha256(self.client("webauthn.get", options)).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        answer = {"authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(self.user)}
        return self.said("webauthn.get", options, answer)

    def data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", self.flags | more, self.count)

    def client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def said(self, kind: str, options: dict[str, Any], response: dict[str, str]) -> str:
        response |= {"clientDataJSON": b64(self.client(kind, options))}
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})
