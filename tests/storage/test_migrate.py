"""A database of before comes along with all that was in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command

from storage import migrate as migration
from storage.migrate import migrate

FIRST = "0001"


def before(path: Path) -> None:
    """Make a database of the first schema: a post with two revisions, one without any, a dialog."""
    engine = migration._engine(path)
    with engine.connect() as connection:
        config = migration._config()
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
        connection.commit()
    engine.dispose()
    with sqlite3.connect(path) as made:
        made.executescript(
            "INSERT INTO organization (slug, name, short, kind) VALUES ('f', 'Ф', 'Ф', 1);"
            "INSERT INTO account (slug, network, organization_id) VALUES ('a', 'alpha', 1);"
            "INSERT INTO person (name, created_at) VALUES ('Анна', 1);"
            "INSERT INTO chat (account_id, external, kind, state, title, person_id)"
            " VALUES (1, '7', 1, 1, '', 1);"
            "INSERT INTO post (organization_id, kind, reach, created_at, at)"
            " VALUES (1, 1, 1, 1, 1), (1, 1, 1, 1, 1);"
            "INSERT INTO revision (post_id, number, title, body, created_at)"
            " VALUES (1, 1, 'было', '{}', 1), (1, 2, 'стало', '{}', 2);"
            "INSERT INTO screen (chat_id, person_id, script, version, choices, created_at, expires_at)"
            " VALUES (1, 1, 's', 1, '[]', 1, 9);"
            "INSERT INTO reply (account_id, chat_id, screen_id, body, state, created_at)"
            " VALUES (1, 1, 1, '{}', 1, 1);"
        )
    made.close()


def test_what_was_published_is_public_in_its_newest_revision(tmp_path: Path) -> None:
    path = tmp_path / "vestnik.db"
    before(path)
    assert migrate(path)[0] == "0002"
    assert migrate(path) == []
    with sqlite3.connect(path) as connection:
        posts = connection.execute("SELECT public_revision_id FROM post ORDER BY id").fetchall()
        assert posts == [(2,), (None,)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM reply").fetchone() == (1,)
    connection.close()


def test_a_migration_that_breaks_off_leaves_the_database_as_it_was(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vestnik.db"
    before(path)
    with sqlite3.connect(path) as connection:
        # In the way of the very last step.
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON post BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    connection.close()
    with pytest.raises(Exception, match="full"):
        migrate(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (FIRST,)
        ]
        assert not connection.execute("PRAGMA table_info(submission)").fetchall()
        connection.execute("DROP TRIGGER full")
    connection.close()
    assert migrate(path)[0] == "0002"
