"""What every database has: extensions, the subgraphs' roles and schemas, and the job queue."""

from alembic import op
from pgqueuer.adapters.persistence.schema_ddl import render_install

import runtime.jobs  # noqa: F401  names the queue's schema before PgQueuer reads it
from migrations.roles import create_role, create_schema
from pgqueuer.domain.settings import db_settings
from runtime.database import role_of
from runtime.settings import SUBGRAPHS

revision = "platform_0001"
down_revision = None
branch_labels = ("platform",)
depends_on = None

# immutable, so that an index may use it; unaccent's own function is only stable
FOLDED = """create function public.folded(text) returns text language sql immutable strict parallel safe
as $$ select lower(public.unaccent('public.unaccent', $1)) $$"""


def upgrade() -> None:
    for extension in ("pg_trgm", "unaccent"):
        op.execute(f"create extension if not exists {extension} schema public")
    op.execute(FOLDED)
    for subgraph in SUBGRAPHS:
        create_role(subgraph)
        create_schema(subgraph)
    op.execute("create schema jobs")
    op.get_bind().connection.dbapi_connection.run_async(lambda c: c.execute(render_install(db_settings())))
    roles = ", ".join(map(role_of, SUBGRAPHS))
    op.execute(f"grant usage on schema jobs, public to {roles}")
    op.execute(f"grant select on public.alembic_version to {roles}")  # a server waits for its migrations
    op.execute(f"grant all on all tables in schema jobs to {roles}")
    op.execute(f"grant all on all sequences in schema jobs to {roles}")


def downgrade() -> None:
    op.execute("drop schema jobs cascade")
    for subgraph in SUBGRAPHS:
        op.execute(f"drop schema {subgraph} cascade")
    op.execute("drop function public.folded(text)")
