"""What every noun's file needs to write a row."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert(connection: AsyncConnection, table: sa.Table, **values: Any) -> int:
    """Insert one row and return its id."""
    made = await connection.execute(table.insert().values(**values).returning(table.c.id))
    return int(made.scalar_one())
