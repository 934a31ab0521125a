"""What conversations say to one chat: rows that the courier sends in the lane of talk."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.messenger import Keyboard
from core.richtext import RichText
from core.words import DeliveryState
from storage.tables import reply


async def add(
    connection: AsyncConnection,
    account_id: int,
    chat_id: int,
    text: RichText,
    buttons: Keyboard = (),
    edits: str | None = None,
    screen_id: int | None = None,
    *,
    now: int,
) -> int:
    """Add a reply to be sent and return its id; `edits` is the message that it replaces."""
    rows = [[{"text": b.text, "data": b.data, "url": b.url} for b in row] for row in buttons]
    # Waits for the courier.
    result = await connection.execute(
        sa.insert(reply).values(
            account_id=account_id,
            chat_id=chat_id,
            screen_id=screen_id,
            body={"text": richtext.to_json(text), "buttons": rows, "media": []},
            edits=edits,
            state=DeliveryState.PENDING,
            created_at=now,
        )
    )
    assert result.inserted_primary_key is not None
    reply_id: int = result.inserted_primary_key[0]
    return reply_id
