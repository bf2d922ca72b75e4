"""Viewing's rows: what a profile watches, and what a household streams."""

from tests.authorisation.rules import (
    NOT_YET,
    OWNER,
    PROFILE,
    PUBLIC,
    SIGNED_IN,
    SOMETIMES,
    VISIBLE,
    player,
    rows,
    table,
    through,
)

STARTED = "Mutation.startPlayback Mutation.renewPlayback"
TITLE_PAYLOADS = "Mutation.addToMyList Mutation.removeFromMyList Mutation.rateTitle"
PROGRESS_PAYLOADS = "Mutation.stopPlayback Mutation.markWatched"
PROGRESS = "positionMs durationMs percent watched playCount lastWatchedAt"
ITEMS = "ContinueWatchingEdge.node ContinueWatchingEvent.item ContinueWatchingEvent.snapshot"

ROWS = table(
    rows("Query", PUBLIC, "_service _entities"),
    rows("Query", SIGNED_IN, "tasteSeeds"),
    rows("Mutation", player("PROFILE_REQUIRED"), "startPlayback renewPlayback removeFromContinueWatching"),
    rows("Mutation", player("PROFILE_REQUIRED"), "markWatched addToMyList removeFromMyList rateTitle"),
    rows("Mutation", player("NOT_FOUND"), "heartbeat stopPlayback"),
    rows("Subscription", player("BAD_USER_INPUT"), "continueWatchingChanged"),
    rows("Subscription", player("NOT_FOUND"), "playbackCommand"),
    # entities
    rows("Account", OWNER, "id activeStreams"),
    rows("Profile", OWNER, "id home continueWatching myList history"),
    rows("Movie", VISIBLE, "id"),
    rows("Movie", PROFILE, "inMyList thumb upNext progress"),
    rows("Series", VISIBLE, "id"),
    rows("Series", PROFILE, "inMyList thumb upNext"),
    rows("Episode", VISIBLE, "id"),
    rows("Episode", PROFILE, "progress"),
    rows("Trailer", VISIBLE, "id"),
    rows("Trailer", PROFILE, "progress"),
    through("Movie.progress Episode.progress Trailer.progress", "Progress", PROGRESS),
    through(
        "Account.activeStreams PlaybackDenied.activeStreams",
        "ActiveStream",
        "sessionId profileName deviceName playable startedAt positionMs",
    ),
    # the profile's screens
    through("Profile.home", "HomeConnection", "edges pageInfo generatedAt"),
    through("Profile.home", "HomeConnection", "modelVersion", NOT_YET),
    through("HomeConnection.edges", "HomeEdge", "node cursor"),
    through("HomeEdge.node", "HomeRow", "id kind heading titles"),
    through("HomeEdge.node", "HomeRow", "seed", NOT_YET),
    through("HomeRow.titles", "RecommendationConnection", "edges pageInfo"),
    through("RecommendationConnection.edges", "RecommendationEdge", "node cursor explanation"),
    through("RecommendationEdge.explanation", "Explanation", "text evidence"),
    through("Explanation.evidence", "Evidence", "kind label weight"),
    through("Explanation.evidence", "Evidence", "title", NOT_YET),
    through("Profile.continueWatching", "ContinueWatchingConnection", "edges pageInfo"),
    through("ContinueWatchingConnection.edges", "ContinueWatchingEdge", "node cursor"),
    through(ITEMS, "ContinueWatchingItem", "id title playable reason updatedAt"),
    through("Profile.myList", "TitleConnection", "edges pageInfo"),
    through("TitleConnection.edges", "TitleEdge", "node cursor"),
    through("Profile.history", "HistoryConnection", "edges pageInfo"),
    through("HistoryConnection.edges", "HistoryEdge", "node cursor"),
    through("HistoryEdge.node", "HistoryEntry", "id playable startedAt endedAt watchedMs completed deviceName"),
    # playing
    through(STARTED, "PlaybackSession", "id playable manifests resumeAtMs audioLanguage maxHeight"),
    through(STARTED, "PlaybackSession", "heartbeatIntervalMs expiresAt"),
    through(STARTED, "PlaybackSession", "subtitleLanguage nextEpisode", SOMETIMES),
    through(STARTED, "PlaybackSession", "drm thumbnailsUrl adBreaks", NOT_YET),
    through("PlaybackSession.manifests", "Manifest", "protocol url cdn"),
    through("PlaybackSession.drm", "DrmConfiguration", "system licenseUrl certificateUrl headers"),
    through("DrmConfiguration.headers", "HttpHeader", "name value"),
    through("PlaybackSession.adBreaks", "AdBreak", "id atMs durationMs ads"),
    through("AdBreak.ads", "Ad", "id durationMs manifestUrl clickThroughUrl reason"),
    through(STARTED, "PlaybackDenied", "reason message activeStreams availableFrom", SOMETIMES),
    through("HeartbeatPayload.command Subscription.playbackCommand", "PlaybackCommand", "kind reason message"),
    # what mutations and subscriptions answer
    through("Mutation.heartbeat", "HeartbeatPayload", "playable"),
    through("Mutation.heartbeat", "HeartbeatPayload", "command userErrors", SOMETIMES),
    through(PROGRESS_PAYLOADS, "ProgressPayload", "playable"),
    through(PROGRESS_PAYLOADS, "ProgressPayload", "userErrors", SOMETIMES),
    through(TITLE_PAYLOADS, "TitlePayload", "title"),
    through(TITLE_PAYLOADS, "TitlePayload", "userErrors", SOMETIMES),
    through("Mutation.removeFromContinueWatching", "ContinueWatchingPayload", "removedId"),
    through("Mutation.removeFromContinueWatching", "ContinueWatchingPayload", "userErrors", SOMETIMES),
    through("Subscription.continueWatchingChanged", "ContinueWatchingEvent", "cursor kind snapshot"),
    through("Subscription.continueWatchingChanged", "ContinueWatchingEvent", "item removedId", SOMETIMES),
    through("*.pageInfo", "PageInfo", "hasNextPage hasPreviousPage startCursor endCursor"),
    through("*.userErrors", "UserError", "code message path", SOMETIMES),
    through("Query._service", "_Service", "sdl"),
)
