"""Packaging: Shaka Packager cuts the tracks into CMAF segments and writes the HLS and DASH manifests."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from media import tools
from media.manifests import DASH, HLS, dash_name, parse_dash, write_dash
from media.plan import AudioTrack, Plan, TextTrack
from models.catalog import RenditionKind, SubtitleKind

SEGMENT_SECONDS = 4
ROLES = {SubtitleKind.SUBTITLES: "subtitle", SubtitleKind.CAPTIONS: "caption", SubtitleKind.FORCED: "forced-subtitle"}


@dataclass(frozen=True)
class Packaged:
    """One track as players get it: `codec` as in RFC 6381, `bitrate` the peak in bits a second."""

    kind: RenditionKind
    codec: str
    bitrate: int | None = None
    width: int | None = None
    height: int | None = None
    language: str | None = None
    label: str | None = None
    channels: int | None = None
    descriptive: bool = False
    subtitle_kind: SubtitleKind | None = None


async def package(plan: Plan, encoded: Path, folder: Path) -> list[Path]:
    """Makes segments and manifests in `folder` from the files in `encoded`; all files made, relative to `folder`."""
    await tools.run(tools.packager(), *streams(plan, encoded, folder), *flags(plan), folder=folder)
    add_text(plan, encoded, folder)
    return files_in(folder)


def files_in(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def streams(plan: Plan, encoded: Path, folder: Path) -> list[str]:
    # Relative, because a comma in a path would end the packager's argument.
    near = Path(relpath(encoded, folder))
    return [*video_streams(plan, near), *audio_streams(plan, near), *text_streams(plan, near)]


def flags(plan: Plan) -> list[str]:
    spoken = plan.audio[0].language if plan.audio else "und"
    cut = [f"--{kind}_duration={SEGMENT_SECONDS}" for kind in ("segment", "fragment")]
    # Subtitles are for who asks for them: `zxx` (no language) makes no track the default.
    first = [f"--default_language={spoken}", "--default_text_language=zxx"]
    manifests = [f"--hls_master_playlist_output={HLS}", "--hls_playlist_type=VOD", f"--mpd_output={DASH}"]
    return [*cut, *first, *manifests, "--generate_static_live_mpd", "--quiet"]


def video_streams(plan: Plan, encoded: Path) -> Iterator[str]:
    for rung in plan.rungs:
        name = f"v{rung.height}"
        yield f"in={encoded / name}.mp4,stream=video,{segments(name)},iframe_playlist_name={name}_i.m3u8"


def audio_streams(plan: Plan, encoded: Path) -> Iterator[str]:
    for track in plan.audio:
        yield f"in={encoded / track.name}.mp4,stream=audio,{segments(track.name)},{spoken(track)}"


def spoken(track: AudioTrack) -> str:
    named = f"language={track.language},hls_group_id=audio,hls_name={track.label},dash_label={track.label}"
    if not track.descriptive:
        return named
    return f"{named},hls_characteristics=public.accessibility.describes-video,dash_roles=description"


def text_streams(plan: Plan, encoded: Path) -> Iterator[str]:
    """HLS gets WebVTT in segments; the packager can't make DASH's whole files in the same run."""
    for track in plan.text:
        cut = f"segment_template={track.name}/$Number%05d$.vtt,playlist_name={track.name}.m3u8"
        named = f"language={track.language},hls_group_id=text,hls_name={track.label}"
        yield f"in={encoded / track.name}.vtt,stream=text,{cut},{named},hls_only=1{manner(track)}"


def manner(track: TextTrack) -> str:
    match track.kind:
        case SubtitleKind.FORCED:
            return ",forced_subtitle=1"
        case SubtitleKind.CAPTIONS:
            spoken = "public.accessibility.transcribes-spoken-dialog;public.accessibility.describes-music-and-sound"
            return f",hls_characteristics={spoken}"
        case _:
            return ""


def segments(name: str) -> str:
    return f"init_segment={name}/init.mp4,segment_template={name}/$Number%05d$.m4s,playlist_name={name}.m3u8"


def add_text(plan: Plan, encoded: Path, folder: Path) -> None:
    """Adds the subtitles to the DASH manifest as whole files, the one form that dash.js and Shaka both read."""
    manifest = parse_dash((folder / DASH).read_text())
    period = manifest.find(dash_name("Period"))
    assert period is not None, "the packager writes one period"
    first = len(period.findall(dash_name("AdaptationSet")))
    for number, track in enumerate(plan.text, start=first):
        shutil.copyfile(encoded / f"{track.name}.vtt", folder / f"{track.name}.vtt")
        period.append(text_set(number, track))
    (folder / DASH).write_text(write_dash(manifest))


def text_set(number: int, track: TextTrack) -> Element:
    """A sidecar subtitle file: one representation whose address is the file."""
    kind = {"contentType": "text", "mimeType": "text/vtt", "lang": track.language}
    made = Element(dash_name("AdaptationSet"), {"id": str(number), **kind})
    role = {"schemeIdUri": "urn:mpeg:dash:role:2011", "value": ROLES[track.kind]}
    SubElement(made, dash_name("Role"), role)
    SubElement(made, dash_name("Label")).text = track.label
    representation = SubElement(made, dash_name("Representation"), {"id": track.name, "bandwidth": "256"})
    SubElement(representation, dash_name("BaseURL")).text = f"{track.name}.vtt"
    return made


def renditions(plan: Plan, folder: Path) -> list[Packaged]:
    """The tracks that the manifest offers, as the packager measured them."""
    manifest = parse_dash((folder / DASH).read_text())
    found = [
        representation
        for kind in ("video", "audio")
        for representation in manifest.iterfind(f".//{dash_name('AdaptationSet')}[@contentType='{kind}']/*")
        if representation.tag == dash_name("Representation")
    ]
    by_folder = {str(folder_of(representation)): representation for representation in found}
    video = [picture(by_folder[f"v{rung.height}"]) for rung in plan.rungs]
    audio = [sound(by_folder[track.name], track) for track in plan.audio]
    return [*video, *audio, *(subtitles(track) for track in plan.text)]


def folder_of(representation: Element) -> str:
    template = representation.find(dash_name("SegmentTemplate"))
    assert template is not None, "the packager writes segment templates"
    return template.attrib["media"].partition("/")[0]


def picture(representation: Element) -> Packaged:
    width, height = int(representation.attrib["width"]), int(representation.attrib["height"])
    return Packaged(RenditionKind.VIDEO, *rate_of(representation), width=width, height=height)


def sound(representation: Element, track: AudioTrack) -> Packaged:
    layout = representation.find(dash_name("AudioChannelConfiguration"))
    return Packaged(
        RenditionKind.AUDIO,
        *rate_of(representation),
        language=track.language,
        label=track.label,
        channels=int(layout.attrib["value"]) if layout is not None else None,
        descriptive=track.descriptive,
    )


def rate_of(representation: Element) -> tuple[str, int]:
    return representation.attrib["codecs"], int(representation.attrib["bandwidth"])


def subtitles(track: TextTrack) -> Packaged:
    return Packaged(
        RenditionKind.SUBTITLE, "webvtt", language=track.language, label=track.label, subtitle_kind=track.kind
    )
