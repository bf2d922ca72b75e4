"""The rows that the editors' types are made of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.catalog import ArtworkKind, PublicationState, SeriesStatus, TitleKind
from resolvers.catalog.editing.document import (
    ExternalIdEntry,
    RatingEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
)
from resolvers.catalog.rows import AvailabilityRow, Badge, CollectionRow, MaturityRow
from runtime.errors import UserErrorRow
from runtime.request import Request
from runtime.scalars import LanguageTag, Url


@dataclass(slots=True, eq=False)
class EditorialTitleRow:
    """A title as it would be published, with where it stands.

    `published_revision` is what viewers see, `publish_at` when `revision`, or one before, goes out by itself;
    `added_at` is when viewers first saw it, None if they never did.
    """

    id: UUID
    state: PublicationState
    revision: int
    published_revision: int | None
    publish_at: datetime | None
    added_at: datetime | None
    document: TitleDocument

    @property
    def itself(self) -> "EditorialTitleRow":
        """The key of what is loaded for the title as it stands here, whatever is stored."""
        return self

    @property
    def kind(self) -> TitleKind:
        return self.document.kind

    @property
    def slug(self) -> str:
        return self.document.slug

    @property
    def original_language(self) -> str:
        return self.document.original_language

    @property
    def release_year(self) -> int | None:
        return self.document.release_year

    @property
    def status(self) -> SeriesStatus | None:
        return self.document.status

    @property
    def texts(self) -> tuple[TextEntry, ...]:
        return self.document.texts

    @property
    def windows(self) -> tuple[WindowEntry, ...]:
        return self.document.windows

    @property
    def ratings(self) -> tuple[RatingEntry, ...]:
        return self.document.ratings

    @property
    def external_ids(self) -> tuple[ExternalIdEntry, ...]:
        return self.document.external_ids


@dataclass(slots=True)
class EditorialArtworkRow:
    """A picture as it was uploaded; its address is for editors and holds for an hour."""

    kind: ArtworkKind
    language: LanguageTag | None
    url: Url
    alt: str


@dataclass(slots=True, eq=False)
class PreviewRow:
    """What a viewer would see of a title: `viewer` has their country and languages, and the instant."""

    id: UUID
    document: TitleDocument
    viewer: Request
    name: str
    tagline: str | None
    maturity: MaturityRow
    availability: AvailabilityRow
    badges: list[Badge]

    @property
    def itself(self) -> "PreviewRow":
        return self


@dataclass(slots=True)
class EditorialTitleChanged:
    """The source of an EditorialTitlePayload; a refusal for a stale revision comes with the newer title."""

    editorial_title: EditorialTitleRow | None
    user_errors: tuple[UserErrorRow, ...] = ()


@dataclass(slots=True)
class CollectionSaved:
    """The source of a CollectionPayload."""

    collection: CollectionRow
    user_errors: tuple[UserErrorRow, ...] = ()
