"""What people may call things: profiles, devices, passkeys."""

from runtime.errors import Refusal

LONGEST_NAME = 50


def checked_name(name: str, *path: str) -> str:
    """The name without spaces around it; it must have something to see in it. Refusal INVALID_NAME (`path`)."""
    stripped = name.strip()
    if not any(c.isalnum() for c in stripped) or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise Refusal("INVALID_NAME", f"A name has 1 to {LONGEST_NAME} printable characters.", *path)
    return stripped
