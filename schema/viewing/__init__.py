"""The viewing subgraph's schema: what people watch, have watched, and may watch next."""

from schema.build import build
from schema.viewing.playback import PlaybackDenied, PlaybackSession
from schema.viewing.roots import Mutation, Query, Subscription
from schema.viewing.screens import Account, Profile
from schema.viewing.titles import Episode, Movie, Series, Trailer

schema = build(
    Query,
    Mutation,
    Subscription,
    types=[Movie, Series, Episode, Trailer, Profile, Account, PlaybackSession, PlaybackDenied],
)
