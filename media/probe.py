"""What is in a media file, as ffprobe tells."""

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from media import languages, tools
from media.errors import MediaError, ToolFailed

TEXT_CODECS = frozenset({"subrip", "webvtt", "mov_text", "ass", "ssa", "text"})
STANDARD_RATES = tuple(
    Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)


@dataclass(frozen=True)
class VideoStream:
    """The picture: `width` and `height` are as it is to be shown, in square pixels and upright."""

    index: int
    codec: str
    width: int
    height: int
    frame_rate: Fraction
    interlaced: bool
    duration_ms: int | None


@dataclass(frozen=True)
class AudioStream:
    """One sound track; `language` is a BCP 47 tag, `und` where the file says none."""

    index: int
    codec: str
    language: str
    channels: int
    title: str | None
    descriptive: bool


@dataclass(frozen=True)
class SubtitleStream:
    """One embedded subtitle track; only those made of text can become WebVTT."""

    index: int
    codec: str
    language: str
    forced: bool
    captions: bool

    @property
    def is_text(self) -> bool:
        return self.codec in TEXT_CODECS


@dataclass(frozen=True)
class Probe:
    """A video file: its duration in milliseconds, and its streams in the file's order."""

    duration_ms: int
    video: VideoStream
    audio: tuple[AudioStream, ...]
    subtitles: tuple[SubtitleStream, ...]


async def probe(path: Path) -> Probe:
    """What is in the file; MediaError for one that is missing, corrupt, or no video."""
    show = ("-v", "error", "-of", "json", "-show_format", "-show_streams")
    try:
        found = json.loads(await tools.run(tools.ffprobe(), *show, *tools.SAFE_INPUT, str(path)))
    except ToolFailed as error:
        reason = str(error).splitlines()[-1].rpartition(": ")[2]
        raise MediaError(f"{path.name} is no media file, or corrupt: {reason}.") from error
    return read(path.name, found)


def read(name: str, found: dict[str, Any]) -> Probe:
    """ffprobe's JSON as a Probe."""
    streams = found.get("streams", [])
    pictures = [stream for stream in streams if is_film(stream)]
    duration = milliseconds(found.get("format", {}).get("duration"))
    if not pictures:
        raise MediaError(f"{name} has no video stream.")
    if not duration:
        raise MediaError(f"{name} is no video: it has no duration.")
    return Probe(
        duration,
        video_stream(name, pictures[0]),
        tuple(audio_stream(stream) for stream in streams if stream["codec_type"] == "audio"),
        tuple(subtitle_stream(stream) for stream in streams if stream["codec_type"] == "subtitle"),
    )


def is_film(stream: dict[str, Any]) -> bool:
    """Whether a stream is moving pictures, and not the cover of an album."""
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def video_stream(name: str, stream: dict[str, Any]) -> VideoStream:
    width, height = shown_size(stream)
    if width < 2 or height < 2:
        raise MediaError(f"{name} is corrupt: its picture is {width} by {height} pixels.")
    return VideoStream(
        stream["index"],
        stream.get("codec_name", "unknown"),
        width,
        height,
        steady_rate(name, stream),
        stream.get("field_order", "progressive") not in {"progressive", "unknown"},
        milliseconds(stream.get("duration")),
    )


def shown_size(stream: dict[str, Any]) -> tuple[int, int]:
    """Width and height after the pixels' shape and the camera's rotation are taken into account."""
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    shape = stream.get("sample_aspect_ratio", "1:1").replace(":", "/")
    if not shape.startswith("0/"):
        width = round(width * Fraction(shape))
    turned = sum(int(side.get("rotation", 0)) for side in stream.get("side_data_list", []))
    return (height, width) if turned % 180 else (width, height)


def steady_rate(name: str, stream: dict[str, Any]) -> Fraction:
    """Frames a second: the standard's rate if the average is within 1 % of one, and never above 60."""
    top, _, bottom = stream.get("avg_frame_rate", "0/0").partition("/")
    if not int(top) or not int(bottom):
        raise MediaError(f"{name} is no video: its frame rate is unknown.")
    rate = Fraction(int(top), int(bottom))
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    if abs(nearest - rate) <= nearest / 100:
        return nearest
    return min(rate, Fraction(60)).limit_denominator(1001)


def audio_stream(stream: dict[str, Any]) -> AudioStream:
    tags, flags = stream.get("tags", {}), stream.get("disposition", {})
    return AudioStream(
        stream["index"],
        stream.get("codec_name", "unknown"),
        languages.tag(tags.get("language")),
        int(stream.get("channels", 0)),
        tags.get("title"),
        bool(flags.get("visual_impaired") or flags.get("descriptions")),
    )


def subtitle_stream(stream: dict[str, Any]) -> SubtitleStream:
    flags = stream.get("disposition", {})
    return SubtitleStream(
        stream["index"],
        stream.get("codec_name", "unknown"),
        languages.tag(stream.get("tags", {}).get("language")),
        bool(flags.get("forced")),
        bool(flags.get("hearing_impaired") or flags.get("captions")),
    )


def milliseconds(seconds: str | None) -> int | None:
    return round(float(seconds) * 1000) if seconds else None
