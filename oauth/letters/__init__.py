"""What we write to households."""

from oauth.letters.posting import deliver, post, send_now
from oauth.letters.texts import Letter

__all__ = ["Letter", "deliver", "post", "send_now"]
