"""Sound tracks by numbers: an arpeggio over a quiet chord, with another key, metre and instrument a language."""

import wave
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sandbox.films.film import Film, Tune

RATE = 48000
PEAK = 0.35
FADE_SECONDS = 2
RING_SECONDS = 2.5
WALK = (0, 2, 4, 1, 3, 5, 2, 4, 6, 3, 1, 5)

TUNES = {
    "en": Tune(261.63, (0, 2, 4, 7, 9), 92, (1.0, 0.35, 0.0, 0.12), 2.2, 4),
    "de": Tune(196.00, (0, 3, 5, 7, 10), 78, (1.0, 0.0, 0.4, 0.0, 0.18), 1.3, 3),
    "es": Tune(329.63, (0, 1, 4, 5, 7, 8, 10), 116, (1.0, 0.6, 0.4, 0.3, 0.2, 0.12), 5.0, 6),
}

Samples = NDArray[np.float64]


def write_sound(film: Film, language: str, path: Path) -> None:
    """The film's sound track in one language, as a stereo WAV file of 16 bits at 48 kHz."""
    samples = sound(TUNES[language], film.seconds, seed=sum(map(ord, film.slug)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


def sound(tune: Tune, seconds: int, seed: int) -> Samples:
    """Stereo samples from -1 to 1, of shape (seconds * RATE, 2); the same seed makes the same music."""
    chance = np.random.default_rng(seed)
    made = np.zeros((seconds * RATE, 2))
    beat = 60 / tune.beats_a_minute / 2
    for number in range(int(seconds / beat)):
        loud = 1.0 if number % tune.meter == 0 else 0.55 + 0.2 * chance.random()
        step = WALK[(number + seed) % len(WALK)] + (2 * (number // (4 * tune.meter)) % 5)
        put(made, number * beat, loud * note(tune, step), pan=0.5 + 0.35 * np.sin(number * 0.7))
        if number % (4 * tune.meter) == 0:
            put(made, number * beat, 0.5 * note(tune, step % 3 - 2 * len(tune.scale), slower=4), pan=0.5)
    return faded(made * (PEAK / np.abs(made).max()))


@cache
def note(tune: Tune, step: int, slower: float = 1) -> Samples:
    octave, degree = divmod(step, len(tune.scale))
    pitch = tune.root * 2 ** (octave + tune.scale[degree] / 12)
    time = np.arange(int(RING_SECONDS * slower * RATE)) / RATE
    tones = (share * np.sin(2 * np.pi * pitch * (n + 1) * time) for n, share in enumerate(tune.overtones))
    attack = np.minimum(time / 0.008, 1)
    return np.asarray(sum(tones) * attack * np.exp(-time * tune.decay / slower))


def put(made: Samples, at: float, sound: Samples, pan: float) -> None:
    start = int(at * RATE)
    length = min(len(sound), len(made) - start)
    made[start : start + length] += sound[:length, None] * np.array([1 - pan, pan])


def faded(made: Samples) -> Samples:
    ramp = np.linspace(0, 1, FADE_SECONDS * RATE)[:, None]
    made[: len(ramp)] *= ramp
    made[-len(ramp) :] *= ramp[::-1]
    return made
