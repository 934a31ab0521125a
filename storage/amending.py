"""Corrections that are not made in place: what was chosen, what is in the air, what stands for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import Corrections, DeliveryState
from storage import showing
from storage.rows import hot
from storage.tables import amendment, delivery, organization, part, post, renewal, wave


@dataclass(frozen=True, slots=True)
class Renewal:
    """What took the place of messages that cannot be edited; the parts before `from_number` are old."""

    way: Corrections
    from_number: int


async def way_for(
    connection: AsyncConnection, delivery_id: int, post_id: int | None
) -> Corrections:
    """Return what to do with an amend that cannot be made in place: as a person chose, else by policy."""
    chosen = await connection.scalar(
        sa.select(amendment.c.way).where(amendment.c.delivery_id == delivery_id)
    )
    if chosen is None and post_id is not None:
        chosen = await connection.scalar(
            sa.select(organization.c.corrections)
            .join(post, post.c.organization_id == organization.c.id)
            .where(post.c.id == post_id)
        )
    return Corrections(chosen or Corrections.REPLY)


async def choose(connection: AsyncConnection, delivery_id: int, way: Corrections) -> bool:
    """Let an amend that was asked about go, in this way; False if it was settled already."""
    found = await connection.scalar(
        delivery.update()
        .where(delivery.c.id == delivery_id, delivery.c.state == int(DeliveryState.ASKING))
        .values(state=int(DeliveryState.PENDING), asked_at=None, attempts=0)
        .returning(delivery.c.id)
    )
    if found is not None:
        await hot(
            connection,
            "INSERT INTO amendment (delivery_id, way) VALUES (?, ?)"
            " ON CONFLICT (delivery_id) DO UPDATE SET way = excluded.way",
            (delivery_id, int(way)),
        )
    return found is not None


# A part on its way


async def mark_adding(connection: AsyncConnection, delivery_id: int, number: int) -> None:
    """Write that an amend is about to send a part of its own; it does not leave before this is on disk."""
    await hot(
        connection,
        "INSERT INTO amendment (delivery_id, adding) VALUES (?, ?)"
        " ON CONFLICT (delivery_id) DO UPDATE SET adding = excluded.adding",
        (delivery_id, number),
    )


async def added(connection: AsyncConnection, delivery_id: int) -> None:
    """Take the mark back: what became of the part is known."""
    await hot(
        connection, "UPDATE amendment SET adding = NULL WHERE delivery_id = ?", (delivery_id,)
    )


async def adding(connection: AsyncConnection, account_id: int) -> frozenset[int]:
    """Return the amends of an account that were sending a part of their own when its courier stopped."""
    rows = await connection.scalars(
        sa.select(amendment.c.delivery_id)
        .join(delivery, delivery.c.id == amendment.c.delivery_id)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .where(
            amendment.c.adding.is_not(None),
            delivery.c.state == int(DeliveryState.IN_FLIGHT),
            wave.c.account_id == account_id,
        )
    )
    return frozenset(rows)


# What stands for what


async def renewal_of(connection: AsyncConnection, delivery_id: int) -> Renewal | None:
    """Return what took the place of a create's messages, None as long as these can be edited."""
    row = (
        await connection.execute(
            sa.select(renewal.c.way, renewal.c.from_number).where(
                renewal.c.delivery_id == delivery_id
            )
        )
    ).first()
    return None if row is None else Renewal(Corrections(row.way), row.from_number)


async def renew(connection: AsyncConnection, delivery_id: int, new: Renewal) -> None:
    """Write that from this part on a create's messages take the place of those before."""
    await hot(
        connection,
        "INSERT INTO renewal (delivery_id, way, from_number) VALUES (?, ?, ?)"
        " ON CONFLICT (delivery_id) DO UPDATE SET way = excluded.way,"
        " from_number = excluded.from_number",
        (delivery_id, int(new.way), new.from_number),
    )


async def drop_renewal(connection: AsyncConnection, delivery_id: int) -> None:
    """Forget a renewal of which nothing was taken."""
    await connection.execute(renewal.delete().where(renewal.c.delivery_id == delivery_id))


async def replaced(connection: AsyncConnection, delivery_id: int) -> None:
    """Let the new messages be the create's only ones: the old are deleted."""
    found = await renewal_of(connection, delivery_id)
    if found is None:
        return
    shown = await showing.messages_of(connection, delivery_id)
    await connection.execute(part.delete().where(part.c.delivery_id == delivery_id))
    for number, messages in enumerate(shown[found.from_number :]):
        await showing.keep_messages(connection, delivery_id, number, messages)
    await drop_renewal(connection, delivery_id)


async def keep_only(
    connection: AsyncConnection, delivery_id: int, number: int, messages: Sequence[str]
) -> None:
    """Let a part have these messages and no others: an album became smaller."""
    await connection.execute(
        part.delete().where(
            part.c.delivery_id == delivery_id,
            part.c.number == number,
            part.c.item >= len(messages),
        )
    )
