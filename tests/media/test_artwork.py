"""Pictures measured and rendered: sizes to the pixel, colours, transparency, and files that are none."""

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, ImageDraw

from media.artwork import Addresses, Measured, NotAPicture, Picture, claim_of, measured, rendered
from media.artwork.addresses import WIDTHS, Claim

SOME_ID = UUID(int=7)
RED, GREEN, BLUE = (200, 20, 20), (20, 160, 20), (20, 20, 200)


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    assert image.format == "WEBP"
    return image


def halves(width: int = 300, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new(mode, (width, height), RED)
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill=BLUE)
    return image


def near(pixel: object, colour: tuple[int, ...], tolerance: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= tolerance for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(300, 200), (150, 100), (40, 27), (1, 1)])
def test_it_has_exactly_the_size_that_was_asked_for(format: str, size: tuple[int, int]) -> None:
    image = decoded(rendered(encoded(halves(), format), *size))
    assert image.size == size
    if size[0] > 1:
        assert near(image.convert("RGB").getpixel((size[0] // 8, size[1] // 2)), RED)
        assert near(image.convert("RGB").getpixel((size[0] * 7 // 8, size[1] // 2)), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_as_the_camera_was_held(orientation: int) -> None:
    """Each of Exif's orientations, undone, shows the same: red on the left of a picture that lies."""
    upright = halves()
    undone = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(undone[orientation]) if orientation in undone else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = encoded(stored, exif=exif, quality=95)
    looks = measured(data)
    assert (looks.width, looks.height) == (300, 200)
    image = decoded(rendered(data, 60, 40))
    assert near(image.getpixel((10, 20)), RED)
    assert near(image.getpixel((50, 20)), BLUE)


def test_a_logo_keeps_what_is_transparent_to_the_pixel() -> None:
    logo = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rectangle((20, 20, 79, 39), fill=(*GREEN, 255))
    image = decoded(rendered(encoded(logo, "PNG"), 100, 60))
    assert image.mode == "RGBA"
    assert (image.getpixel((5, 5))[3], image.getpixel((50, 30))) == (0, (*GREEN, 255))


@pytest.mark.parametrize("mode", ["P", "RGB", "LA"])
def test_other_kinds_of_transparency_count_too(mode: str) -> None:
    image = Image.new(mode, (10, 10), {"P": 0, "RGB": GREEN, "LA": (80, 0)}[mode])
    options = {"P": {"transparency": 0}, "RGB": {"transparency": GREEN}, "LA": {}}[mode]
    assert decoded(rendered(encoded(image, "PNG", **options), 10, 10)).getpixel((5, 5))[3] == 0


def test_what_is_opaque_needs_no_channel_for_it() -> None:
    opaque = encoded(halves().convert("RGBA"), "PNG")
    assert rendered(opaque, 60, 40) == rendered(encoded(halves(), "PNG"), 60, 40)


def test_sixteen_bits_a_channel_keep_their_tones() -> None:
    deep = Image.new("I;16", (20, 20), 40_000)
    pixel = decoded(rendered(encoded(deep, "PNG"), 20, 20)).getpixel((10, 10))
    assert near(pixel, (156, 156, 156))


@pytest.mark.parametrize("mode", ["1", "L", "CMYK"])
def test_greys_and_inks_are_pictures_too(mode: str) -> None:
    data = encoded(Image.new("RGB", (30, 20), (255, 255, 255)).convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert near(decoded(rendered(data, 15, 10)).getpixel((7, 5)), (255, 255, 255))
    assert measured(data).width == 30


def swapped_profile() -> bytes:
    """A colour profile in which red and blue have changed places: sRGB's, its tags renamed (ICC.1:2022, 7.3)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for at in range(132, 132 + 12 * struct.unpack_from(">I", profile, 128)[0], 12):
        tag = bytes(profile[at : at + 4])
        profile[at : at + 4] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(tag, tag)
    return bytes(profile)


def test_colours_are_converted_to_srgb() -> None:
    data = encoded(Image.new("RGB", (20, 20), (255, 0, 0)), "PNG", icc_profile=swapped_profile())
    pixel = decoded(rendered(data, 10, 10)).convert("RGB").getpixel((5, 5))
    assert near(pixel, (0, 0, 255), 25)


def test_a_profile_that_nobody_can_read_is_ignored() -> None:
    data = encoded(Image.new("RGB", (20, 20), RED), "PNG", icc_profile=b"no profile")
    assert near(decoded(rendered(data, 10, 10)).getpixel((5, 5)), RED)


def test_nothing_of_the_file_but_its_pixels_gets_out() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Jane Doe, 12 Secret Street"
    data = encoded(halves(), "WEBP", exif=exif, xmp=b"<x>Secret</x>", icc_profile=swapped_profile())
    assert data.count(b"Secret") == 2
    made = rendered(data, 300, 200)
    assert b"Secret" not in made
    assert decoded(made).info.keys() & {"exif", "xmp", "icc_profile"} == set()


def test_of_an_animation_the_first_frame_shows() -> None:
    first, second = (Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE))
    for format in ("PNG", "WEBP"):
        data = encoded(first, format, save_all=True, append_images=[second])
        assert near(decoded(rendered(data, 20, 20)).convert("RGB").getpixel((10, 10)), RED), format


def test_a_blurhash_tells_light_from_dark_and_upright_from_lying() -> None:
    light, dark = (measured(encoded(Image.new("RGB", (60, 90), grey))) for grey in ((250,) * 3, (4,) * 3))
    assert light.blurhash != dark.blurhash
    assert {len(looks.blurhash) for looks in (light, dark)} == {4 + 2 * 12}
    assert measured(encoded(Image.new("RGB", (90, 60), (250,) * 3))).blurhash[0] != light.blurhash[0]


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it has this many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


WHOLE = encoded(halves(600, 400))
BAD: dict[str, bytes] = {
    "empty": b"",
    "words": b"not a picture",
    "half a JPEG": WHOLE[: len(WHOLE) // 2],
    "half a PNG": encoded(halves(), "PNG")[:300],
    "half a WebP": encoded(halves(), "WEBP")[:100],
    "GIF": encoded(halves(), "GIF"),
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "PNG without pixels": bomb(100, 100),
    "a PNG whose first part is too short": bomb(100, 100).replace(b"\0\0\0\rIHDR", b"\0\0\0\x0cIHDR"),
    "a PNG whose Exif is none": encoded(halves(), "PNG", exif=b"Exif\0\0XX\0*\0\0\0\x08" + bytes(20)),
    "too many pixels": encoded(Image.new("L", (8_000, 6_000)), "PNG"),
    "a bomb to Pillow's own warning": bomb(10_000, 10_000),
    "a bomb to Pillow": bomb(60_000, 60_000),
    "too long": encoded(Image.new("L", (16_384, 2)), "PNG"),
}


@pytest.mark.parametrize("look", [measured, lambda data: rendered(data, 80, 60)], ids=["measured", "rendered"])
@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_is_no_picture_is_refused(data: bytes, look: Callable[[bytes], object]) -> None:
    with pytest.raises(NotAPicture):
        look(data)


def tiff(*entries: tuple[int, int, int, bytes]) -> bytes:
    """An Exif block of these tags, types, counts and values."""
    body = b"".join(struct.pack(">HHI4s", *entry) for entry in entries)
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + body + bytes(4)


def test_nonsense_beside_the_orientation_does_no_harm() -> None:
    data = encoded(halves(), exif=tiff((0x112, 3, 1, b"\0\6\0\0"), (0x100, 2, 4, b"abc\0"), (0x11A, 2, 4, b"abc\0")))
    looks = measured(data)
    assert (looks.width, looks.height) == (200, 300)
    assert decoded(rendered(data, 20, 30)).size == (20, 30)


SMALL = [encoded(halves(40, 30), format) for format in ("JPEG", "PNG", "WEBP")]


@given(st.sampled_from(SMALL), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8))
@settings(max_examples=300, deadline=None)
def test_broken_bytes_are_a_picture_or_refused_and_nothing_else(data: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for place, value in changes:
        changed[place % len(changed)] = value
    try:
        looks = measured(bytes(changed))
    except NotAPicture:
        return
    assert decoded(rendered(bytes(changed), 20, 15)).size == (20, 15)
    assert isinstance(looks, Measured)


PICTURE = Picture(uuid4(), "artwork/x.jpg", 1000, 1500, "LEHV6nWB2yk8pyo0adR*.7kCMdnj")


@pytest.mark.parametrize(
    ("wanted", "size"),
    [(1, (80, 120)), (80, (80, 120)), (81, (160, 240)), (640, (640, 960)), (961, (1000, 1500)), (1000, (1000, 1500)),
     (2**31 - 1, (1000, 1500)), (None, (1000, 1500))],
)  # fmt: skip
def test_widths_go_up_to_the_next_rung_and_never_above_the_original(wanted: int | None, size: tuple[int, int]) -> None:
    assert PICTURE.size_at(wanted) == size


@given(st.integers(1, 16_383), st.integers(1, 16_383), st.integers(1, 20_000))
def test_every_size_has_the_shape_of_the_original(width: int, height: int, wanted: int) -> None:
    across, down = Picture(uuid4(), "x", width, height, None).size_at(wanted)
    assert min(wanted, width) <= across <= width
    assert across in (*WIDTHS, width)
    assert down == 1 or abs(down - height * across / width) <= 0.5


def test_what_changes_a_picture_changes_its_address() -> None:
    addresses = Addresses(b"k" * 32, "https://marquee.example")
    others = [
        Picture(PICTURE.id, "artwork/y.jpg", 1000, 1500, PICTURE.blurhash),
        Picture(PICTURE.id, "artwork/x.jpg", 1000, 1500, None),
        Picture(PICTURE.id, "artwork/x.jpg", 1000, 1499, PICTURE.blurhash),
        Picture(uuid4(), "artwork/x.jpg", 1000, 1500, PICTURE.blurhash),
    ]
    urls = [addresses.public(picture, 320) for picture in (PICTURE, *others)]
    urls += [addresses.public(PICTURE, 480), Addresses(b"l" * 32, "https://marquee.example").public(PICTURE, 320)]
    assert len({url.rsplit("/", 1)[1] for url in urls}) == len(urls)
    assert addresses.public(PICTURE, 320) == urls[0]


def test_an_editors_address_stays_the_same_for_the_hour() -> None:
    addresses = Addresses(b"k" * 32, "")
    begins = datetime(2030, 1, 1, 15, tzinfo=UTC)
    urls = [addresses.editorial(PICTURE, 320, begins + timedelta(minutes=minutes)) for minutes in (0, 59, 60)]
    assert urls[0] == urls[1] != urls[2]
    assert f"/editorial/{int((begins + timedelta(hours=2)).timestamp())}/" in urls[0]


@pytest.mark.parametrize(
    "path",
    ["", "x", "a/b/c", f"{SOME_ID}/wide/x.webp", f"{SOME_ID}/80", f"editorial/soon/{SOME_ID}/80/x.webp",
     f"other/1/{SOME_ID}/80/x.webp", f"{SOME_ID}/80/x.webp/more"],
)  # fmt: skip
def test_what_is_no_address_claims_nothing(path: str) -> None:
    assert claim_of(path) is None


def test_only_the_very_spelling_is_genuine() -> None:
    addresses = Addresses(b"k" * 32, "")
    claim = Claim(PICTURE.id, 320)
    path = addresses.path(PICTURE, claim)
    assert addresses.genuine(path, PICTURE, claim)
    for other in (path.upper(), f"{path}/", path.replace("/320/", "/0320/"), path.replace("-", ""), f"{path}é"):
        assert not addresses.genuine(other, PICTURE, claim)
