"""A database of before comes along with all that was in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.errors import SchemaTooNew
from storage import migrate as migration
from storage.database import Where
from storage.migrate import migrate
from storage.tables import metadata
from tests.support.database import empty_where

pytestmark = pytest.mark.usefixtures("each_database")

FIRST = "0001"
ROWS = (
    "INSERT INTO organization (slug, name, short, kind) VALUES ('f', 'Ф', 'Ф', 1)",
    "INSERT INTO account (slug, network, organization_id) VALUES ('a', 'alpha', 1)",
    "INSERT INTO person (name, created_at) VALUES ('Анна', 1)",
    "INSERT INTO chat (account_id, external, kind, state, title, person_id)"
    " VALUES (1, '7', 1, 1, '', 1)",
    "INSERT INTO post (organization_id, kind, reach, created_at, at)"
    " VALUES (1, 1, 1, 1, 1), (1, 1, 1, 1, 1)",
    "INSERT INTO revision (post_id, number, title, body, created_at)"
    " VALUES (1, 1, 'было', '{}', 1), (1, 2, 'стало', '{}', 2)",
    "INSERT INTO screen (chat_id, person_id, script, version, choices, created_at, expires_at)"
    " VALUES (1, 1, 's', 1, '[]', 1, 9)",
    "INSERT INTO reply (account_id, chat_id, screen_id, body, state, created_at)"
    " VALUES (1, 1, 1, '{}', 1, 1)",
)
# In the way of the very last step of the second.
BREAK = {
    "sqlite": ("CREATE TRIGGER stop BEFORE UPDATE ON post BEGIN SELECT RAISE(ABORT, 'full'); END",),
    "postgresql": (
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''full''; END'",
        "CREATE TRIGGER stop BEFORE UPDATE ON post FOR EACH ROW EXECUTE FUNCTION stop()",
    ),
}
MEND = {"sqlite": "DROP TRIGGER stop", "postgresql": "DROP FUNCTION stop CASCADE"}


def do(where: Where, *statements: str) -> None:
    """Execute and commit."""

    def work(connection: sa.Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()

    migration._with(where, work)


def ask(where: Where, query: str) -> list[tuple[object, ...]]:
    """Return what a query finds."""
    return migration._with(where, lambda c: [tuple(row) for row in c.exec_driver_sql(query)])


def before(where: Where) -> None:
    """Make a database of the first schema: a post with two revisions, one without any, a dialog."""

    def first(connection: sa.Connection) -> None:
        config = migration._config()
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        connection.commit()

    migration._with(where, first)
    do(where, *ROWS)


def test_what_was_published_is_public_in_its_newest_revision(tmp_path: Path) -> None:
    where = empty_where(tmp_path)
    before(where)
    assert migrate(where)[0] == "0002"
    assert migrate(where) == []
    posts = ask(where, "SELECT public_revision_id FROM post ORDER BY id")
    assert posts == [(2,), (None,)]
    assert ask(where, "SELECT count(*) FROM reply") == [(1,)]
    if isinstance(where, Path):
        assert ask(where, "PRAGMA foreign_key_check") == []


def test_a_migration_that_breaks_off_leaves_the_database_as_it_was(
    tmp_path: Path, each_database: str
) -> None:
    where = empty_where(tmp_path)
    before(where)
    do(where, *BREAK[each_database])
    with pytest.raises(Exception, match="full"):
        migrate(where)
    assert ask(where, "SELECT version_num FROM alembic_version") == [(FIRST,)]
    assert not migration._with(where, lambda c: sa.inspect(c).has_table("submission"))
    do(where, MEND[each_database])
    assert migrate(where)[0] == "0002"


def test_what_a_newer_one_has_made_is_left_alone(tmp_path: Path) -> None:
    where = empty_where(tmp_path)
    before(where)
    do(where, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        migrate(where)
    assert not migration._with(where, lambda c: sa.inspect(c).has_table("submission"))


def test_the_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    # An index of which each database has its own is not told apart by name.
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    own = {index.name for index in indexes if index._ddl_if is not None}

    def compare(connection: sa.Connection) -> list[Any]:
        wanted = {"include_name": lambda name, *_: name not in own}
        wanted["include_object"] = lambda _made, name, *_: name not in own
        return list(compare_metadata(MigrationContext.configure(connection, opts=wanted), metadata))

    where = empty_where(tmp_path)
    migrate(where)
    assert migration._with(where, compare) == []
