"""Pictures that come out the same everywhere, in the right size, with every letter inside the sheet."""

import pickle
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from sandbox.artwork import AVATARS, PosterSubject, alt_text, draw, draw_avatar, size_of
from sandbox.artwork import lettering as letters
from sandbox.artwork.families import FAMILIES, Family
from sandbox.artwork.palettes import PALETTES, Palette, contrast, palette_for
from sandbox.artwork.posters import (
    BACKDROP_SIZE,
    FACES,
    MARGIN,
    ON_DARK,
    ON_LIGHT,
    OTHER_FACES,
    POSTER_SIZE,
    ROOM,
    Layout,
    credit_setting,
    title_setting,
)
from sandbox.artwork.scene import OVERSAMPLING, Scene
from sandbox.catalogue import CreditRole, StarterTitle, read

WORK = PosterSubject("der-muede-tod", "Der müde Tod: Ein deutsches Volkslied", ("fantasy", "drama"), 1921, "Fritz Lang")
EVERY_FACE = sorted({face for faces in (*FACES.values(), OTHER_FACES) for face in faces}, key=str)
EVERY_FAMILY = sorted({family for families in FAMILIES.values() for family in families}, key=lambda one: one.__name__)
LAYOUTS = {*ON_DARK, *ON_LIGHT}


def height_of(layout: Layout) -> int:
    return layout.title_height


def opened(picture: bytes) -> Image.Image:
    image = Image.open(BytesIO(picture))
    image.load()
    return image


def subject(title: StarterTitle) -> PosterSubject:
    directors = title.people(CreditRole.DIRECTOR)
    return PosterSubject(title.slug, title.name, title.genres, title.release_year, ", ".join(directors))


def subjects() -> Iterator[PosterSubject]:
    yield from (subject(title) for title in read().titles)
    yield PosterSubject("long", "Donaudampfschifffahrtsgesellschaftskapitän", ("comedy",), 1950, "Ä. Öçéñ")
    yield PosterSubject("many", " ".join(["À bout de souffle et d'haleine"] * 4), ("romance",), 1960, "Å. B." * 9)
    yield PosterSubject("one", "M", ("thriller",), 1931)


@pytest.mark.parametrize("kind", ["POSTER", "BACKDROP"])
def test_a_picture_is_the_same_every_time_and_differs_from_others(kind: str) -> None:
    first = draw(kind, WORK)
    assert draw(kind, pickle.loads(pickle.dumps(WORK))) == first
    assert draw(kind, PosterSubject("other", WORK.name, WORK.genres, WORK.year, WORK.director)) != first
    image = opened(first)
    assert image.size == size_of(kind)
    assert image.format == "JPEG"


def test_no_two_titles_of_one_kind_share_a_backdrop() -> None:
    genres = ("comedy", "music", "romance")
    works = [PosterSubject(f"revue-{number}", "Revue", genres, 1931) for number in range(30)]
    assert len({draw("BACKDROP", work) for work in works}) == len(works)


def test_posters_stand_and_backdrops_lie() -> None:
    assert POSTER_SIZE[0] * 3 == POSTER_SIZE[1] * 2
    assert BACKDROP_SIZE[0] * 9 == BACKDROP_SIZE[1] * 16


def test_the_name_is_on_the_poster_and_not_on_the_backdrop() -> None:
    renamed = PosterSubject(WORK.slug, "Destiny", WORK.genres, WORK.year, WORK.director)
    assert draw("POSTER", renamed) != draw("POSTER", WORK)
    assert draw("BACKDROP", renamed) == draw("BACKDROP", WORK)


@pytest.mark.parametrize("face", EVERY_FACE, ids=lambda face: face.file)
def test_no_title_leaves_its_box_in_any_layout(face: letters.Face) -> None:
    for work in subjects():
        for layout in (min(LAYOUTS, key=height_of), max(LAYOUTS, key=height_of)):
            setting = title_setting(work, layout, face)
            assert max(face.width(line, setting.size) for line in setting.lines) <= ROOM, work.name
            assert setting.height <= layout.title_height, work.name
            words = work.name.upper() if face.capitals else work.name
            assert " ".join(setting.lines) == words
            assert setting.size >= 11, work.name


