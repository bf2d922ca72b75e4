"""The catalogue as a map: titles that the same people like lie close together."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import svd_flip
from threadpoolctl import threadpool_limits

from recommendations.model import Floats

WIDTH, HEIGHT, MARGIN = 960, 640, 26
MOST_TITLES = 3000
"""More are a blot, and t-SNE takes minutes for them."""
FEWEST_FOR_TSNE = 30
MOST_LABELS = 25
MOST_IN_THE_WAY = 600
"""So many marks are looked at when a name is put where it covers few."""
MOST_GENRES = 12
OTHER = "Other genres"
REST = ""
"""What their style is found by: the genre of titles without one."""
HUES = 6
"""With four shapes, twelve pairs come before the first returns."""
FONT_SIZE = 12.0
LONGEST_LABEL = 28

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class ReportTitle:
    """What a reader of the report knows a title by; `genre` is its main one, empty for none."""

    name: str
    genre: str
    year: int | None
    popularity: float

    @property
    def about(self) -> str:
        """Its genre and year, as far as it has them."""
        return ", ".join(filter(None, [self.genre, str(self.year or "")]))


@dataclass(frozen=True)
class Style:
    """How a genre's titles are drawn, by a hue and a shape that no other has both of, and how many there are."""

    genre: str
    hue: str
    shape: int
    count: int


@dataclass(frozen=True)
class Point:
    """A title on the map, with the SVG path of its mark."""

    title: ReportTitle
    x: float
    y: float
    radius: float
    hue: str
    path: str

    @property
    def box(self) -> Box:
        """What the mark covers."""
        return self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius


@dataclass(frozen=True)
class Label:
    """A name on the map: where its text's baseline starts."""

    point: Point
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Atlas:
    """The map: points from the most popular title on, labels, and the legend's styles."""

    points: Sequence[Point]
    labels: Sequence[Label]
    styles: Sequence[Style]


def atlas(titles: Sequence[ReportTitle], vectors: Floats) -> Atlas:
    """The map of the most popular titles, at most MOST_TITLES, of vectors (n, k); equal for equal arguments."""
    order = np.argsort([-title.popularity for title in titles], kind="stable")[:MOST_TITLES]
    chosen = [titles[row] for row in order]
    places = positions(vectors[order])
    styles = styles_of(chosen)
    points = [
        point(title, place, radius, styles[title.genre if title.genre in styles else REST])
        for title, place, radius in zip(chosen, places, radii(chosen), strict=True)
    ]
    return Atlas(points, list(labels(points)), list(styles.values()))


def positions(vectors: Floats) -> NDArray[np.float64]:
    """(n, 2), from 0 to 1 on either axis: t-SNE of the vectors' directions (van der Maaten and Hinton 2008).

    It starts from the two principal components, and ends with them where there are too few vectors.
    """
    if not vectors.size:
        return np.full((len(vectors), 2), 0.5)
    directions = normalize(vectors)
    plane = principal(directions.astype(np.float64))
    width = plane.std()
    if len(plane) >= FEWEST_FOR_TSNE and width > 0:
        plane = neighbourly(directions, plane / width * 1e-4)
    span = np.ptp(plane, axis=0)
    return np.where(span > 0, (plane - plane.min(axis=0)) / np.where(span > 0, span, 1), 0.5)


