"""Schemas, roles and grants: each subgraph owns one schema, and reads what the others publish."""

from collections.abc import Sequence

from alembic import op

from runtime.database import role_of
from runtime.settings import SUBGRAPHS


def create_role(subgraph: str) -> None:
    """The subgraph's role; roles belong to the whole server, so another database may have made it already."""
    op.execute(
        f"""do $$ begin
            if not exists (select from pg_roles where rolname = '{role_of(subgraph)}') then
                create role {role_of(subgraph)} nologin;
            end if;
            execute format('grant {role_of(subgraph)} to %I', current_user);
        exception when duplicate_object or unique_violation then null;
        end $$"""
    )


def create_schema(subgraph: str) -> None:
    op.execute(f"create schema if not exists {subgraph} authorization {role_of(subgraph)}")


def own(subgraph: str) -> None:
    """Hands every table of the subgraph's schema to its role; call at the end of a migration that makes tables."""
    op.execute(
        f"""do $$ declare t text; begin
            for t in select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = '{subgraph}'
            loop execute 'alter table ' || t || ' owner to {role_of(subgraph)}'; end loop;
        end $$"""  # noqa: S608  the names are those of our registry
    )


def publish(subgraph: str, tables: Sequence[str]) -> None:
    """Lets the other subgraphs read `tables`."""
    others = ", ".join(role_of(other) for other in SUBGRAPHS if other != subgraph)
    op.execute(f"grant usage on schema {subgraph} to {others}")
    for table in tables:
        op.execute(f"grant select on {subgraph}.{table} to {others}")
