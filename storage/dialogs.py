"""Where a conversation of several steps stands: one row a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import dialog


@dataclass(frozen=True, slots=True)
class Dialog:
    """A script's name and version, and what it has learned so far."""

    script: str
    version: int
    data: Mapping[str, Any]
    updated_at: int  # ms UTC


async def get(connection: AsyncConnection, chat_id: int) -> Dialog | None:
    """Return the chat's dialog, or None."""
    # The one row a chat can have.
    row = (await connection.execute(sa.select(dialog).where(dialog.c.chat_id == chat_id))).first()
    return None if row is None else Dialog(row.script, row.version, row.data, row.updated_at)


async def put(
    connection: AsyncConnection,
    chat_id: int,
    script: str,
    version: int,
    data: Mapping[str, Any],
    now: int,
) -> None:
    """Keep where the chat's dialog stands, instead of what stood there."""
    await drop(connection, chat_id)
    # The newest state.
    await connection.execute(
        sa.insert(dialog).values(
            chat_id=chat_id, script=script, version=version, data=dict(data), updated_at=now
        )
    )


async def drop(connection: AsyncConnection, chat_id: int) -> None:
    """End the chat's dialog, if there is one."""
    # Nothing is in progress.
    await connection.execute(sa.delete(dialog).where(dialog.c.chat_id == chat_id))
