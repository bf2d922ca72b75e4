"""The catalog's rows: anybody may browse, and sees what exists for a viewer of their country and age; editors see
all."""

from tests.authorisation.rules import PUBLIC, SOMETIMES, VISIBLE, rows, scope, table, through

TITLE = """id slug name originalName originalLanguage synopsis tagline releaseYear genres maturity artwork credits
    availability badges trailers externalIds"""
PLAYABLE = "runtimeMs audioTracks subtitleTracks maxHeight markers"
TITLE_LISTS = "Query.titles Collection.titles Person.titles"
PICTURED = "Movie.artwork Series.artwork Episode.artwork Trailer.artwork Person.photo TitlePreview.artwork"
RATED = "Movie.maturity Series.maturity Episode.maturity Trailer.maturity TitlePreview.maturity"
EDITING = """Mutation.createTitle Mutation.updateTitle Mutation.savePlayable Mutation.removePlayable
    Mutation.publishTitle Mutation.unpublishTitle"""
EDITED = "Query.editorialTitle EditorialTitleEdge.node EditorialTitlePayload.editorialTitle"
TEXTS = "EditorialTitle.texts EditorialPlayable.texts"
PEOPLE = "Query.person Credit.person SearchEdge.node Suggestion.hit"

ROWS = table(
    rows("Query", PUBLIC, "_service _entities titles search suggest genres collections"),
    rows("Query", VISIBLE, "title playable collection person"),
    rows("Query", scope("catalog:feed"), "titleChanges"),
    rows("Query", scope("catalog:edit"), "editorialTitle editorialTitles"),
    rows("Mutation", scope("catalog:edit"), "createTitle updateTitle savePlayable removePlayable saveCollection"),
    rows("Mutation", scope("catalog:publish"), "publishTitle unpublishTitle"),
    rows("Movie", VISIBLE, f"{TITLE} title {PLAYABLE}"),
    rows("Series", VISIBLE, f"{TITLE} status seasons"),
    rows("Episode", VISIBLE, f"id title name maturity artwork {PLAYABLE} number synopsis airDate season series"),
    rows("Trailer", VISIBLE, f"id title name maturity artwork {PLAYABLE}"),
    through("Series.seasons Episode.season", "Season", "id number name series episodeCount episodes"),
    through("Season.episodes", "EpisodeConnection", "edges pageInfo"),
    through("EpisodeConnection.edges", "EpisodeEdge", "node cursor"),
    through(TITLE_LISTS, "TitleConnection", "edges pageInfo"),
    through("TitleConnection.edges", "TitleEdge", "node cursor"),
    through("Movie.genres Series.genres Query.genres EditorialTitle.genres", "Genre", "id slug name"),
    through(RATED, "MaturityRating", "system code minimumAge advisories"),
    through(PICTURED, "Artwork", "url width height blurhash alt"),
    through("Movie.credits Series.credits", "CreditConnection", "edges pageInfo"),
    through("CreditConnection.edges", "CreditEdge", "node cursor"),
    through("CreditEdge.node EditorialTitle.credits", "Credit", "person role character"),
    through(PEOPLE, "Person", "id name photo titles"),
    through("Movie.availability Series.availability TitlePreview.availability", "Availability", "state from until"),
    through("Movie.externalIds Series.externalIds EditorialTitle.externalIds", "ExternalId", "source value"),
    through(
        "Movie.audioTracks Episode.audioTracks Trailer.audioTracks",
        "AudioTrack",
        "id language label channels descriptive",
    ),
    through(
        "Movie.subtitleTracks Episode.subtitleTracks Trailer.subtitleTracks",
        "SubtitleTrack",
        "id language label kind",
    ),
    through(
        "Movie.markers Episode.markers Trailer.markers EditorialPlayable.markers",
        "Marker",
        "kind startMs endMs label",
    ),
    through("Query.search", "SearchConnection", "edges pageInfo totalCount facets"),
    through("Query.search", "SearchConnection", "didYouMean", SOMETIMES),
    through("SearchConnection.edges", "SearchEdge", "node cursor"),
    through("SearchConnection.facets", "Facet", "field buckets"),
    through("Facet.buckets", "FacetBucket", "value label count"),
    through("Query.suggest", "Suggestion", "text hit"),
    through("Query.collection Query.collections CollectionPayload.collection", "Collection", "id slug name titles"),
    # partners
    through("Query.titleChanges", "TitleChangeConnection", "edges pageInfo"),
    through("TitleChangeConnection.edges", "TitleChangeEdge", "node cursor"),
    through("TitleChangeEdge.node", "TitleChange", "titleId at"),
    through("TitleChangeEdge.node", "TitleChange", "title", SOMETIMES),
    # editors
    through("Query.editorialTitles", "EditorialTitleConnection", "edges pageInfo"),
    through("EditorialTitleConnection.edges", "EditorialTitleEdge", "node cursor"),
    through(EDITED, "EditorialTitle", "id kind state revision slug originalLanguage texts playables"),
    through(EDITED, "EditorialTitle", "releaseYear genres credits externalIds windows ratings artwork", SOMETIMES),
    through(EDITED, "EditorialTitle", "publishedRevision publishAt status problems preview", SOMETIMES),
    through("EditorialTitle.preview", "TitlePreview", "name synopsis tagline maturity artwork availability badges"),
    through(TEXTS, "LocalizedText", "language name"),
    through(TEXTS, "LocalizedText", "synopsis tagline", SOMETIMES),
    through("EditorialTitle.windows", "AvailabilityWindow", "countries from until"),
    through("EditorialTitle.ratings", "TerritoryRating", "country code minimumAge"),
    through("EditorialTitle.artwork", "EditorialArtwork", "kind url alt"),
    through("EditorialTitle.artwork", "EditorialArtwork", "language", SOMETIMES),
    through("EditorialTitle.playables", "EditorialPlayableConnection", "edges pageInfo"),
    through("EditorialPlayableConnection.edges", "EditorialPlayableEdge", "node cursor"),
    through("EditorialPlayableEdge.node", "EditorialPlayable", "id kind"),
    through(
        "EditorialPlayableEdge.node", "EditorialPlayable", "season number texts airDate runtimeMs markers", SOMETIMES
    ),
    through(EDITING, "EditorialTitlePayload", "editorialTitle"),
    through(EDITING, "EditorialTitlePayload", "userErrors", SOMETIMES),
    through("Mutation.saveCollection", "CollectionPayload", "collection"),
    through("Mutation.saveCollection", "CollectionPayload", "userErrors", SOMETIMES),
    through("*.userErrors EditorialTitle.problems", "UserError", "code message path", SOMETIMES),
    through("*.pageInfo", "PageInfo", "hasNextPage hasPreviousPage startCursor endCursor"),
    through("Query._service", "_Service", "sdl"),
)
