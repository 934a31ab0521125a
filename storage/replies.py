"""What conversations say to one chat: rows that the courier sends in the lane of talk."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.messenger import Keyboard
from core.richtext import RichText
from core.words import DeliveryState
from storage.tables import reply, screen


async def add(
    connection: AsyncConnection,
    account_id: int,
    chat_id: int,
    text: RichText,
    buttons: Keyboard = (),
    edits: str | None = None,
    screen_id: int | None = None,
    *,
    media: Sequence[str] = (),
    now: int,
) -> int:
    """Add a reply to be sent and return its id; `edits` is the message that it replaces.

    `media` are pictures by their SHA-256. They come as a new message and without buttons: raises
    ValueError for `media` together with `buttons` or `edits`.
    """
    if media and (buttons or edits is not None):
        raise ValueError("a reply with pictures has no buttons and replaces no message")
    rows = [[{"text": b.text, "data": b.data, "url": b.url} for b in row] for row in buttons]
    # Waits for the courier.
    result = await connection.execute(
        sa.insert(reply).values(
            account_id=account_id,
            chat_id=chat_id,
            screen_id=screen_id,
            body={"text": richtext.to_json(text), "buttons": rows, "media": list(media)},
            edits=edits,
            state=DeliveryState.PENDING,
            created_at=now,
        )
    )
    assert result.inserted_primary_key is not None
    reply_id: int = result.inserted_primary_key[0]
    return reply_id


async def call_off(connection: AsyncConnection, subject: str, now: int) -> None:
    """Leave unsaid what waits to be shown about a subject: something newer takes its place."""
    # What may have left already is left alone, and so are edits: their messages are there.
    await connection.execute(
        sa.update(reply)
        .where(
            reply.c.state == int(DeliveryState.PENDING),
            reply.c.edits.is_(None),
            sa.not_(reply.c.doubt),
            reply.c.screen_id.in_(sa.select(screen.c.id).where(screen.c.subject == subject)),
        )
        .values(state=int(DeliveryState.CANCELLED), settled_at=now)
    )
