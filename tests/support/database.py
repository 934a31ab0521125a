"""A fresh database for each test: migrated once, then copied."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from storage.database import Database
from storage.migrate import migrate


@functools.cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="vestnik-schema-")) / "vestnik.db"
    migrate(path)
    return path


def fresh(folder: Path) -> Database:
    """Return an empty database of the newest schema in a file of its own."""
    path = folder / "vestnik.db"
    shutil.copy(_template(), path)
    return Database(path)
