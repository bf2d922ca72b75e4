"""Why a title is proposed: the largest of the terms that its score adds up from, named in the viewer's language.

Weights are parts of all that speaks for the title; what can't be named to people (its era, its certificate, what only
the title itself has) is part of the whole, and no evidence.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from recommendations.scoring import Terms
from resolvers.viewing.messages import say
from resolvers.viewing.recommending.edges import Reason, Why
from resolvers.viewing.recommending.ground import Ground, ground_of
from resolvers.viewing.recommending.names import names_of_genres, names_of_people, names_of_titles
from resolvers.viewing.recommending.personal import Personal, personal_of
from resolvers.viewing.recommending.rows import likeness_share
from resolvers.viewing.references import TitleRef
from runtime.request import Request

MOST, LEAST = 3, 0.05
"""So many pieces of evidence at most, each with at least this weight."""
Asked = tuple[Why, UUID]


class EvidenceKind(Enum):
    WATCHED = "WATCHED"
    LIKED = "LIKED"
    GENRE = "GENRE"
    PERSON = "PERSON"
    POPULAR = "POPULAR"


BECAUSE_OF = {EvidenceKind.GENRE: "BECAUSE_OF_GENRE", EvidenceKind.PERSON: "WITH_PERSON"}
IN_COMMON = {EvidenceKind.GENRE: "IN_GENRE", EvidenceKind.PERSON: "WITH_PERSON"}


@dataclass(slots=True)
class EvidenceRow:
    """`weight` is from 0 to 1."""

    kind: EvidenceKind
    label: str
    weight: float
    title: TitleRef | None = None


@dataclass(slots=True)
class ExplanationRow:
    text: str
    evidence: list[EvidenceRow]


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of evidence before it has a name: `about` is the id of a title, a genre or somebody, None for none of
    these; `text` names the message."""

    kind: EvidenceKind
    text: str
    about: UUID | None
    weight: float


async def explanations_of(request: Request, asked: Sequence[Asked]) -> list[ExplanationRow | None]:
    """Batch: why each title is there; None where nothing that can be named speaks for it."""
    ground = await ground_of(request)
    facts = await facts_of(ground, asked)
    names = await names_for(request, [f for found in facts.values() for f in found], asked)
    return [explained(ground, names, one, facts[one]) for one in asked]


async def facts_of(ground: Ground, asked: Sequence[Asked]) -> dict[Asked, list[Fact]]:
    """The evidence of everything asked for, the strongest first; a profile's scores are made up once."""
    profiles = sorted({why.profile for why, _ in asked if why.profile})
    personal = dict(zip(profiles, await personal_of(ground.request, profiles), strict=True))
    by_why: defaultdict[Why, list[UUID]] = defaultdict(list)
    for why, title_id in asked:
        by_why[why].append(title_id)
    found: dict[Asked, list[Fact]] = {one: [] for one in asked}
    for why, title_ids in by_why.items():
        of = personal[why.profile] if why.profile else None
        for title_id, facts in facts_for(ground, of, why, title_ids).items():
            found[why, title_id] = sorted(facts, key=lambda fact: -fact.weight)[:MOST]
    return found


