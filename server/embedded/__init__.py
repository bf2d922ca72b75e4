"""Postgres and Valkey from Python wheels, for machines that have neither: development and tests only."""

from server.embedded.postgres import EmbeddedPostgres
from server.embedded.service import EmbeddedError
from server.embedded.valkey import EmbeddedValkey

__all__ = ["EmbeddedError", "EmbeddedPostgres", "EmbeddedValkey"]
