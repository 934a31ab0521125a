"""What every noun's file needs to write a row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

Values = tuple[Any, ...]


async def insert(connection: AsyncConnection, table: sa.Table, **values: Any) -> int:
    """Insert one row and return its id."""
    made = await connection.execute(table.insert().values(**values).returning(table.c.id))
    return int(made.scalar_one())


async def hot(
    connection: AsyncConnection, statement: str, values: Values | Sequence[Values] = ()
) -> sa.CursorResult[Any]:
    """Execute plain SQL that need not be compiled; a list of tuples, at least one, executes it for each.

    `?` stands for a value, whichever database it is.
    """
    if connection.dialect.paramstyle != "qmark":
        statement = _numbered(statement)
    return await connection.exec_driver_sql(statement, values)


@cache
def _numbered(statement: str) -> str:
    """Return the statement with $1, $2, … in place of the question marks."""
    numbers = count(1)
    return "".join(f"${next(numbers)}" if c == "?" else c for c in statement)
