"""Gathering: which submission an author's message belongs to, and when there is something to show of it.

Like the desk, every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncConnection

from core.incoming import Incoming, IncomingFile
from core.words import SubmissionState
from newsroom import drafts
from storage import manuscripts, submissions

GATHER_MS = 2_500  # the items of an album come one by one
JOIN_MS = 30 * 60_000  # a message so soon after the last one belongs to the same draft


async def open_draft(
    connection: AsyncConnection, author_id: int, chat_id: int, incoming: Incoming
) -> int | None:
    """Return the post that a message belongs to: that of its album, or a draft worked on a moment ago."""
    if incoming.album is not None:
        found = await manuscripts.album_post(connection, chat_id, incoming.album)
        if found is not None:
            return found
    drafted = await submissions.of_author(connection, author_id, [SubmissionState.DRAFT])
    for draft in sorted(drafted, key=lambda one: one.touched_at, reverse=True):
        # What was written hours apart may be read together, after an outage: the messenger's time counts.
        written = [one.at for one in await manuscripts.messages(connection, draft.post_id)]
        near = any(abs(incoming.at - at) < JOIN_MS for at in written)
        worked_on = 0 <= incoming.at - draft.touched_at < JOIN_MS
        if (near or worked_on) and await drafts.may_write(connection, draft):
            return draft.post_id
    return None


async def add(
    connection: AsyncConnection, post_id: int, chat_id: int, incoming: Incoming, now: int
) -> None:
    """Add a message to a submission; its card is shown when no more come. One that is known is left."""
    message = incoming.message or incoming.key
    if await manuscripts.find(connection, chat_id, message) is not None:
        return
    attached = attachments(incoming)
    await manuscripts.add_message(
        connection,
        post_id=post_id,
        chat_id=chat_id,
        message=message,
        album=incoming.album,
        at=incoming.at,
        text=incoming.text,
        files=attached,
    )
    await _touched(connection, post_id, now)


async def change(
    connection: AsyncConnection, known: manuscripts.Message, incoming: Incoming, now: int
) -> None:
    """Take what an author's edited message says now."""
    refs = [one.ref for one in attachments(incoming)]
    anew = refs != await manuscripts.refs(connection, known.id)
    await manuscripts.change_message(
        connection, known.id, incoming.text, attachments(incoming) if anew else None
    )
    await _touched(connection, known.post_id, now)


def attachments(incoming: Incoming) -> list[IncomingFile]:
    """Return what is attached to a message; what cannot be fetched is there too, without an address."""
    rest = Counter(incoming.media) - Counter(one.kind for one in incoming.files)
    return [*incoming.files, *(IncomingFile(kind, "") for kind in rest.elements())]


async def _touched(connection: AsyncConnection, post_id: int, now: int) -> None:
    await submissions.change(connection, post_id, touched_at=now, card_at=now + GATHER_MS)


async def arrived(connection: AsyncConnection, post_id: int, now: int) -> None:
    """Let a card that waits for files be shown as soon as the last of them is here."""
    about = await submissions.get(connection, post_id)
    if about is None or about.card_at is None or not await drafts.is_complete(connection, post_id):
        return
    await submissions.change(connection, post_id, card_at=max(now, about.touched_at + GATHER_MS))
