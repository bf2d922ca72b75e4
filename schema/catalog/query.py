"""Where the catalog's queries begin: single titles, lists, search, collections and people."""

from typing import Annotated

import strawberry
from strawberry.federation.schema_directives import Cost, RequiresScopes

from oauth.roles import CATALOG_EDIT, CATALOG_FEED
from resolvers.catalog.changes import title_changes
from resolvers.catalog.curation import collection, collections, titles_of
from resolvers.catalog.details import genres
from resolvers.catalog.editing.reading import editorial_title, editorial_titles
from resolvers.catalog.facets import facets_of
from resolvers.catalog.lists import titles
from resolvers.catalog.people import person
from resolvers.catalog.playables import playable
from resolvers.catalog.rows import FacetField
from resolvers.catalog.search.results import search, spellings_of, totals_of
from resolvers.catalog.search.suggestions import suggest
from resolvers.catalog.titles import title
from schema.catalog.changes import TitleChangeConnection
from schema.catalog.editorial import EditorialTitle, EditorialTitleConnection
from schema.catalog.titles import Movie, Person, Playable, Series, Title, TitleConnection
from schema.catalog.values import Genre
from schema.fields import asks, loads
from schema.shared import PageInfo, sized

SearchHit = Annotated[Movie | Series | Person, strawberry.union("SearchHit")]


@strawberry.type
class Collection:
    id: strawberry.ID
    slug: str
    name: str
    titles: TitleConnection = loads(titles_of, directives=[sized()])


@strawberry.type
class FacetBucket:
    value: str
    label: str
    count: int


@strawberry.type
class Facet:
    field: FacetField
    buckets: list[FacetBucket]


@strawberry.type
class SearchEdge:
    node: SearchHit
    cursor: str


@strawberry.type
class SearchConnection:
    edges: list[SearchEdge]
    page_info: PageInfo
    total_count: int = loads(totals_of, key="asked")
    facets: list[Facet] = loads(facets_of, key="asked")
    did_you_mean: str | None = loads(
        spellings_of,
        key="asked",
        description="The nearest spelling that finds something, where the query finds nothing.",
    )


@strawberry.type
class Suggestion:
    text: str
    hit: SearchHit | None


@strawberry.type
class Query:
    title: Title | None = asks(title)
    playable: Playable | None = asks(playable)
    titles: TitleConnection = asks(titles, directives=[sized()])
    search: SearchConnection = asks(
        search, description="Forgives typing errors and accents.", directives=[Cost(weight=5), sized()]
    )
    suggest: list[Suggestion] = asks(
        suggest, description="Completes what is being typed.", directives=[sized(8, fields=False)]
    )
    title_changes: TitleChangeConnection = asks(
        title_changes,
        description="What came, changed or went, oldest first, windows that open and close included: a partner keeps "
        "the last cursor and asks again from there.",
        directives=[RequiresScopes(scopes=[[CATALOG_FEED]]), sized(100)],
    )
    genres: list[Genre] = asks(genres)
    collections: list[Collection] = asks(collections, directives=[sized(20, fields=False)])
    collection: Collection | None = asks(collection)
    person: Person | None = asks(person)
    editorial_title: EditorialTitle | None = asks(
        editorial_title,
        description="Drafts and published titles alike.",
        directives=[RequiresScopes(scopes=[[CATALOG_EDIT]])],
    )
    editorial_titles: EditorialTitleConnection = asks(
        editorial_titles, directives=[RequiresScopes(scopes=[[CATALOG_EDIT]]), sized()]
    )
