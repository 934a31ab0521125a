"""The copies of a post that is taken back: what is called off, and what has to be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, WaveKind
from storage import corrections, fanouts, ledger
from storage.rows import hot
from storage.tables import delivery, digest_item, post, wave

_entry = digest_item.alias("entry")  # so that deleting from the table is not taken for the same row

_OWN = (WaveKind.CREATE, WaveKind.RESEND, WaveKind.AMEND)


@dataclass(frozen=True, slots=True)
class Copy:
    """A delivery that shows a post; `among_others`: in a selection together with other posts."""

    delivery_id: int
    account_id: int
    chat_id: int
    among_others: bool


def _selects(post_id: int) -> sa.ColumnElement[bool]:
    """Return whether a delivery is a selection that holds the post."""
    # By their own time, as in corrections: there is no index by post.
    since = sa.select(post.c.created_at).where(post.c.id == post_id).scalar_subquery()
    return sa.and_(
        delivery.c.wave_id.in_(
            sa.select(wave.c.id).where(wave.c.kind == int(WaveKind.DIGEST), wave.c.due_at >= since)
        ),
        sa.exists().where(_entry.c.delivery_id == delivery.c.id, _entry.c.post_id == post_id),
    )


def _holds_others(post_id: int) -> sa.ColumnElement[bool]:
    """Return whether a delivery is a selection that holds other posts too."""
    return sa.exists().where(_entry.c.delivery_id == delivery.c.id, _entry.c.post_id != post_id)


async def call_off(connection: AsyncConnection, post_id: int, now: int) -> None:
    """Cancel what has not left yet; what may have arrived becomes unknown, its owner is asked."""
    await fanouts.call_off(connection, post_id)
    own = delivery.c.wave_id.in_(
        sa.select(wave.c.id).where(
            wave.c.post_id == post_id, wave.c.kind.in_([int(kind) for kind in _OWN])
        )
    )
    # A selection with other posts goes without this one, for `copies` takes it out of the list.
    emptied = sa.and_(_selects(post_id), sa.not_(_holds_others(post_id)))
    waiting = delivery.c.state.in_([int(DeliveryState.PENDING), int(DeliveryState.ASKING)])
    ended = {
        "state": sa.case(
            (
                sa.and_(delivery.c.doubt, delivery.c.of_id.is_(None)),
                int(DeliveryState.UNKNOWN),
            ),
            else_=int(DeliveryState.CANCELLED),
        ),
        "settled_at": now,
    }
    closing: set[int] = set()
    for which in (own, emptied):
        closing |= set(
            await connection.scalars(
                delivery.update()
                .where(which, waiting)
                .values(**ended)
                .returning(delivery.c.wave_id)
            )
        )
    if closing:
        await ledger.close_waves(connection, closing)


async def copies(connection: AsyncConnection, post_id: int) -> list[Copy]:
    """Return what shows a post, or may, newest first; the post leaves the lists of its selections."""
    found = {
        copy.delivery_id: (copy.account_id, copy.chat_id)
        for copy in await corrections.copies(connection, post_id)
    }
    own = delivery.c.wave_id.in_(
        sa.select(wave.c.id).where(
            wave.c.post_id == post_id,
            wave.c.kind.in_([int(WaveKind.CREATE), int(WaveKind.RESEND)]),
        )
    )
    for which in (own, _selects(post_id)):
        # Called off or refused after its first parts were out: these still have to be taken away.
        partly = await connection.execute(
            sa.select(delivery.c.id, wave.c.account_id, delivery.c.chat_id)
            .join(wave, wave.c.id == delivery.c.wave_id)
            .where(
                which,
                delivery.c.state.in_([int(DeliveryState.CANCELLED), int(DeliveryState.REFUSED)]),
                delivery.c.message.is_not(None),
            )
        )
        found |= {row[0]: (row[1], row[2]) for row in partly}
    among_others = set(
        await connection.scalars(
            sa.select(delivery.c.id).where(_selects(post_id), _holds_others(post_id))
        )
    )
    await connection.execute(
        digest_item.delete().where(
            digest_item.c.post_id == post_id,
            digest_item.c.delivery_id.in_(sa.select(delivery.c.id).where(_selects(post_id))),
        )
    )
    return [
        Copy(delivery_id, *found[delivery_id], delivery_id in among_others)
        for delivery_id in sorted(found, reverse=True)
    ]


async def add(connection: AsyncConnection, wave_id: int, copies: Sequence[Copy]) -> None:
    """Add a delivery for each copy to a wave, in this order."""
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt, of_id)"
        " VALUES (?, ?, ?, 0, 0, FALSE, ?)",
        [(wave_id, c.chat_id, int(DeliveryState.PENDING), c.delivery_id) for c in copies],
    )
