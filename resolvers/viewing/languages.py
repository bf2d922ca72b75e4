"""Which audio and subtitles a playback starts with (BCP 47 tags; matching by RFC 4647, section 3.4)."""

from collections.abc import Iterable, Sequence

from models.identity import SubtitleMode
from resolvers.texts import fallbacks


def matching(wanted: Iterable[str], available: Sequence[str]) -> str | None:
    """The available language that is the best of the wanted ones: itself, its parent, or another of its regions."""
    for language in wanted:
        chain = [tag for tag in fallbacks([language]) if tag.split("-")[0] == language.split("-")[0]]
        found = next((tag for tag in chain if tag in available), None)
        found = found or next((tag for tag in available if tag.split("-")[0] == chain[-1]), None)
        if found:
            return found
    return None


def audio_language(wanted: Sequence[str], own: str, available: Sequence[str]) -> str | None:
    """The audio to start with: the profile's best, else its own language, else the first there is."""
    return matching([*wanted, own], available) or (available[0] if available else None)


def subtitle_language(
    mode: SubtitleMode, wanted: Sequence[str], understood: Sequence[str], audio: str | None, available: Sequence[str]
) -> str | None:
    """The subtitles to start with, or None for none. Forced ones come with the audio and need no choice."""
    if mode in (SubtitleMode.OFF, SubtitleMode.FORCED_ONLY):
        return None
    if mode is SubtitleMode.FOREIGN_AUDIO and (audio is None or matching(understood, [audio])):
        return None
    return matching([*wanted, *understood], available)
