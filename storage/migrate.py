"""Bring a database to the newest schema, each migration in one transaction; a file is copied first."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.errors import SchemaTooNew
from storage.database import Where
from storage.sqlite import PRAGMAS

log = logging.getLogger(__name__)

T = TypeVar("T")


def migrate(where: Where) -> list[str]:
    """Migrate the database (a file is made if missing); returns the ids of the migrations that ran.

    Raises SchemaTooNew when a newer Vestnik has been here, StorageError for a server that cannot be
    used; then nothing is touched. Runs in a thread that has no event loop.
    """
    return _with(where, lambda connection: _upgrade(connection, where))


def _with(where: Where, work: Callable[[sa.Connection], T]) -> T:
    if not isinstance(where, Path):
        from storage.postgres import migrating

        return asyncio.run(migrating(where, work))
    where.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(where)
    try:
        with engine.connect() as connection:
            return work(connection)
    finally:
        engine.dispose()


def _upgrade(connection: sa.Connection, where: Where) -> list[str]:
    before = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    known = [script.revision for script in scripts.walk_revisions()]
    if before is not None and before not in known:
        raise SchemaTooNew(
            f"База {where} создана более новой версией Вестника (схема {before}). "
            "Обновите программу; база не тронута."
        )
    pending = known[: known.index(before)] if before is not None else known
    if not pending:
        return []
    if before is not None:
        _keep(where, before)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
    return list(reversed(pending))


def _keep(where: Where, version: str) -> None:
    if not isinstance(where, Path):
        log.warning("%s: no copy is made of schema %s; backups are pg_dump's", where, version)
        return
    copy = where.with_name(f"{where.name}.before-{version}")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(where) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}")

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