def principal(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2): the first two principal components, zeros where there are fewer."""
    left, values, right = np.linalg.svd(directions - directions.mean(axis=0), full_matrices=False)
    left, _ = svd_flip(left, right)
    plane: NDArray[np.float64] = (left * values)[:, :2]
    # Rounding alone is no direction.
    plane[:, values[:2] < 1e-6] = 0
    return np.pad(plane, ((0, 0), (0, 2 - plane.shape[1])))


def neighbourly(directions: Floats, start: NDArray[np.float64]) -> NDArray[np.float64]:
    perplexity = min(30.0, (len(directions) - 1) / 3)
    with threadpool_limits(1):
        placed: NDArray[Any] = TSNE(perplexity=perplexity, init=start, random_state=0, n_jobs=1).fit_transform(
            directions
        )
    return placed.astype(np.float64)


def styles_of(titles: Sequence[ReportTitle]) -> dict[str, Style]:
    """A style for each of the most frequent genres, and one, by the name REST, for all the others and none."""
    counts = Counter(title.genre for title in titles)
    frequent = sorted((genre for genre in counts if genre), key=lambda genre: (-counts[genre], genre))[:MOST_GENRES]
    styles = {
        genre: Style(genre, f"hue-{number % HUES}", number % len(SHAPES), counts[genre])
        for number, genre in enumerate(frequent)
    }
    if rest := len(titles) - sum(counts[genre] for genre in frequent):
        styles[REST] = Style(OTHER, "hue-other", 0, rest)
    return styles


def radii(titles: Sequence[ReportTitle]) -> list[float]:
    """Radii whose circles' areas grow with popularity, smaller where there are many titles."""
    most = max((title.popularity for title in titles), default=0) or 1
    smallest, largest = (3.5, 14.0) if len(titles) <= 600 else (2.0, 9.0)
    return [smallest + (largest - smallest) * (max(title.popularity, 0) / most) ** 0.5 for title in titles]


def point(title: ReportTitle, place: NDArray[np.float64], radius: float, style: Style) -> Point:
    # Rounded before anything is drawn from them: an arc of twice a rounded radius would be no half circle.
    x = round(MARGIN + float(place[0]) * (WIDTH - 2 * MARGIN), 1)
    y = round(HEIGHT - MARGIN - float(place[1]) * (HEIGHT - 2 * MARGIN), 1)
    radius = round(radius, 1)
    return Point(title, x, y, radius, style.hue, SHAPES[style.shape](x, y, radius))


def circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0z"


def square(x: float, y: float, r: float) -> str:
    half = r * 0.89
    return f"M{x - half:.1f} {y - half:.1f}h{2 * half:.1f}v{2 * half:.1f}h{-2 * half:.1f}z"


def triangle(x: float, y: float, r: float) -> str:
    return f"M{x:.1f} {y - 1.25 * r:.1f}l{1.2 * r:.1f} {2 * r:.1f}h{-2.4 * r:.1f}z"


def diamond(x: float, y: float, r: float) -> str:
    side = r * 1.25
    return f"M{x:.1f} {y - side:.1f}l{side:.1f} {side:.1f}l{-side:.1f} {side:.1f}l{-side:.1f} {-side:.1f}z"


SHAPES = (circle, square, triangle, diamond)


def labels(points: Sequence[Point]) -> Iterator[Label]:
    """Names for the most popular titles, none of which covers another; titles without room for theirs have none."""
    taken: list[Box] = []
    crowd = [point.box for point in points[:MOST_IN_THE_WAY]]
    for point in points[: 3 * MOST_LABELS]:
        text = shortened(point.title.name)
        free = [box for box in around(point, width_of(text)) if fits(box) and not any(overlap(box, t) for t in taken)]
        if not free or not text:
            continue
        best = min(free, key=lambda box: sum(overlap(box, other) for other in crowd))
        taken.append(best)
        yield Label(point, text, best[0], best[3] - FONT_SIZE * 0.25)
        if len(taken) == MOST_LABELS:
            return


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"


def width_of(text: str) -> float:
    """About how wide the text is drawn."""
    return FONT_SIZE * sum(width_of_character(character) for character in text)


def width_of_character(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.6


def around(point: Point, width: float) -> Iterator[Box]:
    """Where a label may stand: beside its mark, above and below it, and at its corners."""
    gap, height = point.radius + 3, FONT_SIZE * 1.2
    near = gap * 0.7
    for left, top in [
        (point.x + gap, point.y - height / 2),
        (point.x - gap - width, point.y - height / 2),
        (point.x - width / 2, point.y - gap - height),
        (point.x - width / 2, point.y + gap),
        (point.x + near, point.y - near - height),
        (point.x + near, point.y + near),
        (point.x - near - width, point.y - near - height),
        (point.x - near - width, point.y + near),
    ]:
        yield left, top, left + width, top + height


def fits(box: Box) -> bool:
    return box[0] >= 2 and box[1] >= 2 and box[2] <= WIDTH - 2 and box[3] <= HEIGHT - 2


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
