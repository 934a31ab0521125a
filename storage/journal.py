"""Who did what, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import journal


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when (ms UTC), who, what, about what."""

    at: int
    person_id: int | None
    action: str
    subject: str
    detail: Mapping[str, Any]


async def write(
    connection: AsyncConnection,
    now: int,
    action: str,
    subject: str,
    person_id: int | None = None,
    **detail: Any,
) -> None:
    """Write one line; `subject` is like "chat:12", `detail` is JSON data without names or texts."""
    # Only ever added to.
    await connection.execute(
        sa.insert(journal).values(
            at=now, person_id=person_id, action=action, subject=subject, detail=detail
        )
    )


async def about(
    connection: AsyncConnection, subjects: Sequence[str], limit: int = 50
) -> list[Entry]:
    """Return the newest lines about any of these subjects, oldest of them first."""
    # What happened to one thing.
    rows = await connection.execute(
        sa.select(journal)
        .where(journal.c.subject.in_(list(subjects)))
        .order_by(journal.c.id.desc())
        .limit(limit)
    )
    found = [Entry(r.at, r.person_id, r.action, r.subject, r.detail) for r in rows]
    return found[::-1]


async def count(connection: AsyncConnection, action: str, subject: str, since: int) -> int:
    """Return how often something happened to a thing after a moment (ms UTC)."""
    # By the index on subject.
    found: int | None = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(journal)
        .where(journal.c.subject == subject, journal.c.action == action, journal.c.at > since)
    )
    return found or 0
