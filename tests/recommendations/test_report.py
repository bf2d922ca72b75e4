"""The report is one whole page: it says what it should, escapes what it says, and needs nothing from anywhere."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommendations.artifact import write
from recommendations.atlas import ReportTitle
from recommendations.manifest import Manifest
from recommendations.model import Model, Recipe
from recommendations.report import report
from tests.recommendations.models import made_up

GENRES = ["Drama", "Comedy", "Horror", "Western", ""]
BASELINES = {
    "popularity": {"ndcg@10": 0.2051, "auc": 0.8612},
    "item-kNN": {"ndcg@10": 0.4013, "novelty": 0.7714, "coverage@10": 0.2999},
}
LOG = {"factors": 31.25, "EASE": 4.5}
VOID = {"meta", "br", "link", "img", "input", "hr", "base"}


class Page(HTMLParser):
    """A page as the parser hands it out, refused where an element isn't closed in its turn, and its tables' rows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        assert len(found) == len(attrs), f"{tag} has an attribute twice"
        self.elements.append((tag, found))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"th", "td"}:
            self.rows[-1].append("★ " if "best" in found.get("class", "") else "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text:
            return
        self.texts.append((self.open[-1], text))
        if {"th", "td"} & set(self.open):
            self.rows[-1][-1] += f"; {text}" if self.rows[-1][-1].strip("★ ") else text

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def texts_of(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


def named(number: int) -> ReportTitle:
    return ReportTitle(f"Title {number}", GENRES[number % 5], 1900 + number, 100.0 / (number + 1))


def made(folder: Path, model: Model) -> Manifest:
    return write(model, folder, datetime(2026, 11, 24, 3, 4, tzinfo=UTC), profiles=943, interactions=100000)


def page_of(
    folder: Path, titles: Sequence[ReportTitle], baselines: Mapping[str, Mapping[str, float]] = BASELINES
) -> str:
    model = made_up(len(titles))
    return report(made(folder, model), model, titles, baselines, LOG)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40])
def test_a_page_is_whole_however_many_titles_there_are(tmp_path: Path, count: int) -> None:
    html = page_of(tmp_path, [named(number) for number in range(count)])
    page = Page(html)
    assert html.lstrip().startswith("<!doctype html>")
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert len(page.texts_of("caption")) == len(page.all("table")) == (2 if count > 1 else 1)
    titles = page.texts_of("title")
    assert len(titles) == count + 1
    assert "Title 0 (Drama, 1900)" in titles or not count
    for word in ("nan", "inf", "None", "Undefined"):
        assert not re.search(rf"\b{word}\b", html), word


def test_it_says_which_model_it_is_of(tmp_path: Path) -> None:
    manifest = made(tmp_path, made_up(40))
    page = Page(report(manifest, made_up(40), [named(number) for number in range(40)], BASELINES, LOG))
    assert page.texts_of("h1") == [manifest.version]
    assert page.all("time") == [{"datetime": "2026-11-24T03:04:00+00:00"}]
    assert page.texts_of("time") == ["24 November 2026, 03:04 UTC"]
    said = dict(zip(page.texts_of("dt"), page.texts_of("dd"), strict=True))
    expected = {"Interactions": "100,000", "Profiles": "943", "Titles": "40", "Features": "9", "Training": "35.8 s"}
    assert said.items() >= expected.items()
    recipe = Recipe()
    told = {"Seed": f"{recipe.seed}", "EASE regularisation": f"{recipe.ease_regularisation}", "Factors": "31.2 s"}
    assert said.items() >= told.items()


def test_nothing_comes_from_outside(tmp_path: Path) -> None:
    titles = [replace(named(0), name="https://example.com/<img src=//example.com>"), *map(named, range(1, 40))]
    html = page_of(tmp_path, titles)
    page = Page(html)
    names = {name for _, attributes in page.elements for name in attributes}
    assert not names & {"src", "href", "xlink:href", "srcset", "data", "action", "poster", "background", "style"}
    assert not {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object", "embed", "base", "use"}
    [style] = page.texts_of("style")
    assert not re.search(r"url\(|@import|@font-face|://", style)


def test_every_metric_stands_beside_the_baselines(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, [named(number) for number in range(5)]))
    assert page.rows[:6] == [
        ["Metric", "this model", "popularity", "item-kNN"],
        ["auc", "★ 0.9381", "0.8612", "not measured"],
        ["coverage@10", "0.2533", "not measured", "★ 0.2999"],
        ["ndcg@10", "★ 0.4412", "0.2051", "0.4013"],
        ["recall@20", "★ 0.4533", "not measured", "not measured"],
        ["novelty", "not measured", "not measured", "★ 0.7714"],
    ]
    assert any("this model in 3 of 5 metrics" in text for text in page.texts_of("p"))


def test_every_metric_is_drawn_to_its_scale(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, [named(number) for number in range(5)]))
    labels = [svg["aria-label"] for svg in page.all("svg") if "@10" in svg.get("aria-label", "")]
    assert " ".join(labels[1].split()) == "ndcg@10: this model 0.4412, popularity 0.2051, item-kNN 0.4013"
    widths = [float(bar["width"]) for bar in page.all("rect")]
    assert widths[4:7] == pytest.approx([150, 150 * 0.2051 / 0.4412, 150 * 0.4013 / 0.4412], abs=0.06)
    assert [bar["class"] for bar in page.all("rect")[4:7]] == ["ours", "theirs", "theirs"]


