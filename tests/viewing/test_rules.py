"""The rules of progress and continue-watching, one line each."""

from datetime import timedelta

import pytest

from models.catalog import PlayableKind
from models.columns import new_id
from models.viewing import ContinueReason
from resolvers.viewing.rules import Entry, Playable, Progress, continued, progressed
from tests.requests import NOW

THIS, NEXT, OTHER, TITLE = new_id(), new_id(), new_id(), new_id()
BEFORE = NOW - timedelta(days=1)
MOVIE = Playable(THIS, TITLE, PlayableKind.MOVIE, 1000, credits_start_ms=800)
EPISODE = Playable(THIS, TITLE, PlayableKind.EPISODE, 1000, next_id=NEXT)
LAST = Playable(THIS, TITLE, PlayableKind.EPISODE, 1000)
TRAILER = Playable(THIS, TITLE, PlayableKind.TRAILER, 1000)
GOING_ON = Entry(THIS, ContinueReason.IN_PROGRESS, NOW)
UP_NEXT = Entry(NEXT, ContinueReason.NEXT_EPISODE, NOW)
ELSEWHERE = Entry(OTHER, ContinueReason.IN_PROGRESS, BEFORE)
WAITING = Entry(NEXT, ContinueReason.NEXT_EPISODE, BEFORE)


@pytest.mark.parametrize(
    ("before", "playable", "position", "after"),
    [
        pytest.param(None, MOVIE, 49, None, id="below 5 % nothing begins"),
        pytest.param(ELSEWHERE, EPISODE, 49, ELSEWHERE, id="below 5 % nothing changes"),
        pytest.param(None, MOVIE, 50, GOING_ON, id="5 % counts"),
        pytest.param(None, MOVIE, 799, GOING_ON, id="up to the credits a film goes on"),
        pytest.param(GOING_ON, MOVIE, 800, None, id="from its credits on a film leaves"),
        pytest.param(GOING_ON, EPISODE, 899, GOING_ON, id="below 90 % an episode goes on"),
        pytest.param(GOING_ON, EPISODE, 900, UP_NEXT, id="a finished episode gives way to the next"),
        pytest.param(WAITING, EPISODE, 950, WAITING, id="once it gave way, nothing changes"),
        pytest.param(GOING_ON, LAST, 900, None, id="after the last episode the series leaves"),
        pytest.param(ELSEWHERE, EPISODE, 500, GOING_ON, id="a series has one entry: the one last played"),
        pytest.param(WAITING, EPISODE, 500, GOING_ON, id="who goes back goes on there"),
        pytest.param(None, TRAILER, 500, None, id="a trailer is nothing to go on with"),
        pytest.param(GOING_ON, TRAILER, 950, GOING_ON, id="nor does its end finish the film"),
    ],
)
def test_what_to_go_on_with(before: Entry | None, playable: Playable, position: int, after: Entry | None) -> None:
    assert continued(before, playable, position, NOW) == after


@pytest.mark.parametrize(
    ("before", "position", "after"),
    [
        pytest.param(None, 10, Progress(10, False, 0), id="a first look"),
        pytest.param(Progress(500, False, 0), 800, Progress(800, True, 1), id="watched counts a play"),
        pytest.param(Progress(800, True, 1), 990, Progress(990, True, 1), id="only once"),
        pytest.param(Progress(990, True, 1), 20, Progress(20, True, 1), id="a look at its start leaves it watched"),
        pytest.param(Progress(20, True, 1), 400, Progress(400, False, 1), id="watching it again is in progress"),
        pytest.param(Progress(400, False, 1), 1000, Progress(1000, True, 2), id="and counts another play"),
    ],
)
def test_progress(before: Progress | None, position: int, after: Progress) -> None:
    assert progressed(before, MOVIE, position) == after