def facts_for(ground: Ground, personal: Personal | None, why: Why, title_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    places = ground.stock.places_of(title_ids)
    match why.reason:
        case Reason.TASTE | Reason.TASTE_AND_LIKENESS if personal:
            return dict(zip(places, of_taste(personal, why, list(places.values())), strict=True))
        case Reason.LIKENESS if why.about:
            return of_likeness(ground, why.about, places)
        case Reason.AGAIN:
            return {id_: [Fact(EvidenceKind.WATCHED, "WATCHED_BEFORE", id_, 1.0)] for id_ in places}
        case _:
            return {}


def of_taste(personal: Personal, why: Why, places: Sequence[int]) -> list[list[Fact]]:
    """The terms of the model's scores; where the row stems from a title, its likeness is the first of them."""
    recommender = personal.ground.recommender
    if recommender is None or personal.scores is None or not places:
        return [[] for _ in places]
    share = personal.ranking.ease_share
    terms = recommender.terms(personal.taste.weights, places, personal.openings.playing, share)
    if why.reason is Reason.TASTE or why.about is None:
        return [of_terms(personal, one) for one in terms]
    shares = likeness_share(personal, why.about, places)
    return [
        [said_of(personal, why.about, share), *of_terms(personal, one, 1 - share, without=why.about)]
        for one, share in zip(terms, shares, strict=True)
    ]


def of_terms(personal: Personal, terms: Terms, part: float = 1.0, without: UUID | None = None) -> list[Fact]:
    """Those of the terms that can be named, are about what the profile liked, and are not too small; shares of `part`.

    What it disliked may speak for what is unlike, but nobody is told that as a reason; and a title that the viewer may
    not see any more would be told by its name.
    """
    stock, playing, enjoyed = personal.ground.stock, personal.openings.playing, personal.taste.enjoyed
    facts = [
        said_of(personal, id_, part * share)
        for place, share in terms.watched
        if place >= 0 and playing[place] and (id_ := stock.id_of(place)) != without and id_ in enjoyed
    ]
    facts += [
        fact
        for name, share in terms.features
        if name in personal.liked_features and (fact := of_feature(name, part * share, BECAUSE_OF))
    ]
    facts.append(Fact(EvidenceKind.POPULAR, "POPULAR", None, part * terms.recent))
    return [fact for fact in facts if fact.weight >= LEAST]


def of_feature(name: str, share: float, texts: Mapping[EvidenceKind, str]) -> Fact | None:
    what, _, about = name.partition(":")
    kind = {"genre": EvidenceKind.GENRE, "person": EvidenceKind.PERSON}.get(what)
    return Fact(kind, texts[kind], UUID(about), share) if kind else None


def said_of(personal: Personal, title_id: UUID, share: float) -> Fact:
    """How the profile let it be known that it likes the title."""
    taste = personal.taste
    if title_id in taste.liked:
        return Fact(EvidenceKind.LIKED, "BECAUSE_YOU_LIKED", title_id, share)
    if title_id in taste.watched:
        return Fact(EvidenceKind.WATCHED, "BECAUSE_YOU_WATCHED", title_id, share)
    text = "BECAUSE_OF_LIST" if title_id in taste.listed else "BECAUSE_YOU_CHOSE"
    return Fact(EvidenceKind.LIKED, text, title_id, share)


def of_likeness(ground: Ground, title_id: UUID, places: Mapping[UUID, int]) -> dict[UUID, list[Fact]]:
    """What both titles have in common, by how much it speaks for their likeness."""
    recommender, seed = ground.recommender, ground.stock.places_of([title_id])
    if not seed or not places:
        return {}
    if recommender is None:
        return of_shared_genres(ground, seed[title_id], places)
    common = recommender.common(seed[title_id], list(places.values()))
    return {
        id_: [fact for name, share in shares if share >= LEAST and (fact := of_feature(name, share, IN_COMMON))]
        for id_, shares in zip(places, common, strict=True)
    }


def of_shared_genres(ground: Ground, seed: int, places: Mapping[UUID, int]) -> dict[UUID, list[Fact]]:
    genres, ids = ground.stock.genres, ground.stock.genre_ids
    own = set(genres[[seed]].indices.tolist())
    found = {}
    for title_id, place in places.items():
        its = set(genres[[place]].indices.tolist())
        both, either = own & its, own | its
        found[title_id] = [
            Fact(EvidenceKind.GENRE, IN_COMMON[EvidenceKind.GENRE], ids[n], 1 / len(either)) for n in sorted(both)
        ]
    return found


async def names_for(request: Request, facts: Sequence[Fact], asked: Sequence[Asked]) -> Mapping[UUID, str]:
    """What people call all that is to be said, in one statement for each kind of it."""
    about: defaultdict[EvidenceKind, set[UUID]] = defaultdict(set)
    for fact in facts:
        if fact.about:
            about[fact.kind].add(fact.about)
    titles = about[EvidenceKind.WATCHED] | about[EvidenceKind.LIKED]
    titles |= {why.about for why, _ in asked if why.reason is Reason.LIKENESS and why.about}
    genres = about[EvidenceKind.GENRE] | {w.about for w, _ in asked if w.reason is Reason.POPULAR_IN and w.about}
    return {
        **await names_of_titles(request, sorted(titles)),
        **await names_of_genres(request, sorted(genres)),
        **await names_of_people(request, sorted(about[EvidenceKind.PERSON])),
    }


def explained(ground: Ground, names: Mapping[UUID, str], asked: Asked, facts: Sequence[Fact]) -> ExplanationRow | None:
    why, title_id = asked
    languages = ground.request.languages
    if why.reason in (Reason.POPULAR, Reason.POPULAR_IN):
        return popular(ground, names, why, title_id)
    evidence = [row for fact in facts if (row := evidence_row(ground, names, fact))]
    if not evidence:
        return None
    text = evidence[0].label
    if why.reason is Reason.LIKENESS and why.about and (name := names.get(why.about)):
        text = say(languages, "LIKE_TITLE", name=name)
    return ExplanationRow(text, evidence)


def evidence_row(ground: Ground, names: Mapping[UUID, str], fact: Fact) -> EvidenceRow | None:
    name = names.get(fact.about) if fact.about else None
    if name is None and fact.about:
        return None
    label = say(ground.request.languages, fact.text, name=name)
    places = ground.stock.places_of([fact.about] if fact.about else [])
    title = next(map(ground.stock.title, places.values()), None)
    return EvidenceRow(fact.kind, label, round(fact.weight, 4), title)


def popular(ground: Ground, names: Mapping[UUID, str], why: Why, title_id: UUID) -> ExplanationRow | None:
    """How much it is watched, where it is: its popularity, from 0 to 1."""
    places, languages = ground.stock.places_of([title_id]), ground.request.languages
    score = float(ground.stock.popularity[places[title_id]]) if title_id in places else 0.0
    if score <= 0:
        return None
    genre = names.get(why.about) if why.about else None
    text = say(languages, "POPULAR_IN", genre=genre) if genre else say(languages, "POPULAR")
    return ExplanationRow(text, [EvidenceRow(EvidenceKind.POPULAR, text, score)])
