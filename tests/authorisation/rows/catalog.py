"""The catalog's rows: anybody may browse, and sees what exists for a viewer of their country and age."""

from tests.authorisation.rules import PUBLIC, SOMETIMES, VISIBLE, rows, table, through

TITLE = """id slug name originalName originalLanguage synopsis tagline releaseYear genres maturity artwork credits
    availability badges trailers externalIds"""
PLAYABLE = "runtimeMs audioTracks subtitleTracks maxHeight markers"
TITLE_LISTS = "Query.titles Collection.titles Person.titles"
PICTURED = "Movie.artwork Series.artwork Episode.artwork Trailer.artwork Person.photo"
PEOPLE = "Query.person Credit.person SearchEdge.node Suggestion.hit"

ROWS = table(
    rows("Query", PUBLIC, "_service _entities titles search suggest genres collections"),
    rows("Query", VISIBLE, "title playable collection person"),
    rows("Movie", VISIBLE, f"{TITLE} title {PLAYABLE}"),
    rows("Series", VISIBLE, f"{TITLE} status seasons"),
    rows("Episode", VISIBLE, f"id title name maturity artwork {PLAYABLE} number synopsis airDate season series"),
    rows("Trailer", VISIBLE, f"id title name maturity artwork {PLAYABLE}"),
    through("Series.seasons Episode.season", "Season", "id number name series episodeCount episodes"),
    through("Season.episodes", "EpisodeConnection", "edges pageInfo"),
    through("EpisodeConnection.edges", "EpisodeEdge", "node cursor"),
    through(TITLE_LISTS, "TitleConnection", "edges pageInfo"),
    through("TitleConnection.edges", "TitleEdge", "node cursor"),
    through("Movie.genres Series.genres Query.genres", "Genre", "id slug name"),
    through(
        "Movie.maturity Series.maturity Episode.maturity Trailer.maturity",
        "MaturityRating",
        "system code minimumAge advisories",
    ),
    through(PICTURED, "Artwork", "url width height blurhash alt"),
    through("Movie.credits Series.credits", "CreditConnection", "edges pageInfo"),
    through("CreditConnection.edges", "CreditEdge", "node cursor"),
    through("CreditEdge.node", "Credit", "person role character"),
    through(PEOPLE, "Person", "id name photo titles"),
    through("Movie.availability Series.availability", "Availability", "state from until"),
    through("Movie.externalIds Series.externalIds", "ExternalId", "source value"),
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
    through("Movie.markers Episode.markers Trailer.markers", "Marker", "kind startMs endMs label"),
    through("Query.search", "SearchConnection", "edges pageInfo totalCount facets"),
    through("Query.search", "SearchConnection", "didYouMean", SOMETIMES),
    through("SearchConnection.edges", "SearchEdge", "node cursor"),
    through("SearchConnection.facets", "Facet", "field buckets"),
    through("Facet.buckets", "FacetBucket", "value label count"),
    through("Query.suggest", "Suggestion", "text hit"),
    through("Query.collection Query.collections", "Collection", "id slug name titles"),
    through("*.pageInfo", "PageInfo", "hasNextPage hasPreviousPage startCursor endCursor"),
    through("Query._service", "_Service", "sdl"),
)
