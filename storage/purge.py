"""What is kept only for a while goes."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

HOUR = 3_600_000
INBOX_MS = 48 * HOUR  # longer than any messenger repeats an update
REPLY_MS = 24 * HOUR


async def purge(connection: AsyncConnection, now: int) -> None:
    """Remove old updates, said replies and expired screens; of a card that still works only its words go."""
    await connection.exec_driver_sql(
        "DELETE FROM inbox WHERE done_at IS NOT NULL AND received_at < ?", (now - INBOX_MS,)
    )
    await connection.exec_driver_sql(
        "DELETE FROM reply WHERE state NOT IN (1, 2) AND settled_at < ?"
        # Cards about something are changed when it changes: which messages they are stays known, and
        # what was put into such a message later, or it would be taken for the card again.
        " AND NOT EXISTS (SELECT 1 FROM reply card JOIN screen ON screen.id = card.screen_id"
        " WHERE card.chat_id = reply.chat_id AND card.message = reply.message"
        " AND screen.subject IS NOT NULL AND screen.expires_at >= ?)",
        (now - REPLY_MS, now),
    )
    # Names and texts of people: nobody says them again.
    await connection.exec_driver_sql(
        "UPDATE reply SET body = '{}' WHERE state NOT IN (1, 2) AND settled_at < ? AND body <> '{}'",
        (now - REPLY_MS,),
    )
    await connection.exec_driver_sql(
        "DELETE FROM screen WHERE expires_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM reply WHERE reply.screen_id = screen.id)",
        (now,),
    )
