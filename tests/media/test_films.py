"""Our own films are what they say they are."""

from pathlib import Path

import pytest

from media.plan import plan
from media.probe import probe
from media.source import sidecars_beside
from sandbox.films import FILMS, Film, make_film
from sandbox.films.make import subtitles
from sandbox.films.sound import TUNES, sound

FAST = 15


@pytest.fixture(scope="session")
def tides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (film,) = [film for film in FILMS if film.slug == "tides"]
    return make_film(film, tmp_path_factory.mktemp("films"))


async def test_a_film_is_720p_in_two_languages(tides: Path) -> None:
    found = await probe(tides)
    assert (found.video.width, found.video.height, found.video.frame_rate) == (1280, 720, 24)
    assert found.duration_ms == pytest.approx(24_000, abs=50)
    assert [track.language for track in found.audio] == ["en", "de"]
    made = plan(found, sidecars_beside(tides), "en")
    assert [track.language for track in made.text] == ["de", "en"]


def test_it_is_made_once(tides: Path) -> None:
    made = tides.stat().st_mtime_ns
    (film,) = [film for film in FILMS if film.slug == "tides"]
    assert make_film(film, tides.parent).stat().st_mtime_ns == made
    assert {path.name for path in tides.parent.iterdir()} == {"tides.mp4", "tides.en.vtt", "tides.de.vtt"}


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
def test_markers_frame_the_film(film: Film) -> None:
    assert 0 == film.intro[0] < film.intro[1] < film.credits[0] < film.credits[1] == film.seconds * 1000
    assert 24 <= film.seconds <= 45


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.slug)
def test_subtitles_tell_the_running_time_in_each_language(film: Film) -> None:
    first, second = (subtitles(film, words) for words in film.words.values())
    assert first != second
    for text in (first, second):
        assert text.startswith("WEBVTT\n\n00:00:04.000 --> 00:00:07.800\n[0:04] ")
        assert text.count("-->") == (film.seconds * 1000 - 9500) // 4000 + 1


def test_languages_sound_different_and_never_clip() -> None:
    english, german = sound(TUNES["en"], FAST, seed=1), sound(TUNES["de"], FAST, seed=1)
    assert english.shape == (FAST * 48000, 2)
    assert abs(english).max() <= 0.35 + 1e-9
    assert abs(english - german).max() > 0.1
    assert (sound(TUNES["en"], FAST, seed=1) == english).all()
