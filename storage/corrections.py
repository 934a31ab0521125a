"""The copies of a post that a correction has to reach, and the amends that do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, WaveKind
from storage import ledger
from storage.rows import hot
from storage.tables import delivery, digest_item, post, wave


@dataclass(frozen=True, slots=True)
class Copy:
    """A delivery that shows, or is about to show, a post: on its own or in a selection."""

    delivery_id: int
    account_id: int
    chat_id: int
    in_digest: bool


async def copies(connection: AsyncConnection, post_id: int) -> list[Copy]:
    """Return what is sent, in the air, or may have arrived of a post: these need an amend."""
    shown = delivery.c.state.in_([int(DeliveryState.SENT), int(DeliveryState.IN_FLIGHT)])
    doubtful = sa.and_(
        delivery.c.state == int(DeliveryState.PENDING),
        sa.or_(delivery.c.doubt, delivery.c.message.is_not(None)),  # or its first parts are out
    )
    unknown = delivery.c.state == int(DeliveryState.UNKNOWN)
    columns = (delivery.c.id, wave.c.account_id, delivery.c.chat_id, wave.c.post_id.is_(None))
    alone = (
        sa.select(*columns)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .where(
            wave.c.post_id == post_id,
            wave.c.kind.in_([int(WaveKind.CREATE), int(WaveKind.RESEND)]),
            sa.or_(shown, doubtful, unknown),
        )
    )
    in_digest = (
        sa.select(*columns)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .where(
            # Selections are looked through by their own time: there are many, and no index by post.
            wave.c.kind == int(WaveKind.DIGEST),
            wave.c.due_at
            >= sa.select(post.c.created_at).where(post.c.id == post_id).scalar_subquery(),
            sa.exists().where(
                digest_item.c.delivery_id == delivery.c.id, digest_item.c.post_id == post_id
            ),
            sa.or_(shown, doubtful, unknown),
        )
    )
    rows = await connection.execute(alone.union(in_digest))
    return [Copy(r[0], r[1], r[2], bool(r[3])) for r in rows]


async def renew_waves(connection: AsyncConnection, post_id: int, revision_id: int) -> None:
    """Let what is not yet sent carry the new revision."""
    await connection.execute(
        wave.update()
        .where(wave.c.post_id == post_id, wave.c.open.is_(sa.true()))
        .values(revision_id=revision_id)
    )


async def cancel_amends(connection: AsyncConnection, post_id: int, now: int) -> None:
    """Cancel amends of a post that did not leave yet: a newer one takes their place.

    One that may have sent a part of its own goes on, with the newer text: only it knows the part's key.
    """
    waves = sa.select(wave.c.id).where(
        wave.c.post_id == post_id, wave.c.kind == int(WaveKind.AMEND)
    )
    cancelled = await connection.scalars(
        delivery.update()
        .where(
            delivery.c.wave_id.in_(waves),
            delivery.c.state.in_([int(DeliveryState.PENDING), int(DeliveryState.ASKING)]),
            sa.not_(delivery.c.doubt),
        )
        .values(state=int(DeliveryState.CANCELLED), settled_at=now)
        .returning(delivery.c.wave_id)
    )
    if closing := set(cancelled):
        await ledger.close_waves(connection, closing)


async def add_amends(connection: AsyncConnection, wave_id: int, amended: Sequence[Copy]) -> None:
    """Add an amend for each copy to a wave."""
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt, of_id)"
        " VALUES (?, ?, ?, 0, 0, FALSE, ?)",
        [(wave_id, c.chat_id, int(DeliveryState.PENDING), c.delivery_id) for c in amended],
    )