@pytest.mark.parametrize("face", EVERY_FACE, ids=lambda face: face.file)
def test_ink_falls_where_the_measure_says(face: letters.Face) -> None:
    """Real pixels, overhanging accents and descenders included, keep clear of the sheet's edge."""
    setting = letters.set_text("Ångström: Jäger über fjörd, gqpy", face, ROOM, 190, 118)
    sheet = Image.new("RGB", POSTER_SIZE)
    letters.draw_text(sheet, setting, MARGIN, 300, ROOM, "left", (255, 255, 255))
    left, top, right, bottom = sheet.getbbox() or (0, 0, 0, 0)
    overhang = setting.size * 0.2  # an italic f or j leans out of its box
    assert MARGIN - overhang <= left < MARGIN + 12
    assert MARGIN + setting.width - 12 <= right <= MARGIN + setting.width + overhang
    assert 300 - setting.size * 0.4 <= top <= 300 + setting.size * 0.1
    assert 300 + setting.height <= bottom <= 300 + setting.height + setting.size * 0.4


def test_credits_fit_and_keep_clear_of_the_title() -> None:
    for work in subjects():
        assert credit_setting(work).width <= ROOM
    for layout in LAYOUTS:
        descender = 118 * 0.26
        ends = layout.title_top + layout.title_height + descender
        assert ends <= layout.credit_top, layout
        assert layout.credit_top + 20 < POSTER_SIZE[1] - 30


@pytest.mark.parametrize("face", EVERY_FACE, ids=lambda face: face.file)
def test_faces_have_the_letters_of_our_languages(face: letters.Face) -> None:
    font = face.at(40)
    missing = bytes(font.getmask("\uffff"))
    needed = {letter for work in subjects() for letter in work.name + work.director} | set("ÄÖÜäöüßÀÉÈÇÑéèêçñøåœ¿¡·")
    assert [letter for letter in sorted(needed) if letter.strip() and bytes(font.getmask(letter)) == missing] == []


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_lettering_can_be_read_on_its_ground(palette: Palette) -> None:
    assert contrast(palette.ink, palette.ground) >= 7


@pytest.mark.parametrize("family", EVERY_FAMILY, ids=lambda family: family.__name__)
@pytest.mark.parametrize("size", [POSTER_SIZE, BACKDROP_SIZE])
def test_each_family_fills_the_sheet_with_something_to_see(family: Family, size: tuple[int, int]) -> None:
    width, height = size[0] * OVERSAMPLING // 2, size[1] * OVERSAMPLING // 2
    random = WORK.random("test")
    scene = Scene(width, height, palette_for(WORK.genres, WORK.year, random), random, (width / 2, height / 2))
    family(scene)
    picture = np.asarray(scene.finished().convert("L"), dtype=np.float32)
    assert picture.std() > 8
    assert all(band.std() > 0.5 for band in np.array_split(picture, 2, axis=1))


def test_posters_of_the_catalogue_use_all_there_is() -> None:
    works = list(subjects())
    palettes = {palette_for(work.genres, work.year, work.random("palette")).name for work in works}
    assert palettes == PALETTES.keys()


def test_colons_end_lines_where_the_type_allows() -> None:
    setting = letters.set_text("Sunrise: A Song of Two Humans", letters.SERIF, ROOM, 190, 118)
    assert setting.lines[0] == "Sunrise:"


def test_alt_texts_say_what_is_there() -> None:
    assert alt_text("POSTER", WORK) == "Poster of Der müde Tod: Ein deutsches Volkslied (1921)"
    assert "Der müde Tod" in alt_text("BACKDROP", WORK)


def test_avatars_are_twelve_and_all_different() -> None:
    pictures = [draw_avatar(number) for number in range(1, AVATARS + 1)]
    assert all(opened(picture).size == (320, 320) for picture in pictures)
    small = [np.asarray(opened(picture).resize((16, 16)), dtype=np.float32) for picture in pictures]
    assert all(np.abs(one - other).mean() > 10 for one, other in pairwise(small))
    assert draw_avatar(7) == pictures[6]
    with pytest.raises(ValueError, match="1 to 12"):
        draw_avatar(13)


def test_no_article_stands_alone_on_a_line() -> None:
    setting = letters.set_text("Ben-Hur: A Tale of the Christ", letters.SERIF_LIGHT, ROOM, 186, 118)
    assert "A" not in setting.lines
    assert setting.lines[0] == "Ben-Hur:"


def test_centred_lines_have_the_same_room_on_both_sides() -> None:
    setting = letters.set_text("HOH", letters.GROTESK, ROOM, 80, 80)
    sheet = Image.new("RGB", POSTER_SIZE)
    letters.draw_text(sheet, setting, MARGIN, 300, ROOM, "centre", (255, 255, 255))
    left, _, right, _ = sheet.getbbox() or (0, 0, 0, 0)
    assert abs(left - (POSTER_SIZE[0] - right)) <= 4
