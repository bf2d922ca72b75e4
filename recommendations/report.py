"""A model's report: one page that stands alone, for whoever wants to know what a model knows and whether it is good."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sklearn.preprocessing import normalize

from recommendations.atlas import HEIGHT, SHAPES, WIDTH, ReportTitle, Style, atlas
from recommendations.manifest import Manifest
from recommendations.model import Floats, Model

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
MEANINGS = {
    "ndcg": "how far up the ten titles shown stand those that were watched and held back",
    "recall": "how many of the titles held back are among those shown",
    "auc": "how often a title held back ranks above one never watched",
    "coverage": "how much of the catalogue anybody is shown",
    "diversity": "how unlike one another the titles of one list are",
}
THIS = "this model"
SEEDS = 12
"""Titles whose neighbours are listed …"""
SEEDS_OF_A_GENRE = 2
NEIGHBOURS = 3
"""… and how many of each kind."""


@dataclass(frozen=True)
class Bar:
    """A value beside the others of its metric; `part` is its length, from 0 to 1."""

    name: str
    value: float
    part: float
    best: bool


@dataclass(frozen=True)
class Comparison:
    """A metric: what it means, empty where we don't know, and what this model and the baselines reach."""

    metric: str
    meaning: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Neighbourhood:
    """A title, what its viewers also like, and what the vectors say is like it; nearest first."""

    title: ReportTitle
    liked: Sequence[ReportTitle]
    alike: Sequence[ReportTitle]


def report(
    manifest: Manifest,
    model: Model,
    titles: Sequence[ReportTitle],
    baselines: Mapping[str, Mapping[str, float]],
    log: Mapping[str, float],
) -> str:
    """The page, in HTML; equal for equal arguments.

    `titles` describes those of the model, in its order; `baselines` are metrics by the names of what they are of, and
    `log` has the seconds that each stage of the training took. Raises ValueError unless there is a title for each.
    """
    if len(titles) != len(model.title_ids):
        raise ValueError(f"There are {len(titles)} titles for a model of {len(model.title_ids)}.")
    known = [replace(title, name=plain(title.name), genre=plain(title.genre)) for title in titles]
    comparisons = compared(manifest.metrics, baselines)
    return TEMPLATES.get_template("report.html.jinja").render(
        manifest=manifest,
        recipe=asdict(manifest.recipe),
        bytes=sum(entry.size for entry in manifest.files.values()),
        components=model.vectors.shape[1],
        log=log,
        names=[THIS, *baselines],
        comparisons=comparisons,
        wins=sum(bar.best for comparison in comparisons for bar in comparison.bars if bar.name == THIS),
        atlas=atlas(known, model.vectors),
        width=WIDTH,
        height=HEIGHT,
        mark=mark,
        sentence=sentence,
        neighbourhoods=neighbourhoods(model, known),
    )


def plain(text: str) -> str:
    """The text without what no page may hold."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)


def sentence(name: str) -> str:
    """The name of a field or a stage as a text begins with it."""
    text = re.sub(r"\bease\b", "EASE", name.replace("_", " "))
    return text[:1].upper() + text[1:]


def mark(style: Style) -> str:
    """The SVG path of a style's mark, within 16 by 16."""
    return SHAPES[style.shape](8, 8, 5.5)


def compared(metrics: Mapping[str, float], baselines: Mapping[str, Mapping[str, float]]) -> list[Comparison]:
    """Every metric of the model or of any baseline, the model's first."""
    rows = {THIS: metrics, **baselines}
    found = list(dict.fromkeys(metric for values in rows.values() for metric in sorted(values)))
    return [comparison(metric, {name: row[metric] for name, row in rows.items() if metric in row}) for metric in found]


def comparison(metric: str, values: Mapping[str, float]) -> Comparison:
    most = max(values.values())
    meaning = next((meaning for word, meaning in MEANINGS.items() if word in metric.lower()), "")
    bars = [
        Bar(name, value, max(value, 0) / most if most > 0 else 0.0, best=value == most)
        for name, value in values.items()
    ]
    return Comparison(metric, meaning, bars)


def neighbourhoods(model: Model, titles: Sequence[ReportTitle]) -> list[Neighbourhood]:
    """Those of popular titles of several genres that have any."""
    if len(titles) < 2:
        return []
    directions = normalize(model.vectors)
    found = []
    for row in seeds(titles):
        liked = also_liked(model, row)
        alike = nearest(directions @ directions[row], row)
        found.append(Neighbourhood(titles[row], [titles[i] for i in liked], [titles[i] for i in alike]))
    return found


def seeds(titles: Sequence[ReportTitle]) -> list[int]:
    """The most popular titles, few of each genre."""
    chosen: list[int] = []
    counts: dict[str, int] = {}
    for row in sorted(range(len(titles)), key=lambda row: (-titles[row].popularity, row)):
        genre = titles[row].genre
        if counts.get(genre, 0) < SEEDS_OF_A_GENRE and len(chosen) < SEEDS:
            counts[genre] = counts.get(genre, 0) + 1
            chosen.append(row)
    return chosen


def also_liked(model: Model, row: int) -> list[int]:
    """What EASE recommends most to who has watched this title alone."""
    said = model.neighbours[[row]]
    order = np.argsort(-said.data, kind="stable")
    return [int(said.indices[i]) for i in order if said.indices[i] != row and said.data[i] > 0][:NEIGHBOURS]


def nearest(cosines: Floats, row: int) -> list[int]:
    order = np.argsort(-cosines, kind="stable")
    return [int(other) for other in order[: NEIGHBOURS + 1] if other != row][:NEIGHBOURS]
