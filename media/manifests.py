"""The manifests that a player gets: the packager's, less what this session may not watch."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

HLS = "master.m3u8"
DASH = "manifest.mpd"
NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"

LINES = re.compile(r"[:,]RESOLUTION=\d+x(\d+)")
ADDRESS = re.compile(r'(?<=URI=")([^"]+)')

ElementTree.register_namespace("", NAMESPACE)
ElementTree.register_namespace("xsi", SCHEMA)


class NothingLeft(Exception):
    """No rendition is small enough for the session."""


def dash_name(tag: str) -> str:
    """A tag of a DASH manifest as ElementTree spells it."""
    return f"{{{NAMESPACE}}}{tag}"


def parse_dash(text: str) -> Element:
    return ElementTree.fromstring(text)  # noqa: S314 -- only our own packager's manifests come here


def write_dash(manifest: Element) -> str:
    ElementTree.indent(manifest)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(manifest, encoding="unicode")}\n'


def session_manifest(name: str, text: str, max_height: int, base: str = "") -> str:
    """The manifest `name` with renditions of at most `max_height` lines, its addresses below `base` if one is given.

    `base` ends with a slash. Raises NothingLeft if every rendition is higher.
    """
    return session_dash(text, max_height, base) if name.endswith(".mpd") else session_hls(text, max_height, base)


def session_hls(text: str, max_height: int, base: str = "") -> str:
    """A multivariant playlist without what is too high (RFC 8216, 4.3.4); a media playlist stays whole."""
    kept = list(allowed_lines(text, max_height))
    if "#EXT-X-STREAM-INF" in text and not any(line.startswith("#EXT-X-STREAM-INF") for line in kept):
        raise NothingLeft(f"No rendition has {max_height} lines or fewer.")
    return "".join(f"{below(base, line)}\n" for line in kept)


def allowed_lines(text: str, max_height: int) -> Iterator[str]:
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("#EXT-X-STREAM-INF:"):
            address = next(lines)
            if height_of(line) <= max_height:
                yield from (line, address)
        elif not line.startswith("#EXT-X-I-FRAME-STREAM-INF:") or height_of(line) <= max_height:
            yield line


def height_of(line: str) -> int:
    found = LINES.search(line)
    return int(found[1]) if found else 0


def below(base: str, line: str) -> str:
    """A playlist's line with its relative addresses put below `base`."""
    if not base or not line:
        return line
    if line.startswith("#"):
        return ADDRESS.sub(lambda found: joined(base, found[1]), line)
    return joined(base, line)


def joined(base: str, address: str) -> str:
    return address if urlsplit(address).scheme else base + address


def session_dash(text: str, max_height: int, base: str = "") -> str:
    """A DASH manifest (ISO/IEC 23009-1) without what is too high, and with a BaseURL if `base` is given."""
    manifest = parse_dash(text)
    for pictures in manifest.iterfind(f".//{dash_name('AdaptationSet')}[@contentType='video']"):
        drop_too_high(pictures, max_height)
    if base:
        address = Element(dash_name("BaseURL"))
        address.text = base
        manifest.insert(0, address)
    return write_dash(manifest)


def drop_too_high(pictures: Element, max_height: int) -> None:
    for representation in pictures.findall(dash_name("Representation")):
        if int(representation.attrib["height"]) > max_height:
            pictures.remove(representation)
    left = pictures.findall(dash_name("Representation"))
    if not left:
        raise NothingLeft(f"No rendition has {max_height} lines or fewer.")
    for side in ("width", "height"):
        if f"max{side.title()}" in pictures.attrib:
            pictures.set(f"max{side.title()}", str(max(int(item.attrib[side]) for item in left)))
