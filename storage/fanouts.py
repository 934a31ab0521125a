"""Fan-outs: posts for so many that they are planned in steps, each of its own transaction.

A row says how far a post is planned and moves with the deliveries of each step, so a kill at any
moment loses nothing and plans nobody twice; the row goes with the last step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, WaveKind
from storage.candidates import Sought, fitting
from storage.rows import hot, insert
from storage.tables import account, chat, delivery, fanout, post, subscription, wave


@dataclass(frozen=True, slots=True)
class Fanout:
    """How far a post is planned for the followers of organizations; `at` is the moment it is planned for.

    `waves` are those it has made; `after` is the last subscription it has looked at. `first`: nobody
    else has planned the post.
    """

    post_id: int
    at: int
    scheduled: bool
    first: bool
    organization_ids: Collection[int]
    waves: Collection[int] = ()
    after: int = 0


async def keep(connection: AsyncConnection, begun: Fanout) -> None:
    """Write down what is left to plan."""
    await insert(
        connection,
        fanout,
        post_id=begun.post_id,
        at=begun.at,
        scheduled=begun.scheduled,
        first=begun.first,
        organization_ids=sorted(begun.organization_ids),
        waves=sorted(begun.waves),
        after_subscription_id=begun.after,
    )


async def opened(connection: AsyncConnection) -> list[int]:
    """Return the ids of those not finished, of urgent posts first."""
    rows = await connection.scalars(
        sa.select(fanout.c.id)
        .join(post, post.c.id == fanout.c.post_id)
        .order_by(post.c.urgent.desc(), fanout.c.id)
    )
    return list(rows)


async def claim(connection: AsyncConnection, fanout_id: int) -> Fanout | None:
    """Return one that is not finished, None if it is; until the transaction ends its post does not change."""
    # A correction or a retraction begins with the post's row: it comes before this step or after it.
    await connection.execute(
        sa.select(post.c.id)
        .join(fanout, fanout.c.post_id == post.c.id)
        .where(fanout.c.id == fanout_id)
        .with_for_update(of=post)
    )
    row = (await connection.execute(sa.select(fanout).where(fanout.c.id == fanout_id))).first()
    if row is None:
        return None
    return Fanout(
        row.post_id,
        row.at,
        row.scheduled,
        row.first,
        row.organization_ids,
        row.waves,
        row.after_subscription_id,
    )


async def move(connection: AsyncConnection, fanout_id: int, left: Fanout | None) -> None:
    """Write down how far it has come; None: to its end."""
    this = fanout.c.id == fanout_id
    if left is None:
        await connection.execute(fanout.delete().where(this))
        return
    await connection.execute(
        fanout.update()
        .where(this)
        .values(at=left.at, waves=sorted(left.waves), after_subscription_id=left.after)
    )


async def call_off(connection: AsyncConnection, post_id: int) -> None:
    """Plan a post no further."""
    await connection.execute(fanout.delete().where(fanout.c.post_id == post_id))


async def joined(connection: AsyncConnection, post_id: int) -> None:
    """Let those under way look at what another one of the same post plans."""
    await connection.execute(fanout.update().where(fanout.c.post_id == post_id).values(first=False))


def under_way(post_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return whether a post is not planned to its end."""
    return sa.exists().where(fanout.c.post_id == post_id)


async def made(connection: AsyncConnection, of: Fanout) -> dict[tuple[int, int], int]:
    """Return the waves it has made by account and due moment (ms UTC), of accounts that live."""
    if not of.waves:
        return {}
    rows = await connection.execute(
        sa.select(wave.c.account_id, wave.c.due_at, wave.c.id)
        .join(account, account.c.id == wave.c.account_id)
        .where(wave.c.id.in_(of.waves), account.c.archived.is_(sa.false()))
    )
    return {(account_id, due_at): wave_id for account_id, due_at, wave_id in rows}


async def others(connection: AsyncConnection, of: Fanout) -> tuple[list[int], list[int]]:
    """Return the waves in which others may have planned the post: on its own, and in selections."""
    alone = await connection.scalars(
        sa.select(wave.c.id).where(
            wave.c.post_id == of.post_id,
            wave.c.kind.in_([int(WaveKind.CREATE), int(WaveKind.RESEND)]),
        )
    )
    had = sorted(set(alone).difference(of.waves))
    if of.first:
        return had, []
    # By their own time, as in corrections: there is no index by post.
    since = sa.select(post.c.created_at).where(post.c.id == of.post_id).scalar_subquery()
    selections = await connection.scalars(
        sa.select(wave.c.id).where(wave.c.kind == int(WaveKind.DIGEST), wave.c.due_at >= since)
    )
    return had, list(selections)


async def add(
    connection: AsyncConnection,
    sought: Sought,
    which: sa.ColumnElement[bool],
    waves: Mapping[int, int],
) -> None:
    """Add a delivery for each of those looked for of whom `which` is true; `waves` are by account."""
    into = sa.case(*((chat.c.account_id == of, wave_id) for of, wave_id in waves.items()))
    pending = sa.literal(int(DeliveryState.PENDING))
    chosen = (
        sa.select(into, chat.c.id, pending, sa.literal(0), sa.literal(0), sa.false())
        .select_from(subscription)
        .join(chat, chat.c.id == subscription.c.chat_id)
        # Not by a list of accounts: SQLite would go through all the chats they have.
        .where(fitting(sought), which, into.is_not(None))
        .order_by(subscription.c.id)
    )
    columns = ["wave_id", "chat_id", "state", "attempts", "generation", "doubt"]
    await connection.execute(delivery.insert().from_select(columns, chosen))


async def reopen(connection: AsyncConnection, wave_ids: Collection[int], revision_id: int) -> None:
    """Open those waves again that were closed between two steps and have got something to settle."""
    # Whoever closed one meant what was in it; what has come since carries the revision of today.
    await hot(
        connection,
        "UPDATE wave SET open = TRUE, revision_id = ? WHERE id = ? AND NOT open"
        " AND (EXISTS (SELECT 1 FROM delivery d WHERE d.wave_id = wave.id AND d.state IN (1, 2))"
        " OR EXISTS (SELECT 1 FROM delivery d WHERE d.wave_id = wave.id AND d.state = 7))",
        [(revision_id, wave_id) for wave_id in wave_ids],
    )
