"""The waves and deliveries that carry a post, as they are written."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, Lane, WaveKind
from storage.rows import hot, insert
from storage.tables import delivery, wave


async def add_wave(
    connection: AsyncConnection,
    *,
    account_id: int,
    kind: WaveKind,
    lane: Lane,
    due_at: int,
    post_id: int | None,
    revision_id: int | None,
    now: int,
) -> int:
    """Make a wave; returns its id."""
    return await insert(
        connection,
        wave,
        account_id=account_id,
        kind=int(kind),
        lane=int(lane),
        due_at=due_at,
        post_id=post_id,
        revision_id=revision_id,
        created_at=now,
    )


async def add_deliveries(
    connection: AsyncConnection, planned: Iterable[tuple[int, int, DeliveryState]]
) -> None:
    """Add deliveries, at least one: (wave id, chat id, state)."""
    # Driver-level: Core's inserts cost four times as much, and a post may have a million of these.
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)"
        " VALUES (?, ?, ?, 0, 0, FALSE)",
        [(wave_id, chat_id, int(state)) for wave_id, chat_id, state in planned],
    )


async def add_to_digests(
    connection: AsyncConnection,
    *,
    account_id: int,
    chat_ids: Iterable[int],
    post_id: int,
    due_at: int,
    now: int,
) -> None:
    """Put a post into the chats' selections of that moment, opened on demand; a few thousand chats at most."""
    waves = await connection.scalars(
        sa.text(
            "SELECT id FROM wave WHERE account_id = :account AND open AND lane = :lane"
            " AND due_at = :due_at AND kind = :kind ORDER BY id"
        ),
        {
            "account": account_id,
            "lane": int(Lane.DIGEST),
            "due_at": due_at,
            "kind": int(WaveKind.DIGEST),
        },
    )
    left = set(chat_ids)
    for wave_id in waves.all():
        # Where a chat's selection was called off or lost, it gets one in another wave.
        settled = set(
            await connection.scalars(
                sa.select(delivery.c.chat_id).where(
                    delivery.c.wave_id == wave_id,
                    delivery.c.chat_id.in_(sorted(left)),
                    delivery.c.state != int(DeliveryState.PENDING),
                )
            )
        )
        await _select_into(connection, wave_id, left - settled, post_id)
        left &= settled
    if left:
        wave_id = await add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.DIGEST,
            lane=Lane.DIGEST,
            due_at=due_at,
            post_id=None,
            revision_id=None,
            now=now,
        )
        await _select_into(connection, wave_id, left, post_id)


async def _select_into(
    connection: AsyncConnection, wave_id: int, chat_ids: Iterable[int], post_id: int
) -> None:
    chats = sorted(chat_ids)
    if not chats:
        return
    await hot(
        connection,
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)"
        " VALUES (?, ?, ?, 0, 0, FALSE) ON CONFLICT (wave_id, chat_id) DO NOTHING",
        [(wave_id, chat_id, int(DeliveryState.PENDING)) for chat_id in chats],
    )
    await hot(
        connection,
        "INSERT INTO digest_item (delivery_id, post_id) SELECT id, ? FROM delivery"
        " WHERE wave_id = ? AND chat_id = ? ON CONFLICT DO NOTHING",
        [(post_id, wave_id, chat_id) for chat_id in chats],
    )
