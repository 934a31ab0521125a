"""Who did what, when."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import journal


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
