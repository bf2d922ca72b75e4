"""What one profile watched: choices by taste and popularity among what was open to it, series in their order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import uuid5

import numpy as np

from models.catalog import TitleKind
from models.identity import ProfileKind
from models.viewing import Thumb
from sandbox.households.records import Addition, Household, Member, Opinion, Play
from sandbox.households.shelf import Catalogue, Mask
from sandbox.households.tastes import liking

DAYS = 90
FEWEST, MOST = 20, 40
PAUSE = timedelta(minutes=1)
EVENING = {ProfileKind.ADULT: (18, 23.5), ProfileKind.TEEN: (15, 22), ProfileKind.KIDS: (7, 19)}
"""When who watches: from and until which hour, local time."""
OFFSETS = {"US": -6, "CA": -5, "MX": -6, "GB": 0}
"""Hours of local time against UTC, without summer time; 1 where it is not said."""

TASTE = 5.0
"""How strongly taste speaks against popularity: log-odds between a title of one's own and one of no interest."""
GO_ON = 0.6
"""How often the next sitting goes on with the series that one is in."""
SEEN, SEEN_BY_A_CHILD, GIVEN_UP, LISTED = -4.0, -1.5, -3.0, 2.0
ADDS, RATES = 0.12, 0.3
LIKED, LOVED, DISLIKED = 0.5, 0.8, 0.3
FINISHED_FROM, GIVEN_UP_BY = 0.92, 0.75


def watch(catalogue: Catalogue, household: Household, member: Member, now: datetime, seed: int) -> Member:
    """The member with a history over the last 90 days before `now`."""
    rng = np.random.default_rng([seed, household.number, household.members.index(member), 1])
    viewer = Viewer(catalogue, household, member, rng)
    for moment in moments(rng, member.kind, household.country, now):
        viewer.sit_down(moment, now)
    additions, opinions = tuple(viewer.additions.values()), tuple(viewer.opinions.values())
    return replace(member, plays=tuple(viewer.plays), additions=additions, opinions=opinions)


def moments(rng: np.random.Generator, kind: ProfileKind, country: str, now: datetime) -> Iterator[datetime]:
    """When the profile sits down to watch, in order."""
    first, last = EVENING[kind]
    offset = timedelta(hours=OFFSETS.get(country, 1))
    past = sorted(rng.random(rng.integers(FEWEST, MOST + 1)) * (DAYS - 2))
    for days in reversed(past):
        day = (now - timedelta(days=days + 1)).date()
        midnight = datetime.combine(day, time(), now.tzinfo)
        yield midnight - offset + timedelta(minutes=int(rng.uniform(first, last) * 60))


class Viewer:
    """A profile while its history grows. Titles are numbers here: their places in the catalogue."""

    def __init__(self, catalogue: Catalogue, household: Household, member: Member, rng: np.random.Generator) -> None:
        self.titles, self.member, self.rng = catalogue.titles, member, rng
        self.shelf = catalogue.shelf(household.country, member.maximum_age)
        self.liking = liking(member.taste, catalogue.affinities)
        self.pull = catalogue.pull + TASTE * self.liking
        self.series: int | None = None
        self.episode: dict[int, int] = {}
        self.plays: list[Play] = []
        self.additions: dict[int, Addition] = {}
        self.opinions: dict[int, Opinion] = {}

    def sit_down(self, moment: datetime, now: datetime) -> None:
        """One sitting, not before the last has ended, and over by `now`."""
        at = max(moment, self.plays[-1].ended_at + PAUSE) if self.plays else moment
        offered = self.shelf.open_at(at)
        number = self.choose(offered)
        if number is None:
            return
        play = self.play(number, at)
        if play.ended_at + PAUSE > now:
            return
        self.plays.append(play)
        self.remember(number, play)
        self.rate(number, play)
        if self.rng.random() < ADDS:
            self.add(offered, play.ended_at + PAUSE)

    def choose(self, offered: Mask) -> int | None:
        if self.series is not None and offered[self.series] and self.rng.random() < GO_ON:
            return self.series
        return self.drawn_to(offered)

    def drawn_to(self, offered: Mask) -> int | None:
        """One of the titles offered, by the odds of its pull; None where there is none."""
        numbers = np.flatnonzero(offered & (self.pull > -np.inf))
        if not len(numbers):
            return None
        # the greatest of the pulls, each with Gumbel noise, is a draw by softmax
        return int(numbers[np.argmax(self.pull[numbers] + self.rng.gumbel(size=len(numbers)))])

    def play(self, number: int, at: datetime) -> Play:
        title = self.titles[number]
        playable = title.playables[self.episode.get(number, 0)]
        finished = bool(self.rng.random() < 0.5 + 0.45 * self.liking[number])
        fraction = self.rng.uniform(FINISHED_FROM, 1) if finished else 0.02 + 0.73 * self.rng.beta(2, 3)
        ended = at + timedelta(milliseconds=int(fraction * playable.duration_ms))
        id_ = uuid5(self.member.id, str(len(self.plays)))
        return Play(id_, title.id, playable.id, at, ended, float(fraction), finished)

    def remember(self, number: int, play: Play) -> None:
        """What the play does to the next choices."""
        title = self.titles[number]
        if not play.finished:
            self.pull[number] += GIVEN_UP
            self.series = None if self.series == number else self.series
        elif title.kind is TitleKind.MOVIE:
            self.pull[number] += SEEN_BY_A_CHILD if self.member.kind is ProfileKind.KIDS else SEEN
        elif self.episode.get(number, 0) + 1 < len(title.playables):
            self.episode[number] = self.episode.get(number, 0) + 1
            self.series = number
        else:
            self.pull[number] = -np.inf
            self.series = None

    def rate(self, number: int, play: Play) -> None:
        if self.rng.random() >= RATES:
            return
        liked = self.liking[number]
        if play.finished and liked >= LIKED:
            thumb = Thumb.DOUBLE_UP if liked >= LOVED else Thumb.UP
        elif not play.finished and liked <= DISLIKED:
            thumb = Thumb.DOWN
        else:
            return
        self.opinions[number] = Opinion(play.title_id, thumb, play.ended_at + PAUSE)

    def add(self, offered: Mask, at: datetime) -> None:
        """Puts a title on the list that is neither there nor watched yet, and still open a moment later."""
        known = {play.title_id for play in self.plays}
        fresh = np.array([t.id not in known and n not in self.additions for n, t in enumerate(self.titles)])
        number = self.drawn_to(offered & fresh & self.shelf.open_at(at))
        if number is not None:
            self.additions[number] = Addition(self.titles[number].id, at)
            self.pull[number] += LISTED
