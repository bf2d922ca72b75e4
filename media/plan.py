"""What an asset will be made of: its rungs, its sound tracks and its subtitles, named before any of it exists."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from media import languages
from media.ladder import Rung, ladder
from media.probe import AudioStream, Probe, SubtitleStream
from models.catalog import SubtitleKind

SIDECAR = re.compile(r"\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)(?:\.(?P<kind>captions|forced))?\.vtt$")


@dataclass(frozen=True)
class AudioTrack:
    """A sound track to make; `name` is its file's and its folder's, unique in the asset."""

    name: str
    index: int
    language: str
    label: str
    descriptive: bool


@dataclass(frozen=True)
class TextTrack:
    """A subtitle track to make, from a WebVTT file or from a stream of the source."""

    name: str
    source: Path | int
    language: str
    label: str
    kind: SubtitleKind


@dataclass(frozen=True)
class Plan:
    """All tracks of an asset, and how its picture ticks: `gop` is in frames, 2 seconds of them."""

    probe: Probe
    rungs: tuple[Rung, ...]
    audio: tuple[AudioTrack, ...]
    text: tuple[TextTrack, ...]
    gop: int


def plan(probe: Probe, sidecars: Iterable[Path], spoken: str) -> Plan:
    """The tracks for a source; `spoken` is the language of sound that the file says nothing of."""
    video = probe.video
    return Plan(
        probe,
        ladder(video.width, video.height, video.frame_rate),
        audio_tracks(probe.audio, spoken),
        text_tracks(probe.subtitles, sorted(sidecars)),
        max(1, round(video.frame_rate * 2)),
    )


def audio_tracks(streams: Sequence[AudioStream], spoken: str) -> tuple[AudioTrack, ...]:
    tracks: list[AudioTrack] = []
    for stream in streams:
        language = spoken if stream.language == languages.UNDETERMINED else stream.language
        label = unused(languages.name(language), stream.title, [track.label for track in tracks])
        name = f"a{len(tracks) + 1}_{language}"
        tracks.append(AudioTrack(name, stream.index, language, label, stream.descriptive))
    return tuple(tracks)


def unused(label: str, title: str | None, taken: Sequence[str]) -> str:
    """A label that no other track has: HLS wants them unique in a group (RFC 8216, 4.3.4.1)."""
    if label not in taken:
        return label
    # The packager takes a track's description as `key=value,…`.
    title = " ".join(re.sub(r"[^\w .'-]+", " ", title or "").split())
    return next(made for made in (f"{label} ({title or number})" for number in range(2, 100)) if made not in taken)


def text_tracks(streams: Sequence[SubtitleStream], sidecars: Sequence[Path]) -> tuple[TextTrack, ...]:
    """One track a language and kind; a file beside the source goes before what is in it."""
    found = [sidecar(path) for path in sidecars]
    found += [(stream.index, stream.language, kind_of(stream)) for stream in streams if stream.is_text]
    tracks: dict[tuple[str, SubtitleKind], TextTrack] = {}
    for source, language, kind in found:
        suffix = "" if kind is SubtitleKind.SUBTITLES else f"_{kind.value.lower()}"
        label = languages.name(language) + (f" ({kind.value.lower()})" if suffix else "")
        tracks.setdefault((language, kind), TextTrack(f"s_{language}{suffix}", source, language, label, kind))
    return tuple(tracks.values())


def is_sidecar(name: str) -> bool:
    """Whether a file is named as subtitles are: `film.en.vtt`, `film.en.captions.vtt` or `film.en.forced.vtt`."""
    return SIDECAR.search(name) is not None


def sidecar(path: Path) -> tuple[Path | int, str, SubtitleKind]:
    match = SIDECAR.search(path.name)
    assert match is not None, f"{path.name} is not named as subtitles are"
    kind = SubtitleKind[(match["kind"] or "subtitles").upper()]
    return path, languages.tag(match["language"]), kind


def kind_of(stream: SubtitleStream) -> SubtitleKind:
    if stream.forced:
        return SubtitleKind.FORCED
    return SubtitleKind.CAPTIONS if stream.captions else SubtitleKind.SUBTITLES