@pytest.mark.parametrize("value", [0.0, -0.25])
def test_a_metric_without_anything_to_draw(tmp_path: Path, value: float) -> None:
    model = made_up(2, metrics={"auc": value})
    page = Page(report(made(tmp_path, model), model, [named(0), named(1)], {"popularity": {"auc": value}}, {}))
    assert [bar["width"] for bar in page.all("rect")] == ["1.5", "1.5"]
    assert page.rows[1] == ["auc", f"★ {value:.4f}", f"★ {value:.4f}"]


def test_without_metrics_it_says_so(tmp_path: Path) -> None:
    model = made_up(2, metrics={})
    page = Page(report(made(tmp_path, model), model, [named(0), named(1)], {}, {}))
    assert any("Nothing was measured" in text for text in page.texts_of("p"))


NAMES = [
    "<script>alert(1)</script>",
    "</title></svg><script>alert(2)</script>",
    "\"' onfocus=alert(3) x='",
    "{{ 7 * 7 }} {% raw %}",
    "&amp;lt; & <b>",
    "東京物語",
    "مدينة \u202eالقمر",
    "👩‍👩‍👧 Family e\u0301",
    "Nul \0 and \x1b escape",
    "",
    "L" * 300,
]


def test_names_are_what_they_are_and_nothing_more(tmp_path: Path) -> None:
    titles = [ReportTitle(name, name, None, 1.0) for name in NAMES]
    html = page_of(tmp_path, titles, {"<b>baseline</b>": {"<i>metric</i>": 0.5}})
    page = Page(html)
    assert not page.all("script")
    assert not page.all("b")
    assert not page.all("i")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    shown = " ".join(page.texts_of("title"))
    for name in NAMES:
        assert " ".join(name.replace("\0", "\ufffd").replace("\x1b", "\ufffd").split()) in shown
    assert html.encode("utf-8").isascii() is False
    assert not set(html) & {"\0", "\x1b"}
    assert "49 " not in html


def test_a_lone_surrogate_is_no_text(tmp_path: Path) -> None:
    assert page_of(tmp_path, [replace(named(0), name="half \ud83d", genre="\udc00")]).encode("utf-8")


def test_neighbours_are_those_of_the_model(tmp_path: Path) -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [-1, 0], [0.1, 0.9]], dtype=np.float32)
    liked = np.zeros((5, 5), dtype=np.float32)
    liked[0] = [9, 0.1, -1, 0.3, 0.2]
    liked[1] = [0, 0, -1, 0, 0.4]
    model = replace(made_up(5, components=2), vectors=vectors, neighbours=csr_array(liked))
    page = Page(report(made(tmp_path, model), model, [named(number) for number in range(5)], {}, {}))
    assert page.rows[-5:] == [
        [
            "Title 0; Drama, 1900",
            "Title 3; 1903; Title 4; 1904; Title 1; 1901",
            "Title 1; 1901; Title 4; 1904; Title 2; 1902",
        ],
        ["Title 1; Comedy, 1901", "Title 4; 1904", "Title 0; 1900; Title 4; 1904; Title 2; 1902"],
        ["Title 2; Horror, 1902", "nothing yet", "Title 4; 1904; Title 1; 1901; Title 0; 1900"],
        ["Title 3; Western, 1903", "nothing yet", "Title 2; 1902; Title 4; 1904; Title 1; 1901"],
        ["Title 4; 1904", "nothing yet", "Title 2; 1902; Title 1; 1901; Title 0; 1900"],
    ]


def test_neighbourhoods_are_of_popular_titles_of_several_genres(tmp_path: Path) -> None:
    titles = [replace(named(number), genre="Drama" if number < 30 else "Comedy") for number in range(40)]
    page = Page(page_of(tmp_path, titles))
    seeds = [row[0].split(";")[0] for row in page.rows[-4:]]
    assert seeds == ["Title 0", "Title 1", "Title 30", "Title 31"]


def test_a_title_too_few_is_refused(tmp_path: Path) -> None:
    model = made_up(2)
    manifest = made(tmp_path, model)
    with pytest.raises(ValueError, match="1 titles for a model of 2"):
        report(manifest, model, [named(0)], {}, {})


def test_two_processes_make_the_same_page(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.recommendations.test_report import named, page_of;"
        "page = page_of(Path(sys.argv[1]) / 'model', [named(number) for number in range(40)]);"
        "(Path(sys.argv[1]) / 'page.html').write_text(page)"
    )
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", script, tmp_path / seed], check=True, env=environment)
    one, other = ((tmp_path / seed / "page.html").read_text() for seed in ("1", "2"))
    assert one == other


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb` (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = np.array([int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_marks_stand_out_in_every_theme(tmp_path: Path) -> None:
    [style] = Page(page_of(tmp_path, [])).texts_of("style")
    themes = [dict(re.findall(r"--(\w+): (#\w+)", root)) for root in re.findall(r":root \{([^}]*)\}", style)]
    assert len(themes) == 3
    for theme in themes:
        for ground in (theme["ground"], theme["raised"]):
            assert all(contrast(theme[text], ground) >= 4.5 for text in ("ink", "muted", "accent"))
        hues = ("blue", "red", "green", "cyan", "purple", "yellow", "other", "bar")
        faint = [hue for hue in hues if contrast(theme[hue], theme["raised"]) < 3]
        assert not faint
