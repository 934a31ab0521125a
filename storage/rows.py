"""What every noun's file needs to write a row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import driver

Row = Sequence[Any]
Values = tuple[Any, ...]


async def insert(connection: AsyncConnection, table: sa.Table, **values: Any) -> int:
    """Insert one row and return its id."""
    made = await connection.execute(table.insert().values(**values).returning(table.c.id))
    return int(made.scalar_one())


async def hot(
    connection: AsyncConnection, statement: str, values: Values | Sequence[Values] = ()
) -> Sequence[Row]:
    """Execute plain SQL and return its rows; a list of tuples, at least one, executes it for each.

    `?` stands for a value, whichever database it is. SQLite is asked past SQLAlchemy, which takes longer
    over a statement than SQLite does. Raises SQLAlchemy's DBAPIError all the same.
    """
    inner = connection.sync_connection
    if inner is not None and not inner.invalidated:
        raw = inner.connection.dbapi_connection
        if isinstance(raw, driver.Connection):
            if not inner.in_transaction():
                inner.begin()  # asks nothing: it goes with the first statement
            many = isinstance(values, list)
            for hear in inner.dispatch.before_cursor_execute:  # as SQLAlchemy lets them
                hear(inner, None, statement, values, None, many)
            return await raw.rows(statement, values)
    result = await connection.exec_driver_sql(_numbered(statement), values)
    return result.all() if result.returns_rows else ()


@lru_cache(1024)
def _numbered(statement: str) -> str:
    """Return the statement with $1, $2, … in place of the question marks."""
    numbers = count(1)
    return "".join(f"${next(numbers)}" if c == "?" else c for c in statement)
