"""Topics of news."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import rubric


@dataclass(frozen=True, slots=True)
class Rubric:
    """A topic of news."""

    id: int
    slug: str
    name: str


async def living(connection: AsyncConnection) -> list[Rubric]:
    """Return the topics in use, in the order people expect."""
    # A list to choose from.
    rows = await connection.execute(
        sa.select(rubric)
        .where(sa.not_(rubric.c.archived))
        .order_by(rubric.c.position, rubric.c.name)
    )
    return [Rubric(row.id, row.slug, row.name) for row in rows]
