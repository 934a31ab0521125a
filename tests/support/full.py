"""A disk that is full for one statement."""

from __future__ import annotations

import sqlite3
from typing import Any, Protocol

import sqlalchemy as sa

from storage.database import Database


class Stored(Protocol):
    """Whatever has a database."""

    db: Database


class Full:
    """Fails the first statement that holds certain words; `struck` once it has."""

    def __init__(self, made: Stored, words: str) -> None:
        """Watch what is written."""
        self.struck = False
        self._words = words
        engine = made.db._writer.sync_engine
        sa.event.listen(engine, "before_cursor_execute", self._statement)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not self.struck and self._words in statement:
            self.struck = True
            raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk is full"))
