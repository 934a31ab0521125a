"""Bring a database to the newest schema: a copy first, each migration in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.errors import SchemaTooNew
from storage.database import PRAGMAS


def migrate(path: Path) -> list[str]:
    """Migrate the file (made if missing); returns the ids of the migrations that ran.

    Raises SchemaTooNew when a newer Vestnik has been here; then nothing is touched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
            config = _config()
            scripts = ScriptDirectory.from_config(config)
            known = [script.revision for script in scripts.walk_revisions()]
            if before is not None and before not in known:
                raise SchemaTooNew(
                    f"База {path} создана более новой версией Вестника (схема {before}). "
                    "Обновите программу; база не тронута."
                )
            pending = known[: known.index(before)] if before is not None else known
            if not pending:
                return []
            if before is not None:
                _copy(path, before)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            return list(reversed(pending))
    finally:
        engine.dispose()


def _copy(path: Path, version: str) -> None:
    copy = path.with_name(f"{path.name}.before-{version}")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
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
