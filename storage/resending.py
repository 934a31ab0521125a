"""What was refused and is sent once more, as a delivery of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatState, DeliveryState, Reason, WaveKind
from storage import ledger
from storage.rows import hot
from storage.tables import account, chat, delivery, part, wave

_later = delivery.alias("later")
_later_wave = wave.alias("later_wave")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A delivery that a chat did not take; `partly`: its first messages are there."""

    delivery_id: int
    account_id: int
    chat_id: int
    partly: bool


def sent_again(post_id: int) -> sa.ColumnElement[bool]:
    """Return whether a delivery of the post was followed by another one to the same chat."""
    return (
        sa.exists()
        .where(
            _later.c.chat_id == delivery.c.chat_id,
            _later.c.id > delivery.c.id,
            _later.c.wave_id == _later_wave.c.id,
            _later_wave.c.post_id == post_id,
            _later_wave.c.kind == int(WaveKind.RESEND),
        )
        .correlate(delivery)
    )


async def refusals(
    connection: AsyncConnection, post_id: int, reasons: Collection[Reason]
) -> list[Refusal]:
    """Return what was refused for these reasons and not sent again, of chats that take messages now."""
    rows = await connection.execute(
        sa.select(
            delivery.c.id,
            wave.c.account_id,
            delivery.c.chat_id,
            delivery.c.message.is_not(None),
        )
        .select_from(wave)
        .join(delivery, delivery.c.wave_id == wave.c.id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .join(account, account.c.id == wave.c.account_id)
        .where(
            wave.c.post_id == post_id,
            wave.c.kind.in_([int(WaveKind.CREATE), int(WaveKind.RESEND)]),
            delivery.c.state == int(DeliveryState.REFUSED),
            delivery.c.reason.in_([int(reason) for reason in reasons]),
            chat.c.state == int(ChatState.ACTIVE),
            sa.not_(account.c.archived),
            sa.not_(sent_again(post_id)),
        )
        .order_by(delivery.c.id)
    )
    return [Refusal(row[0], row[1], row[2], bool(row[3])) for row in rows]


async def add(connection: AsyncConnection, wave_id: int, refused: Sequence[Refusal]) -> None:
    """Add a delivery for each to a wave, of the next generation; what arrived of it is not repeated."""
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt, message)"
        " SELECT ?, chat_id, ?, 0, generation + 1, FALSE, message FROM delivery WHERE id = ?",
        [(wave_id, int(DeliveryState.PENDING), one.delivery_id) for one in refused],
    )
    for one in refused:
        if one.partly:
            await _hand_over(connection, wave_id, one)


async def set_aside(connection: AsyncConnection, delivery_id: int, now: int) -> bool:
    """End a delivery of unknown fate, for its post is sent anew; False if it was settled already."""
    ended = await connection.scalar(
        delivery.update()
        .where(delivery.c.id == delivery_id, delivery.c.state == int(DeliveryState.UNKNOWN))
        .values(state=int(DeliveryState.REFUSED), reason=int(Reason.OTHER), settled_at=now)
        .returning(delivery.c.wave_id)
    )
    if ended is not None:
        await ledger.close_waves(connection, [ended])
    return ended is not None


async def _hand_over(connection: AsyncConnection, wave_id: int, refused: Refusal) -> None:
    """Let the messages that are there belong to the new delivery alone."""
    new = sa.select(delivery.c.id).where(
        delivery.c.wave_id == wave_id, delivery.c.chat_id == refused.chat_id
    )
    await connection.execute(
        part.update()
        .where(part.c.delivery_id == refused.delivery_id)
        .values(delivery_id=new.scalar_subquery())
    )
    await connection.execute(
        delivery.update().where(delivery.c.id == refused.delivery_id).values(message=None)
    )
