"""What a delivery shows: the messages it made, part by part, and the posts of a selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, WaveKind
from storage.ledger import Claim
from storage.rows import hot
from storage.tables import delivery, part


async def keep_messages(
    connection: AsyncConnection, delivery_id: int, number: int, messages: Sequence[str]
) -> None:
    """Keep the messages one part made; the very first of a delivery sits on its row."""
    rest = list(enumerate(messages))
    if number == 0 and messages:
        await hot(
            connection, "UPDATE delivery SET message = ? WHERE id = ?", (messages[0], delivery_id)
        )
        rest = rest[1:]
    if rest:
        await hot(
            connection,
            "INSERT INTO part (delivery_id, number, item, message) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (delivery_id, number, item) DO UPDATE SET message = excluded.message",
            [(delivery_id, number, index, message) for index, message in rest],
        )


async def drop_messages(connection: AsyncConnection, delivery_id: int, from_number: int) -> None:
    """Forget the messages of parts that were deleted; one of unknown number still stands there."""
    await connection.execute(
        part.delete().where(
            part.c.delivery_id == delivery_id,
            part.c.number >= from_number,
            part.c.message != "",
        )
    )


async def messages_of(connection: AsyncConnection, delivery_id: int) -> list[list[str]]:
    """Return the messages a delivery made, part by part; empty when none is known."""
    first = await connection.scalar(
        sa.select(delivery.c.message).where(delivery.c.id == delivery_id)
    )
    if first is None:
        return []
    made: dict[int, list[str]] = {0: [first]}
    rows = await connection.execute(
        sa.select(part.c.number, part.c.message)
        .where(part.c.delivery_id == delivery_id)
        .order_by(part.c.number, part.c.item)
    )
    for number, message in rows:
        made.setdefault(number, []).append(message)
    return [made[number] for number in sorted(made)]


async def state_of(connection: AsyncConnection, delivery_id: int) -> DeliveryState | None:
    """Return where a delivery stands, None if there is none."""
    state = await connection.scalar(sa.select(delivery.c.state).where(delivery.c.id == delivery_id))
    return None if state is None else DeliveryState(state)


async def was_seen(connection: AsyncConnection, delivery_id: int) -> bool:
    """Tell whether a delivery is sent by a person's word: not all of its messages are known."""
    # An answer of the messenger leaves no reason behind; that nobody knew of it, does.
    found = await connection.scalar(
        sa.select(delivery.c.id).where(
            delivery.c.id == delivery_id,
            delivery.c.state == int(DeliveryState.SENT),
            delivery.c.doubt,
            delivery.c.reason.is_not(None),
        )
    )
    return found is not None


async def is_retracted(connection: AsyncConnection, amend: Claim) -> bool:
    """Tell whether what an amend would change was taken back, or is about to be."""
    # CROSS keeps SQLite from reading all that the chat ever got.
    found = await hot(
        connection,
        "SELECT 1 FROM wave w CROSS JOIN delivery d WHERE d.wave_id = w.id AND d.chat_id = ?"
        " AND w.post_id = ? AND w.kind = ? AND d.of_id = ?",
        (amend.chat_id, amend.post_id, int(WaveKind.RETRACT), amend.of_id),
    )
    return bool(found)


async def digest_posts(connection: AsyncConnection, delivery_id: int) -> list[int]:
    """Return the posts of a selection, in the order they came."""
    rows = await hot(
        connection,
        "SELECT post_id FROM digest_item WHERE delivery_id = ? ORDER BY post_id",
        (delivery_id,),
    )
    return [row[0] for row in rows]


async def digest_shown(
    connection: AsyncConnection, delivery_id: int, revisions: Iterable[tuple[int, int]]
) -> None:
    """Keep which revision of each post a selection showed: (post id, revision id)."""
    await hot(
        connection,
        "UPDATE digest_item SET revision_id = ? WHERE delivery_id = ? AND post_id = ?",
        [(revision_id, delivery_id, post_id) for post_id, revision_id in revisions],
    )
