from fractions import Fraction
from pathlib import Path

from media.plan import is_sidecar, plan
from media.probe import AudioStream, Probe, SubtitleStream, VideoStream
from models.catalog import SubtitleKind

VIDEO = VideoStream(0, "h264", 1280, 720, Fraction(24000, 1001), False, 10000)


def sound(index: int, language: str, title: str | None = None) -> AudioStream:
    return AudioStream(index, "aac", language, 2, title, False)


def test_sound_of_unknown_language_is_in_the_titles_own() -> None:
    (track,) = plan(Probe(10000, VIDEO, (sound(1, "und"),), ()), [], "es").audio
    assert (track.language, track.label) == ("es", "Español")


def test_labels_are_unique_and_can_not_break_the_packagers_argument() -> None:
    streams = (sound(1, "en"), sound(2, "en", "Director, output=/etc/passwd"), sound(3, "en"))
    labels = [track.label for track in plan(Probe(10000, VIDEO, streams, ()), [], "en").audio]
    assert labels == ["English", "English (Director output etc passwd)", "English (2)"]


def test_a_sidecar_goes_before_what_is_embedded_and_pictures_of_text_are_left_out() -> None:
    embedded = (
        SubtitleStream(2, "subrip", "en", False, False),
        SubtitleStream(3, "hdmv_pgs_subtitle", "fr", False, False),
        SubtitleStream(4, "subrip", "en", False, True),
    )
    made = plan(Probe(10000, VIDEO, (), embedded), [Path("film.en.vtt"), Path("film.pt-BR.forced.vtt")], "en").text
    assert [(track.source, track.language, track.kind) for track in made] == [
        (Path("film.en.vtt"), "en", SubtitleKind.SUBTITLES),
        (Path("film.pt-BR.forced.vtt"), "pt-BR", SubtitleKind.FORCED),
        (4, "en", SubtitleKind.CAPTIONS),
    ]


def test_groups_of_pictures_last_two_seconds() -> None:
    assert plan(Probe(10000, VIDEO, (), ()), [], "en").gop == 48


def test_names_of_sidecars() -> None:
    assert is_sidecar("film.en.vtt")
    assert is_sidecar("film.pt-BR.captions.vtt")
    assert not is_sidecar("film.vtt")
    assert not is_sidecar("film.en.srt")
