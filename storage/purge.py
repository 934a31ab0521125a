"""What is kept only for a while goes."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

HOUR = 3_600_000
INBOX_MS = 48 * HOUR  # longer than any messenger repeats an update
REPLY_MS = 24 * HOUR


async def purge(connection: AsyncConnection, now: int) -> None:
    """Remove old updates, said replies and expired screens."""
    await connection.exec_driver_sql(
        "DELETE FROM inbox WHERE done_at IS NOT NULL AND received_at < ?", (now - INBOX_MS,)
    )
    await connection.exec_driver_sql(
        "DELETE FROM reply WHERE state NOT IN (1, 2) AND settled_at < ?"
        # Cards about something are changed when it changes: which messages they are stays known.
        " AND NOT EXISTS (SELECT 1 FROM screen WHERE screen.id = reply.screen_id"
        " AND screen.subject IS NOT NULL AND screen.expires_at >= ?)",
        (now - REPLY_MS, now),
    )
    await connection.exec_driver_sql(
        "DELETE FROM screen WHERE expires_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM reply WHERE reply.screen_id = screen.id)",
        (now,),
    )
