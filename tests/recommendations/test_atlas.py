"""The map: alike lies close, names cover no other name, and every genre has a mark of its own."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import pairwise_distances

from recommendations import atlas as atlas_module
from recommendations.atlas import (
    FONT_SIZE,
    HEIGHT,
    MOST_LABELS,
    OTHER,
    WIDTH,
    Box,
    Label,
    ReportTitle,
    atlas,
    overlap,
    positions,
    width_of,
)


def titles(count: int, genres: int = 5) -> list[ReportTitle]:
    return [
        ReportTitle(f"The Title of Number {number}", f"Genre {number % genres}", 1900 + number % 100, 1000.0 - number)
        for number in range(count)
    ]


def clusters(count: int, groups: int = 5) -> np.ndarray:
    random = np.random.default_rng(5)
    centres = random.standard_normal((groups, 16)) * 2
    return (centres[np.arange(count) % groups] + random.standard_normal((count, 16)) * 0.3).astype(np.float32)


@pytest.mark.parametrize("count", [20, 150])
def test_alike_titles_lie_close_together(count: int) -> None:
    vectors = clusters(count)
    lengths = np.linspace(0.1, 10, count, dtype=np.float32)[:, None]
    distances = pairwise_distances(positions(vectors * lengths))
    np.fill_diagonal(distances, np.inf)
    groups = np.arange(count) % 5
    assert np.mean(groups[distances.argmin(axis=1)] == groups) > 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 29, 30])
@pytest.mark.parametrize("components", [0, 1, 2, 8])
def test_positions_lie_within_the_unit_square(count: int, components: int) -> None:
    places = positions(np.random.default_rng(1).standard_normal((count, components)).astype(np.float32))
    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= 1)).all()
    if count > 2 and components > 1:
        assert np.ptp(places, axis=0) == pytest.approx([1, 1])


@pytest.mark.parametrize("value", [0, 0.3])
@pytest.mark.parametrize("count", [2, 7, 40])
def test_vectors_without_any_difference_lie_in_the_middle(value: float, count: int) -> None:
    assert (positions(np.full((count, 7), value, dtype=np.float32)) == 0.5).all()


def test_what_only_rounding_tells_apart_lies_on_a_line() -> None:
    places = positions(np.random.default_rng(2).standard_normal((2, 8)).astype(np.float32).repeat(5, axis=0))
    assert set(places[:, 0]) == {0, 1}
    assert (places[:, 1] == 0.5).all()


def test_positions_are_the_same_every_time() -> None:
    vectors = clusters(60)
    assert positions(vectors).tobytes() == positions(vectors.copy()).tobytes()


def box_of(label: Label) -> Box:
    bottom = label.y + FONT_SIZE * 0.25
    return label.x, bottom - FONT_SIZE * 1.2, label.x + width_of(label.text), bottom


def test_names_are_the_most_populars_and_cover_no_other_name() -> None:
    found = atlas(titles(200), clusters(200))
    assert len(found.labels) == MOST_LABELS
    boxes = [box_of(label) for label in found.labels]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert all(left >= 0 and top >= 0 and right <= WIDTH and bottom <= HEIGHT for left, top, right, bottom in boxes)
    assert all(label.point.title.popularity > 1000 - 3 * MOST_LABELS for label in found.labels)
    assert found.labels[0].point.title.popularity == 1000


def test_a_crowd_leaves_names_out() -> None:
    found = atlas(titles(200), np.ones((200, 3), dtype=np.float32))
    boxes = [box_of(label) for label in found.labels]
    assert 0 < len(found.labels) < MOST_LABELS
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


def test_a_name_stands_where_it_covers_few_marks() -> None:
    places = np.array([[0.0, 0.5]] + [[0.02 + 0.01 * number, 0.5] for number in range(10)])
    shown = titles(11)
    style = atlas_module.styles_of(shown)["Genre 0"]
    points = [atlas_module.point(title, place, 4.0, style) for title, place in zip(shown, places, strict=True)]
    first = next(atlas_module.labels(points))
    assert not [point for point in points if overlap(box_of(first), point.box)]


def test_long_names_are_cut_and_wide_ones_measured() -> None:
    wide, narrow = width_of("東京物語"), width_of("Tokyo"[:4])
    assert wide > 1.5 * narrow
    assert width_of("e\u0301") == width_of("e")
    long = [replace(titles(1)[0], name="Much " * 20)]
    [label] = atlas(long, np.ones((1, 2), dtype=np.float32)).labels
    assert label.text == "Much Much Much Much Much Mu…"


def test_a_title_without_a_name_has_no_label() -> None:
    assert not atlas([ReportTitle("", "", None, 1.0)], np.ones((1, 2), dtype=np.float32)).labels


def test_every_genre_has_a_mark_of_its_own() -> None:
    shown = titles(200, genres=18)
    found = atlas(shown, clusters(200))
    marks = [(style.hue, style.shape) for style in found.styles]
    assert len(set(marks)) == len(marks) == 13
    assert found.styles[-1].genre == OTHER
    assert sum(style.count for style in found.styles) == 200
    counts = Counter(title.genre for title in shown)
    assert [style.count for style in found.styles[:-1]] == sorted(counts.values(), reverse=True)[:12]
    hues = {style.genre: style.hue for style in found.styles}
    assert all(point.hue == hues.get(point.title.genre, "hue-other") for point in found.points)


def test_a_genre_may_be_named_like_the_others() -> None:
    shown = [ReportTitle("One", OTHER, 1900, 2.0), ReportTitle("Two", "", 1901, 1.0)]
    found = atlas(shown, np.ones((2, 2), dtype=np.float32))
    assert sum(style.count for style in found.styles) == 2


def test_marks_areas_grow_with_popularity() -> None:
    shown = [replace(title, popularity=value) for title, value in zip(titles(4), (0.0, 25.0, 100.0, -1.0), strict=True)]
    sizes = {point.title.popularity: point.radius for point in atlas(shown, clusters(4)).points}
    assert sizes[-1.0] == sizes[0.0] < sizes[25.0] < sizes[100.0]
    assert sizes[25.0] - sizes[0.0] == pytest.approx((sizes[100.0] - sizes[0.0]) / 2, abs=0.1)


def test_only_the_most_popular_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlas_module, "MOST_TITLES", 10)
    found = atlas(list(reversed(titles(40))), clusters(40))
    assert [point.title.popularity for point in found.points] == [1000.0 - number for number in range(10)]
