"""What is in trouble, as people read it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import account, source


async def troubled_sources(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Return the slug of each source in trouble, and the sentence about it."""
    return await _troubled(connection, source)


async def troubled_accounts(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Return the slug of each account that stands still, and the sentence about it."""
    return await _troubled(connection, account)


async def _troubled(connection: AsyncConnection, table: sa.Table) -> list[tuple[str, str]]:
    rows = await connection.execute(
        sa.select(table.c.slug, table.c.trouble)
        .where(table.c.trouble.is_not(None), table.c.archived.is_(sa.false()))
        .order_by(table.c.id)
    )
    return [(row.slug, row.trouble) for row in rows]
