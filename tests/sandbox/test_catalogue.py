"""What the seed and the screens rely on in the starter catalogue, and that a wrong line is refused by name."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.catalogue import CatalogueError, CreditRole, Kind, StarterCatalogue, StarterTitle, read
from sandbox.catalogue.reader import FOLDER

NOW = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)
TERRITORIES = {"US", "GB", "DE", "AT", "ES", "FR", "MX", "CA"}


@pytest.fixture(scope="module")
def catalogue() -> StarterCatalogue:
    return read(now=NOW)


def of_kind(catalogue: StarterCatalogue, kind: Kind) -> list[StarterTitle]:
    return [title for title in catalogue.titles if title.kind is kind]


def described_in(title: StarterTitle, language: str) -> bool:
    text = title.text(language)
    return text is not None and bool(text.synopsis) and bool(text.tagline)


def test_it_is_large_enough_to_browse(catalogue: StarterCatalogue) -> None:
    series = of_kind(catalogue, Kind.SERIES)
    assert len(of_kind(catalogue, Kind.MOVIE)) >= 150
    assert len(series) >= 10
    assert sum(len(title.seasons) > 1 for title in series) >= 4
    assert 14 <= len(catalogue.genres) <= 20
    assert len(catalogue.collections) >= 8


def test_a_viewer_who_reads_german_or_spanish_finds_titles_told_in_it(catalogue: StarterCatalogue) -> None:
    translated = [title for title in catalogue.titles if described_in(title, "de") and described_in(title, "es")]
    assert len(translated) >= 24
    assert sum(title.kind is Kind.SERIES for title in translated) >= 2


def test_every_genre_and_collection_is_named_in_the_languages_of_the_screens(catalogue: StarterCatalogue) -> None:
    assert all({"en", "de", "es", "fr"} <= genre.names.keys() for genre in catalogue.genres)
    assert all({"en", "de", "es"} <= collection.names.keys() for collection in catalogue.collections)
    assert {genre.slug for genre in catalogue.genres} == {slug for title in catalogue.titles for slug in title.genres}


def test_small_children_have_something_to_watch_in_every_territory(catalogue: StarterCatalogue) -> None:
    for territory in TERRITORIES:
        fit = [
            title
            for title in catalogue.titles
            for rating in title.ratings
            if rating.country == territory and rating.minimum_age <= 7
        ]
        assert len(fit) >= 40, territory


def test_ratings_of_one_title_lie_close_together(catalogue: StarterCatalogue) -> None:
    for title in catalogue.titles:
        ages = [rating.minimum_age for rating in title.ratings]
        assert max(ages) - min(ages) <= 10, title.slug
        assert len({rating.advisories for rating in title.ratings}) == 1, title.slug


def test_windows_give_every_state_a_screen_can_show(catalogue: StarterCatalogue) -> None:
    windows = [(title, window) for title in catalogue.titles for window in title.windows]
    soon = {title.slug for title, window in windows if window.opens_at > NOW}
    leaving = {
        title.slug
        for title, window in windows
        if window.closes_at is not None and NOW < window.closes_at <= NOW + timedelta(days=14)
    }
    fresh = {title.slug for title, window in windows if NOW - timedelta(days=15) <= window.opens_at <= NOW}
    elsewhere = {
        title.slug for title in catalogue.titles if {c for w in title.windows for c in w.countries} < TERRITORIES
    }
    assert len(soon) >= 8
    assert len(leaving) >= 8
    assert len(fresh) >= 8
    assert len(elsewhere) >= 10


def test_relative_windows_move_with_the_day_of_seeding_and_only_with_the_day() -> None:
    later = read(now=NOW + timedelta(days=3)).by_slug["the-navigator"].windows[0]
    same_day = read(now=NOW + timedelta(hours=2)).by_slug["the-navigator"].windows[0]
    now = read(now=NOW).by_slug["the-navigator"].windows[0]
    assert now.closes_at == datetime(2026, 5, 10, tzinfo=UTC)
    assert later.closes_at is not None
    assert later.closes_at - now.closes_at == timedelta(days=3)
    assert later.opens_at == now.opens_at
    assert same_day == now


def test_facts_read_as_they_were_written(catalogue: StarterCatalogue) -> None:
    nosferatu = catalogue.by_slug["nosferatu"]
    assert nosferatu.original_name == "Nosferatu, eine Symphonie des Grauens"
    assert nosferatu.people(CreditRole.DIRECTOR) == ("F. W. Murnau",)
    flash = catalogue.by_slug["flash-gordon"]
    assert [len(season.episodes) for season in flash.seasons] == [13, 15]


def test_a_person_has_one_spelling(catalogue: StarterCatalogue) -> None:
    spelt: dict[str, str] = {}
    for person in catalogue.people:
        letters = "".join(letter for letter in person.casefold() if letter.isalpha())
        assert spelt.setdefault(letters, person) == person


def test_synopses_are_each_their_own(catalogue: StarterCatalogue) -> None:
    synopses = [text.synopsis for title in catalogue.titles for text in title.texts if text.synopsis]
    assert len(synopses) == len(set(synopses))


Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def spoil(folder: Path, change: Change) -> None:
    file = folder / "films-sound.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()
    entry = json.loads(lines[2])
    change(entry)
    lines[2] = json.dumps(entry)
    file.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entry: entry["genres"].append("musical"), r"genres\.\d: musical is not in genres.json"),
        (lambda entry: entry["ratings"].pop(2), "ratings: none for DE, where a window opens"),
        (lambda entry: entry["ratings"][0].update(code="12"), r"ratings\.0\.code: 12 from"),
        (lambda entry: entry["texts"].clear(), "texts: .*at least 1"),
        (lambda entry: entry["texts"][0].pop("tagline"), "texts: an English name, synopsis and tagline"),
        (lambda entry: entry.update(original_language="de"), "texts: the name in the original language, de"),
        (lambda entry: entry.update(slug="nosferatu"), r"slug: nosferatu is already in films-silent\.jsonl:\d+"),
        (lambda entry: entry.update(relase_year=1931), "relase_year: Unexpected"),
        (lambda entry: entry.pop("release_year"), "release_year: Field required"),
        (lambda entry: entry["windows"][0].update(until="1999-01-01T00:00:00Z"), r"windows\.0: .*closes before"),
        (lambda entry: entry["windows"][0].update(opens_in_days=3), r"windows\.0: .*exclude each other"),
        (lambda entry: entry["collections"].append("saturday-matinee"), "collections: saturday-matinee: .*disagree"),
        (lambda entry: entry.update(status="ENDED"), "status: a series needs one"),
    ],
)
def test_a_wrong_line_is_refused_with_file_line_and_field(folder: Path, change: Change, message: str) -> None:
    def permanent(entry: dict[str, Any]) -> None:
        window = {"countries": sorted(TERRITORIES), "from": "2024-01-01T00:00:00Z", "until": None}
        entry.update(windows=[window], texts=entry["texts"][:1])
        change(entry)

    spoil(folder, permanent)
    with pytest.raises(CatalogueError, match=r"films-(sound|silent)\.jsonl:\d+: " + message):
        read(folder, now=NOW)


def test_a_collection_of_an_unknown_title_is_refused(folder: Path) -> None:
    file = folder / "collections.json"
    collections = json.loads(file.read_text(encoding="utf-8"))
    collections[0]["titles"].append("the-kidd")
    file.write_text(json.dumps(collections), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"charlie-and-buster\.titles: there is no title the-kidd"):
        read(folder, now=NOW)


def test_the_moment_must_have_a_time_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        read(now=datetime(2026, 5, 4))
