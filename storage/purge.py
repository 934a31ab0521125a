"""What is kept only for a while goes."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import media
from storage.database import Database
from storage.media import MediaFolder
from storage.rows import hot

HOUR = 3_600_000
INBOX_MS = 48 * HOUR  # longer than any messenger repeats an update
REPLY_MS = 24 * HOUR
PICTURE_S = 2 * REPLY_MS // 1000  # longer than a reply that shows one is kept
PICTURES = 500  # looked at together


async def purge(connection: AsyncConnection, now: int) -> None:
    """Remove old updates, said replies and expired screens; of a card that still works only its words go."""
    await hot(
        connection,
        "DELETE FROM inbox WHERE done_at IS NOT NULL AND received_at < ?",
        (now - INBOX_MS,),
    )
    await hot(
        connection,
        "DELETE FROM reply WHERE state NOT IN (1, 2) AND settled_at < ?"
        # Cards about something are changed when it changes: which messages they are stays known, and
        # what was put into such a message later, or it would be taken for the card again.
        " AND NOT EXISTS (SELECT 1 FROM reply card JOIN screen ON screen.id = card.screen_id"
        " WHERE card.chat_id = reply.chat_id AND card.message = reply.message"
        " AND screen.subject IS NOT NULL AND screen.expires_at >= ?)",
        (now - REPLY_MS, now),
    )
    # Names and texts of people: nobody says them again.
    await hot(
        connection,
        "UPDATE reply SET body = '{}' WHERE state NOT IN (1, 2) AND settled_at < ?"
        " AND CAST(body AS TEXT) <> '{}'",
        (now - REPLY_MS,),
    )
    await hot(
        connection,
        "DELETE FROM screen WHERE expires_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM reply WHERE reply.screen_id = screen.id)",
        (now,),
    )


async def purge_pictures(db: Database, folder: MediaFolder) -> None:
    """Remove pictures of drafts that were dropped, and of people who are forgotten: nothing shows them.

    The bytes go first: a kill in between leaves a row that the next round removes.
    """
    async with db.read() as connection:
        found = list((await media.unused(connection)).items())[:PICTURES]
    gone = [
        media_id
        for media_id, sha in found
        if await asyncio.to_thread(folder.remove, sha, PICTURE_S)
    ]
    if gone:
        async with db.write() as connection:
            await media.drop(connection, gone)
