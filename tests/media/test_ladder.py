from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.ladder import ladder

sizes = st.tuples(st.integers(2, 8192), st.integers(2, 4320))
rates = st.sampled_from([Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(60)])


@given(sizes, rates)
def test_no_rung_is_larger_than_its_source_and_all_are_even(size: tuple[int, int], rate: Fraction) -> None:
    width, height = size
    for rung in ladder(width, height, rate):
        assert rung.width % 2 == 0
        assert rung.height % 2 == 0
        assert 2 <= rung.width <= width
        assert 2 <= rung.height <= height


@given(sizes, rates)
def test_each_rung_is_smaller_and_cheaper_than_the_one_above(size: tuple[int, int], rate: Fraction) -> None:
    for upper, lower in pairwise(ladder(*size, rate)):
        assert upper.height >= lower.height * 1.1
        assert upper.bitrate >= lower.bitrate


@given(st.integers(360, 4320), rates)
def test_there_are_three_rungs_at_least_from_360_lines_on(height: int, rate: Fraction) -> None:
    assert len(ladder(height * 16 // 9, height, rate)) >= 3


@given(st.integers(100, 8192), st.integers(100, 4320), rates)
def test_rungs_keep_the_shape_of_the_picture(width: int, height: int, rate: Fraction) -> None:
    for rung in ladder(width, height, rate):
        assert abs(rung.width - rung.height * width / height) <= 2 + 2 * width / height


@pytest.mark.parametrize(
    ("size", "heights"),
    [
        ((3840, 2160), [2160, 1440, 1080, 720, 480, 240]),
        ((1920, 1080), [1080, 720, 480, 240]),
        ((1920, 1088), [1080, 720, 480, 240]),
        ((1920, 800), [800, 720, 480, 240]),
        ((854, 480), [480, 360, 240]),
        ((640, 360), [360, 240, 144]),
        ((426, 240), [240, 144]),
        ((64, 48), [48]),
    ],
)
def test_heights(size: tuple[int, int], heights: list[int]) -> None:
    assert [rung.height for rung in ladder(*size, Fraction(25))] == heights


def test_fast_pictures_get_half_as_much_again() -> None:
    assert ladder(1280, 720, Fraction(60))[0].bitrate == pytest.approx(
        ladder(1280, 720, Fraction(30))[0].bitrate * 1.5, rel=0.01
    )
