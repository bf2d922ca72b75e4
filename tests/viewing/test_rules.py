"""The rules of progress and continue-watching, one line each."""

from datetime import datetime, timedelta

import pytest

from models.catalog import PlayableKind
from models.columns import new_id
from models.viewing import ContinueReason
from resolvers.viewing.rules import Entry, Found, Playable, Progress, Reached, continued, progressed, resume_at
from tests.requests import NOW

THIS, NEXT, OTHER, TITLE = new_id(), new_id(), new_id(), new_id()
BEFORE = NOW - timedelta(days=1)
MOVIE = Playable(THIS, TITLE, PlayableKind.MOVIE, 1000, credits_start_ms=800)
GOING_ON = Entry(THIS, ContinueReason.IN_PROGRESS, NOW)
UP_NEXT = Entry(NEXT, ContinueReason.NEXT_EPISODE, NOW)
WAITING = Entry(NEXT, ContinueReason.NEXT_EPISODE, BEFORE)
NEW = Entry(NEXT, ContinueReason.NEW_EPISODE, BEFORE)
ELSEWHERE = Entry(OTHER, ContinueReason.NEXT_EPISODE, BEFORE)
HALFWAY = Reached(THIS, False, NOW, NEXT)
FINISHED = Reached(THIS, True, NOW, NEXT)
LAST = Reached(THIS, True, NOW)


@pytest.mark.parametrize(
    ("before", "newest", "removed_at", "after"),
    [
        pytest.param(None, None, None, None, id="nothing was watched"),
        pytest.param(None, HALFWAY, None, GOING_ON, id="what was begun goes on"),
        pytest.param(ELSEWHERE, HALFWAY, None, GOING_ON, id="a series has one entry: the one last played"),
        pytest.param(WAITING, HALFWAY, None, GOING_ON, id="who goes back goes on there"),
        pytest.param(GOING_ON, FINISHED, None, UP_NEXT, id="a finished episode gives way to the next"),
        pytest.param(WAITING, FINISHED, None, WAITING, id="once it gave way, nothing changes"),
        pytest.param(NEW, FINISHED, None, NEW, id="nor does it where the next is new"),
        pytest.param(ELSEWHERE, FINISHED, None, UP_NEXT, id="an episode that came between is the next"),
        pytest.param(GOING_ON, LAST, None, None, id="after the last episode, or a film, the title leaves"),
        pytest.param(None, HALFWAY, NOW, None, id="what was taken out stays out"),
        pytest.param(None, FINISHED, NOW, None, id="whatever episodes come"),
        pytest.param(None, HALFWAY, BEFORE, GOING_ON, id="until it is watched again"),
    ],
)
def test_what_to_go_on_with(
    before: Entry | None, newest: Reached | None, removed_at: datetime | None, after: Entry | None
) -> None:
    assert continued(before, newest, removed_at) == after


@pytest.mark.parametrize(
    ("before", "found", "position", "after"),
    [
        pytest.param(None, Found(), 10, Progress(10, False, 0), id="a first look counts for nothing"),
        pytest.param(None, Found(), 50, Progress(50, False, 0, NOW), id="5 % counts"),
        pytest.param(None, Found(), 799, Progress(799, False, 0, NOW), id="up to the credits it is not watched"),
        pytest.param(
            Progress(500, False, 0, BEFORE), Found(), 800, Progress(800, True, 1, NOW), id="watched counts a play"
        ),
        pytest.param(
            Progress(800, True, 1, BEFORE), Found(counted=True), 990, Progress(990, True, 1, NOW), id="only once"
        ),
        pytest.param(
            Progress(990, True, 1, BEFORE),
            Found(True, BEFORE),
            20,
            Progress(20, True, 1, BEFORE),
            id="a look at its start leaves what was found",
        ),
        pytest.param(
            Progress(20, True, 1, BEFORE),
            Found(True, BEFORE),
            400,
            Progress(400, False, 1, NOW),
            id="watching it again is in progress",
        ),
        pytest.param(
            Progress(400, False, 1, BEFORE),
            Found(True, BEFORE),
            1000,
            Progress(1000, True, 2, NOW),
            id="and counts another play",
        ),
        pytest.param(
            Progress(990, True, 2, BEFORE),
            Found(True, BEFORE, counted=True),
            400,
            Progress(400, False, 1, NOW),
            id="who goes back from the end has not watched it yet",
        ),
    ],
)
def test_progress(before: Progress | None, found: Found, position: int, after: Progress) -> None:
    assert progressed(before, found, MOVIE, position, NOW) == after


@pytest.mark.parametrize(("position", "finished"), [(899, False), (900, True)])
def test_without_credits_it_is_watched_from_ninety_percent_on(position: int, finished: bool) -> None:
    assert Playable(THIS, TITLE, PlayableKind.EPISODE, 1000).finished(position) is finished


@pytest.mark.parametrize(("position", "watched", "at"), [(49, False, 0), (50, False, 50), (50, True, 0)])
def test_where_to_resume(position: int, watched: bool, at: int) -> None:
    assert resume_at(Progress(position, watched, 0), MOVIE) == at
