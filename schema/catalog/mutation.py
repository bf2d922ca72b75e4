"""What the catalog can be told by editors."""

from functools import partial

import strawberry
from strawberry.federation.schema_directives import RequiresScopes

from oauth.roles import CATALOG_EDIT, CATALOG_PUBLISH
from resolvers.catalog.editing import collections, inputs, playables, releasing
from resolvers.catalog.editing import commands as editing
from resolvers.catalog.editing.refusals import translated
from schema import fields
from schema.catalog.editorial import EditorialTitle
from schema.catalog.query import Collection
from schema.inputs import as_input
from schema.shared import UserError

for given in (
    inputs.LocalizedTextInput,
    inputs.CreditInput,
    inputs.ExternalIdInput,
    inputs.TerritoryRatingInput,
    inputs.AvailabilityWindowInput,
    inputs.MarkerInput,
    inputs.TitleInput,
    inputs.PlayableInput,
    inputs.CollectionInput,
):
    as_input(given)

commands = partial(fields.commands, words=translated)


@strawberry.type
class EditorialTitlePayload:
    editorial_title: EditorialTitle | None
    user_errors: list[UserError]


@strawberry.type
class CollectionPayload:
    collection: Collection | None
    user_errors: list[UserError]


def needs(scope: str) -> list[RequiresScopes]:
    return [RequiresScopes(scopes=[[scope]])]


@strawberry.type
class Mutation:
    create_title: EditorialTitlePayload = commands(editing.create_title, directives=needs(CATALOG_EDIT))
    update_title: EditorialTitlePayload = commands(editing.update_title, directives=needs(CATALOG_EDIT))
    save_playable: EditorialTitlePayload = commands(
        playables.save_playable,
        description="An episode or a trailer, made where `id` is null.",
        directives=needs(CATALOG_EDIT),
    )
    remove_playable: EditorialTitlePayload = commands(playables.remove_playable, directives=needs(CATALOG_EDIT))
    publish_title: EditorialTitlePayload = commands(releasing.publish_title, directives=needs(CATALOG_PUBLISH))
    unpublish_title: EditorialTitlePayload = commands(releasing.unpublish_title, directives=needs(CATALOG_PUBLISH))
    save_collection: CollectionPayload = commands(collections.save_collection, directives=needs(CATALOG_EDIT))
