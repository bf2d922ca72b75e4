"""`marquee recommend`: measures recommendations on interactions out of a file."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from recommendations.evaluate import HEADER, SPLITS, evaluate
from recommendations.model import Recipe
from recommendations.reading import BadFile, no_features, read_features, read_interactions
from recommendations.tuning import tune
from server.commands import Stop


def evaluate_file(path: Path, features: Path | None, test: bool, tuned: bool) -> Iterator[str]:
    """A table of how good each ranking is, a line at a time. Stop for a file that can't be read or has too little.

    It measures on the validation part, or with `test` on the test part; `tuned` chooses the recipe on the former first.
    """
    try:
        interactions, titles = read_interactions(path)
        having = read_features(features, titles) if features else no_features(titles)
    except BadFile as error:
        raise Stop(str(error)) from error
    profiles, count = interactions.shape
    events = len(interactions.weights)
    yield f"{events} interactions of {profiles} users with {count} titles, {len(having.names)} features"
    recipe = Recipe()
    try:
        for tried in tune(interactions, having, recipe) if tuned else ():
            recipe = tried.best
            yield f"{tried.setting} {tried.value}: {tried.score:.4f}"
    except ValueError as error:
        raise Stop(f"{path}: {error}") from error
    yield ", ".join(f"{name} {value}" for name, value in asdict(recipe).items())
    yield HEADER
    measured = set()
    for line in evaluate(interactions, having, recipe, test):
        measured.add(line.split)
        yield str(line)
    if not measured:
        raise Stop(f"{path}: there is too little to hold anything out.")
    yield from (f"{name}: nothing can be held out." for name in SPLITS if name not in measured)
