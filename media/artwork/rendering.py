"""From a picture as somebody gave it to one that any browser shows, and is safe to show."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO

import blurhash
from PIL import ExifTags, Image, ImageCms

from media.errors import MediaError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
"""More than 8K has; decoded they take 160 MB."""
LONGEST_SIDE = 16_383
"""WebP has room for no more (RFC 9649, section 2.6)."""
QUALITY = 80
HASHED = 32
"""Pixels of a side of what a BlurHash is made of, which has no detail finer than a quarter of the picture."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture of each of Exif's orientations upright (Exif 2.32, 4.6.4.A)."""
BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)
"""What Pillow raises for files that are none of its formats, broken or too large."""


class NotAPicture(MediaError):
    """These bytes are no whole JPEG, PNG or WebP picture of a size that we take; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Width and height in pixels, as the picture is meant to be seen, and its BlurHash (https://blurha.sh)."""

    width: int
    height: int
    blurhash: str


def measured(data: bytes) -> Measured:
    """Decodes all of a picture. Raises NotAPicture."""
    with opened(data) as image:
        whole = upright(image)
        small = in_srgb(plain(whole).resize((HASHED, HASHED), Image.Resampling.BOX))
        return Measured(whole.width, whole.height, hash_of(small, lies=whole.width >= whole.height))


def rendered(data: bytes, width: int, height: int) -> bytes:
    """The picture as WebP of exactly this size: upright, in sRGB, without metadata, its first frame alone.

    Lossless where it has transparency, as logos have. Raises NotAPicture.
    """
    with opened(data) as image:
        image.draft(None, (2 * width, 2 * height))  # a JPEG is decoded to a half, quarter or eighth if that will do
        return webp(in_srgb(plain(upright(image)).resize((width, height), Image.Resampling.LANCZOS)))


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """The picture, its pixels not decoded yet; what turns out to be wrong with them in the block is NotAPicture too."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if max(image.size) > LONGEST_SIDE or image.width * image.height > MOST_PIXELS:
                raise NotAPicture(f"{image.width} by {image.height} pixels are more than we take.")
            yield image
    except BROKEN as error:
        raise NotAPicture(f"This is no whole JPEG, PNG or WebP picture: {error}") from error


def upright(image: Image.Image) -> Image.Image:
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def plain(image: Image.Image) -> Image.Image:
    """In colours of 8 bits a channel, which can be resampled: no palette."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")  # `convert` alone would cut off all light tones
    if image.has_transparency_data:
        return in_mode(image, "RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def in_srgb(image: Image.Image) -> Image.Image:
    """In the colours that browsers expect of a picture without a profile."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        with suppress(ImageCms.PyCMSError):  # browsers too take one that can't be read for sRGB
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode=mode) or image
    return in_mode(image, mode)


def in_mode(image: Image.Image, mode: str) -> Image.Image:
    """The image itself where nothing is to be converted: a copy of the largest takes 120 MB."""
    return image if image.mode == mode else image.convert(mode)


def webp(image: Image.Image) -> bytes:
    opaque = image.mode == "RGB" or image.getchannel("A").getextrema()[0] == 255
    buffer = BytesIO()
    in_mode(image, "RGB" if opaque else "RGBA").save(buffer, "WEBP", quality=QUALITY, lossless=not opaque)
    return buffer.getvalue()


def hash_of(image: Image.Image, *, lies: bool) -> str:
    """Of 4 by 3 components, or 3 by 4 for an upright picture; what is transparent counts as black."""
    ground = Image.new("RGB", image.size)
    ground.paste(image, mask=image if image.mode == "RGBA" else None)
    pixels = [[ground.getpixel((x, y)) for x in range(image.width)] for y in range(image.height)]
    across, down = (4, 3) if lies else (3, 4)
    return str(blurhash.encode(pixels, components_x=across, components_y=down))
