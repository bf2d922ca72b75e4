"""What a line says of a title. Names are the API's; a flat form (`name`, `year`, `cast`) does for a plain film."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from models.catalog import CreditRole, MarkerKind, SeriesStatus, TitleKind
from resolvers.catalog.editing.rules import fault
from runtime.errors import UserErrorRow


class Entry(BaseModel):
    """A key that there is not is refused, for it may be a mistyped one."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=False, frozen=True)


class Text(Entry):
    language: str
    name: str
    synopsis: str | None = None
    tagline: str | None = None


class Credit(Entry):
    person: str
    role: CreditRole
    character: str | None = None


class Window(Entry):
    countries: list[str]
    from_: AwareDatetime = Field(alias="from")
    until: AwareDatetime | None = None


class Rating(Entry):
    """Without `system`, it is by the country's own."""

    country: str
    code: str
    minimum_age: int
    system: str | None = None
    advisories: list[str] = []


class ExternalId(Entry):
    source: str
    value: str


class Marker(Entry):
    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str | None = None


class Playable(Entry):
    """An episode; or a trailer, which needs no number."""

    number: int | None = None
    texts: list[Text] = []
    air_date: date | None = None
    markers: list[Marker] = []


class Season(Entry):
    number: int
    names: dict[str, str] = {}
    episodes: list[Playable] = []


class Line(Entry):
    """A title. What is not given, or null, stays as it is where the title is there already.

    Further keys are translations, such as `name.de`; `words` gathers them.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str | None] = Field(init=False)

    slug: str | None = None
    kind: TitleKind | None = None
    original_language: str | None = None
    status: SeriesStatus | None = None
    release_year: int | None = None
    texts: list[Text] | None = None
    genres: list[str] | None = None
    credits: list[Credit] | None = None
    windows: list[Window] | None = None
    ratings: list[Rating] | None = None
    external_ids: list[ExternalId] | None = None
    seasons: list[Season] | None = None
    trailers: list[Playable] | None = None
    markers: list[Marker] | None = None
    # the flat form
    name: str | None = None
    synopsis: str | None = None
    tagline: str | None = None
    year: int | None = None
    cast: list[str] | None = None
    directors: list[str] | None = None
    wikipedia: str | None = None

    @property
    def known_year(self) -> int | None:
        return self.year if self.release_year is None else self.release_year

    def words(self) -> dict[str, dict[str, str]]:
        """The flat texts by the ends of their keys: "" in the original language, `.de` in German."""
        found: dict[str, dict[str, str]] = {}
        for key, value in [(word, getattr(self, word)) for word in WORDS] + sorted((self.model_extra or {}).items()):
            if value is not None:
                word, dot, language = key.partition(".")
                found.setdefault(dot + language, {})[word] = value
        return found


WORDS = ("name", "synopsis", "tagline")
TRANSLATED = re.compile(rf"({'|'.join(WORDS)})\.[A-Za-z0-9-]+")
FIELDS: Mapping[str, str] = {field.alias or name: name for name, field in Line.model_fields.items()}
"""The attributes by the keys of a line."""


def line_of(values: Mapping[str, Any]) -> tuple[Line, list[UserErrorRow]]:
    """The line, and everything that is wrong with the form of it, by path; the line is without what is wrong then."""
    unknown = [key for key in values if key not in FIELDS and not TRANSLATED.fullmatch(key)]
    wrong = [fault("UNKNOWN_FIELD", "There is no such field.", key) for key in unknown]
    known = {key: value for key, value in values.items() if key not in unknown}
    try:
        line = Line.model_validate(known)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        wrong += [fault("INVALID", f"{problem['msg']}.", *problem["loc"]) for problem in problems]
        spoilt = {problem["loc"][0] for problem in problems}
        line = Line.model_validate({key: value for key, value in known.items() if key not in spoilt})
    return line, wrong + list(unclear(line, values))


def unclear(line: Line, given: Mapping[str, Any]) -> Iterator[UserErrorRow]:
    """What is said twice, and what is left open."""
    if not any(key in given for key in ("slug", "name", "texts")):
        yield fault("REQUIRED", "A title has a `name`, `texts`, or at least a `slug`.", "name")
    if line.year is not None and line.release_year is not None and line.year != line.release_year:
        yield fault("INVALID", "`year` and `releaseYear` differ.", "year")
