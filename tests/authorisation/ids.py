"""Every argument that takes an ID: what it names, and whether another's is as one that nothing has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class IdArgument:
    """`kind` is what the argument names. Unless `free` says why not, the id of another household's, or of what does
    not exist for the viewer, is answered like one that nothing has. `given` are the arguments beside it."""

    kind: str
    free: str = ""
    given: Mapping[str, Any] | None = None
    """Of a query; a mutation's are those of its call, unless making them changes something."""


HIDDEN = {"title", "playable", "movie", "series", "episode", "trailer", "person", "genre", "collection"}
"""Kinds of what the catalog has: the rest belongs to households."""
BY_SCOPE = "whoever has the scope may name any household; to others all are alike"
EDITORS = "editors may name whatever there is; to others all are alike"
FOR_ALL = "the same for everybody"
WITHIN = "no root field's: compared in a test of its own"
SEARCH = {"query": "abroad mature"}

ID_ARGUMENTS: dict[str, IdArgument] = {
    "Query.account(id:)": IdArgument("account", BY_SCOPE, {}),
    "Query.auditLog(target:)": IdArgument("account", BY_SCOPE, {}),
    "Query.title(id:)": IdArgument("title", given={}),
    "Query.playable(id:)": IdArgument("playable", given={}),
    "Query.collection(id:)": IdArgument("collection", given={}),
    "Query.person(id:)": IdArgument("person", given={}),
    "Query.titles(filter.genres:)": IdArgument("genre", given={"filter": {}}),
    "Query.titles(filter.personId:)": IdArgument("person", given={"filter": {}}),
    "Query.search(filter.genres:)": IdArgument("genre", given=SEARCH | {"filter": {}}),
    "Query.search(filter.personId:)": IdArgument("person", given=SEARCH | {"filter": {}}),
    "Profile.recommendations(genreId:)": IdArgument("genre", WITHIN),
    "Query.editorialTitle(id:)": IdArgument("title", EDITORS, {}),
    "Mutation.createTitle(input.genreIds:)": IdArgument("genre", EDITORS),
    "Mutation.createTitle(input.credits.personId:)": IdArgument("person", EDITORS),
    "Mutation.updateTitle(id:)": IdArgument("title", EDITORS),
    "Mutation.updateTitle(input.genreIds:)": IdArgument("genre", EDITORS),
    "Mutation.updateTitle(input.credits.personId:)": IdArgument("person", EDITORS),
    "Mutation.savePlayable(id:)": IdArgument("playable", EDITORS),
    "Mutation.savePlayable(titleId:)": IdArgument("title", EDITORS),
    "Mutation.removePlayable(id:)": IdArgument("playable", EDITORS, {"revision": 1}),
    "Mutation.publishTitle(id:)": IdArgument("title", EDITORS),
    "Mutation.unpublishTitle(id:)": IdArgument("title", EDITORS),
    "Mutation.saveCollection(id:)": IdArgument("collection", EDITORS),
    "Mutation.saveCollection(input.titleIds:)": IdArgument("title", EDITORS),
    "Mutation.selectProfile(profileId:)": IdArgument("profile"),
    "Mutation.createProfile(settings.avatarId:)": IdArgument("avatar", FOR_ALL),
    "Mutation.updateProfile(input.avatarId:)": IdArgument("avatar", FOR_ALL),
    "Mutation.updateProfile(id:)": IdArgument("profile"),
    "Mutation.deleteProfile(id:)": IdArgument("profile"),
    "Mutation.setProfilePin(id:)": IdArgument("profile"),
    "Mutation.revokeDevice(id:)": IdArgument("device"),
    "Mutation.revokeSession(id:)": IdArgument("session"),
    "Mutation.deletePasskey(id:)": IdArgument("passkey"),
    "Mutation.cancelErasure(id:)": IdArgument("request"),
    "Mutation.setRoles(accountId:)": IdArgument("account", BY_SCOPE),
    "Mutation.setSuspended(accountId:)": IdArgument("account", BY_SCOPE),
    "Mutation.grantEntitlement(accountId:)": IdArgument("account", BY_SCOPE),
    "Mutation.grantEntitlement(planId:)": IdArgument("plan", FOR_ALL),
    "Mutation.startPlayback(input.playableId:)": IdArgument("playable"),
    "Mutation.startPlayback(input.terminate:)": IdArgument("playback"),
    "Mutation.startPlayback(input.rowId:)": IdArgument("row"),
    "Mutation.heartbeat(input.sessionId:)": IdArgument("playback"),
    "Mutation.stopPlayback(sessionId:)": IdArgument("playback"),
    "Mutation.renewPlayback(sessionId:)": IdArgument("playback"),
    "Mutation.removeFromContinueWatching(titleId:)": IdArgument("title"),
    "Mutation.markWatched(playableId:)": IdArgument("playable"),
    "Mutation.addToMyList(titleId:)": IdArgument("title"),
    "Mutation.removeFromMyList(titleId:)": IdArgument("title"),
    "Mutation.rateTitle(titleId:)": IdArgument("title"),
    "Mutation.notInterested(titleId:)": IdArgument("title"),
    "Mutation.clearHistory(titleId:)": IdArgument("title"),
    "Mutation.reportImpressions(rowId:)": IdArgument("row"),
    "Mutation.reportImpressions(titleIds:)": IdArgument("title"),
    "Mutation.chooseTasteSeeds(titleIds:)": IdArgument("title"),
    "Subscription.playbackCommand(sessionId:)": IdArgument("playback", given={}),
}
COMPARED = {name: row for name, row in ID_ARGUMENTS.items() if row.free in ("", BY_SCOPE, EDITORS)}
