"""What becomes of a chat: it is lost, or it moves; and which waves may hold something for it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatState, DeliveryState, Reason
from storage.ledger import close_waves
from storage.tables import chat, delivery, part, wave


def waves_for(chat_id: int) -> sa.Select[int]:
    """Return the waves in which a chat may have a delivery, for statements that look it up in each."""
    # No index leads from a chat into its past: it would be as large as the ledger.
    own = sa.select(chat.c.account_id).where(chat.c.id == chat_id).scalar_subquery()
    return sa.select(wave.c.id).where(wave.c.account_id == own)


async def lose_chat(
    connection: AsyncConnection, chat_id: int, state: ChatState, reason: Reason, now: int
) -> frozenset[int]:
    """Switch a chat off at the first clear answer, and cancel what still waits for it; returns the waves closed."""
    await connection.execute(
        chat.update().where(chat.c.id == chat_id).values(state=int(state), reason=int(reason))
    )
    waves = await connection.scalars(
        delivery.update()
        .where(
            delivery.c.chat_id == chat_id,
            delivery.c.wave_id.in_(waves_for(chat_id).where(wave.c.open)),
            delivery.c.state.in_([int(DeliveryState.PENDING), int(DeliveryState.ASKING)]),
        )
        .values(state=int(DeliveryState.REFUSED), reason=int(reason), settled_at=now)
        .returning(delivery.c.wave_id)
    )
    closing = set(waves)
    return await close_waves(connection, closing) if closing else frozenset()


async def move_chat(connection: AsyncConnection, chat_id: int, external: str, now: int) -> None:
    """Give a chat its new id (a group became a supergroup)."""
    moving = (await connection.execute(sa.select(chat).where(chat.c.id == chat_id))).one()
    already = await connection.scalar(
        sa.select(chat.c.id).where(
            chat.c.account_id == moving.account_id,
            chat.c.external == external,
            chat.c.topic == moving.topic,
            chat.c.id != chat_id,
        )
    )
    if already is not None:
        # The messenger told of the new id before anything was sent to the old one: the chat with
        # the subscription and the ledger goes on, its double steps aside.
        await lose_chat(connection, already, ChatState.GONE, Reason.MIGRATED, now)
        await connection.execute(
            chat.update()
            .where(chat.c.id == already)
            .values(external=f"{external}, известен и как {moving.external}")
        )
    await connection.execute(chat.update().where(chat.c.id == chat_id).values(external=external))
    # The new chat numbers its messages anew: the old numbers would name what others wrote there.
    sent = sa.and_(
        delivery.c.chat_id == chat_id,
        delivery.c.wave_id.in_(waves_for(chat_id)),
        delivery.c.state == int(DeliveryState.SENT),
    )
    left_behind = sa.select(delivery.c.id).where(sent)
    await connection.execute(part.delete().where(part.c.delivery_id.in_(left_behind)))
    await connection.execute(delivery.update().where(sent).values(message=None))
