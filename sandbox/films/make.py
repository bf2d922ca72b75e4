"""Making a film: ffmpeg draws the picture with title card, running time and credits, and we add sound and subtitles."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
from font_manrope import ManropeMedium
from font_source_serif_pro import SourceSerifPro, SourceSerifProIt

from sandbox.films.film import CREDITS_MS, TITLE_CARD_MS, Film, Words
from sandbox.films.sound import write_sound

ISO_639_2 = {"en": "eng", "de": "deu", "es": "spa"}
FONTS = {"serif.ttf": SourceSerifPro, "italic.ttf": SourceSerifProIt, "sans.ttf": ManropeMedium}
CUE_MS = 4000


class FilmFailed(Exception):
    """ffmpeg could not make a film; the message has its complaints."""


def make_film(film: Film, folder: Path) -> Path:
    """The film as `<slug>.mp4` in `folder`, with its subtitles beside it (`<slug>.en.vtt`); made unless it is there.

    On two cores it took a fifth of the time that the film plays.
    """
    done = folder / f"{film.slug}.mp4"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f"{film.slug}-") as name:
            draw(film, Path(name))
            for made in [*Path(name).glob("*.vtt"), Path(name) / done.name]:
                made.replace(folder / made.name)
    return done


def draw(film: Film, folder: Path) -> None:
    """Makes the film in an empty folder, from where ffmpeg sees fonts and texts by names that need no quoting."""
    for name, font in FONTS.items():
        shutil.copyfile(font, folder / name)
    for name, text in texts(film):
        (folder / name).write_text(text)
    for language, words in film.words.items():
        write_sound(film, language, folder / f"{language}.wav")
        (folder / f"{film.slug}.{language}.vtt").write_text(subtitles(film, words))
    command = ["nice", "-n", "19", imageio_ffmpeg.get_ffmpeg_exe(), *arguments(film)]
    ended = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise FilmFailed(f"ffmpeg could not make {film.slug}: {ended.stderr[-2000:]}")


def arguments(film: Film) -> list[str]:
    made = ["-v", "error", "-f", "lavfi", "-i", film.picture]
    for language in film.languages:
        made += ["-i", f"{language}.wav"]
    made += ["-map", "0:v", "-vf", ",".join(overlays(film)), "-t", str(film.seconds)]
    for number, language in enumerate(film.languages):
        made += ["-map", f"{number + 1}:a", f"-metadata:s:a:{number}", f"language={ISO_639_2[language]}"]
    made += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    return [*made, "-b:a", "128k", "-movflags", "+faststart", f"{film.slug}.mp4"]


def overlays(film: Film) -> Iterator[str]:
    """The filters that fade the film in and out, and write title, running time and credits upon it."""
    title, credits = TITLE_CARD_MS / 1000, film.credits[0] / 1000
    yield f"fade=t=in:st=0.5:d={title - 0.5}"
    yield f"fade=t=out:st={credits - 0.5}:d=1.2"
    shown = between(0.5, title)
    yield drawtext("title.txt", "serif.ttf", 84, "(w-tw)/2", "h/2-90", shown)
    yield drawtext("tagline.txt", "italic.ttf", 34, "(w-tw)/2", "h/2+24", shown)
    ended = between(credits + 0.6, film.seconds - 0.2)
    yield drawtext("end.txt", "serif.ttf", 52, "(w-tw)/2", "h/2-120", ended)
    yield drawtext("credits.txt", "sans.ttf", 24, "(w-tw)/2", "h/2-20", ended)
    yield drawtext("time.txt", "sans.ttf", 26, "w-200", "40", "alpha=0.85")


def drawtext(text: str, font: str, size: int, x: str, y: str, shown: str) -> str:
    place = f"fontsize={size}:fontcolor=white:x={x}:y={y}:{shown}"
    look = "shadowcolor=black@0.6:shadowx=2:shadowy=2:line_spacing=12:text_align=C"
    return f"drawtext=textfile={text}:fontfile={font}:{place}:{look}"


def between(start: float, end: float) -> str:
    """Shows a text from `start` to `end`, in seconds; it comes and goes in half a second."""
    opacity = f"clip((t-{start})/0.5,0,1)*clip(({end}-t)/0.5,0,1)"
    return f"enable='between(t,{start},{end})':alpha='{opacity}'"


def texts(film: Film) -> Iterator[tuple[str, str]]:
    words = film.words[film.languages[0]]
    yield "title.txt", words.name
    yield "tagline.txt", words.tagline
    yield "time.txt", "%{pts:hms}"
    yield "end.txt", words.name
    yield "credits.txt", "Drawn by ffmpeg, played by numbers\nA Marquee short film"


def subtitles(film: Film, words: Words) -> str:
    """WebVTT (W3C) that says the running time and one of the film's lines, every four seconds."""
    cues = ["WEBVTT\n"]
    last = film.seconds * 1000 - CREDITS_MS
    for number, start in enumerate(range(CUE_MS, last - 1000, CUE_MS)):
        end = min(start + CUE_MS - 200, last)
        line = words.lines[number % len(words.lines)]
        cues.append(f"{stamp(start)} --> {stamp(end)}\n[{start // 60000}:{start // 1000 % 60:02}] {line}\n")
    return "\n".join(cues)


def stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"00:{seconds // 60:02}:{seconds % 60:02}.{rest:03}"
