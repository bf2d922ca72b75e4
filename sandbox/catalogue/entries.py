"""What one line of the catalogue holds, field by field.

Instances check themselves when they are made and raise pydantic's ``ValidationError`` with the path of the field.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, Field, ValidationInfo, model_validator
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid")

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Prose = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]


class Kind(StrEnum):
    MOVIE = "MOVIE"
    SERIES = "SERIES"


class SeriesStatus(StrEnum):
    UPCOMING = "UPCOMING"
    AIRING = "AIRING"
    ENDED = "ENDED"


class CreditRole(StrEnum):
    ACTOR = "ACTOR"
    DIRECTOR = "DIRECTOR"
    WRITER = "WRITER"
    CREATOR = "CREATOR"
    PRODUCER = "PRODUCER"
    COMPOSER = "COMPOSER"


class Advisory(StrEnum):
    """Why a title has its age: what a viewer is warned of."""

    ALCOHOL = "alcohol"
    DISCRIMINATION = "discrimination"
    DRUGS = "drugs"
    HORROR = "horror"
    LANGUAGE = "language"
    NUDITY = "nudity"
    SEX = "sex"
    SUICIDE = "suicide"
    THREAT = "threat"
    VIOLENCE = "violence"


@dataclass(frozen=True, slots=True, config=STRICT)
class Genre:
    """``names`` by language tag, English always among them."""

    slug: Slug
    names: dict[LanguageTag, Prose]


@dataclass(frozen=True, slots=True, config=STRICT)
class Collection:
    """A curated list; ``titles`` are slugs in the order to be shown."""

    slug: Slug
    names: dict[LanguageTag, Prose]
    titles: tuple[Slug, ...]


@dataclass(frozen=True, slots=True, config=STRICT)
class Text:
    """A name in one language; ``synopsis`` and ``tagline`` are None where only the name is known."""

    language: LanguageTag
    name: Prose
    synopsis: Prose | None = None
    tagline: Prose | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Credit:
    """One person in one role; ``character`` is for actors alone."""

    person: Prose
    role: CreditRole
    character: Prose | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Rating:
    """Our own assessment in the terms of the territory's system; ``minimum_age`` in years."""

    country: CountryCode
    code: str
    minimum_age: Annotated[int, Field(ge=0, le=18)]
    advisories: tuple[Advisory, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class ExternalId:
    source: Slug
    value: Prose


@dataclass(frozen=True, slots=True, config=STRICT)
class Window:
    """Countries in which a title may be watched from ``opens_at`` until just before ``closes_at`` (None: for good).

    A line gives either end as a moment (``from``, ``until``) or in days from the day of seeding (``opens_in_days``,
    ``closes_in_days``; UTC midnight, negative for the past), for which validation needs ``context={"now": datetime}``.
    """

    countries: Annotated[tuple[CountryCode, ...], Field(min_length=1)]
    opens_at: AwareDatetime
    closes_at: AwareDatetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _resolve(cls, line: Any, info: ValidationInfo) -> Any:
        if not isinstance(line, dict):
            return line
        resolved = dict(line)
        _resolve_end(resolved, "from", "opens_in_days", "opens_at", info)
        _resolve_end(resolved, "until", "closes_in_days", "closes_at", info)
        return resolved

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Window:
        if self.closes_at is not None and self.closes_at <= self.opens_at:
            raise ValueError("closes before it opens")
        return self


def _resolve_end(line: dict[str, Any], moment: str, days: str, field: str, info: ValidationInfo) -> None:
    if moment in line and days in line:
        raise ValueError(f"{moment} and {days} exclude each other")
    if moment in line:
        line[field] = line.pop(moment)
    elif days in line:
        line[field] = _midnight(info) + timedelta(days=line.pop(days))


def _midnight(info: ValidationInfo) -> datetime:
    if not info.context or "now" not in info.context:
        raise ValueError('a window relative to the day of seeding needs context={"now": datetime}')
    now: datetime = info.context["now"]
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True, config=STRICT)
class Episode:
    """``air_date`` is None where we are not sure of it."""

    number: Annotated[int, Field(ge=1)]
    texts: Annotated[tuple[Text, ...], Field(min_length=1)]
    air_date: date | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Season:
    """``texts`` name a season that has a name of its own; most have none."""

    number: Annotated[int, Field(ge=1)]
    episodes: Annotated[tuple[Episode, ...], Field(min_length=1)]
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class StarterTitle:
    """A film or a series. Facts we are not sure of are left out: ``runtime_minutes`` None, a shorter cast.

    ``popularity`` is a prior from 0 to 1; ``status`` and ``seasons`` are for series.
    """

    slug: Slug
    kind: Kind
    original_language: LanguageTag
    texts: Annotated[tuple[Text, ...], Field(min_length=1)]
    release_year: Annotated[int, Field(ge=1888, le=2100)]
    status: SeriesStatus | None
    genres: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=4)]
    credits: tuple[Credit, ...]
    ratings: Annotated[tuple[Rating, ...], Field(min_length=1)]
    windows: Annotated[tuple[Window, ...], Field(min_length=1)]
    popularity: Annotated[float, Field(ge=0, le=1)]
    external_ids: tuple[ExternalId, ...] = ()
    collections: tuple[Slug, ...] = ()
    runtime_minutes: Annotated[int, Field(ge=1)] | None = None
    seasons: tuple[Season, ...] = ()

    def text(self, language: str) -> Text | None:
        """The text in exactly this language, or None."""
        return next((text for text in self.texts if text.language == language), None)

    @property
    def name(self) -> str:
        """The English name."""
        return self.texts[0].name if (text := self.text("en")) is None else text.name

    @property
    def original_name(self) -> str:
        """The name in the original language."""
        return self.name if (text := self.text(self.original_language)) is None else text.name

    def people(self, role: CreditRole) -> tuple[str, ...]:
        """Names of those credited in the role, in the order of the line."""
        return tuple(credit.person for credit in self.credits if credit.role is role)
