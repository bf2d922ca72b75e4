"""The archive that a household downloads: a ZIP with a JSON file for each kind of rows, explained in its language."""

import hashlib
import io
import zipfile
from datetime import datetime
from typing import Any

import orjson

from resolvers.personal import Kinds
from server.privacy.words import readme


def archive_of(kinds: Kinds, language: str, made_at: datetime) -> bytes:
    """The ZIP file. `manifest.json` has the SHA-256 of each other file, in hexadecimal."""
    files = {"README.txt": readme(kinds, language, made_at).encode()}
    files |= {f"{kind}.json": json_of(rows) for kind, rows in sorted(kinds.items())}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["manifest.json"] = json_of({"made_at": made_at, "sha256": digests})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def json_of(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2)  # str: asyncpg's UUIDs are a kind of their own
