"""A fresh database for each test, migrated once, then copied: a file, or one of PostgreSQL.

Which of them is `--database` of the whole run; the fixture `each_database` of a module runs its tests
on both.
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from pathlib import Path

from storage.database import Database, Where, open_database
from storage.migrate import migrate

KINDS = ("sqlite", "postgresql")
kind = "sqlite"


@functools.cache
def template() -> Path:
    """Return an empty file of SQLite of the newest schema, made once a process, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="vestnik-schema-")) / "vestnik.db"
    migrate(path)
    return path


def fresh(folder: Path) -> Database:
    """Return an empty database of the newest schema, of the kind that is being tested."""
    return open_database(fresh_where(folder))


def fresh_where(folder: Path) -> Where:
    """Return where an empty database of the newest schema lies; a file lies in the folder."""
    if kind == "postgresql":
        from tests.support.postgres import server

        return server().fresh()
    path = folder / "vestnik.db"
    shutil.copy(template(), path)
    return path


def empty_where(folder: Path) -> Where:
    """Return where a database without any table is, or will be once something is written."""
    if kind == "postgresql":
        from tests.support.postgres import server

        return server().empty()
    return folder / "vestnik.db"


def copied(made: Where, folder: Path) -> Where:
    """Return where a copy of a database lies that nobody has open; a file lies in the folder."""
    if not isinstance(made, Path):
        from tests.support.postgres import server

        return server().copied(made)
    path = folder / "vestnik.db"
    shutil.copy(made, path)
    return path


def close() -> None:
    """End the PostgreSQL of this process, if there is one."""
    if "tests.support.postgres" in sys.modules:
        from tests.support.postgres import server

        if server.cache_info().currsize:
            server().close()
