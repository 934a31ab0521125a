"""Fan-outs: posts for so many that they are planned in steps, each of its own transaction.

A row says how far a post is planned and moves with the deliveries of each step, so a kill at any
moment loses nothing and plans nobody twice; the row goes with the last step.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import DeliveryState, WaveKind
from storage.database import as_json
from storage.rows import hot, insert
from storage.sought import Sought, fitting_sql, fitting_values, with_lists
from storage.tables import fanout, post, wave


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
    rows = await hot(
        connection,
        "SELECT f.id FROM fanout f JOIN post p ON p.id = f.post_id ORDER BY p.urgent DESC, f.id",
    )
    return [row[0] for row in rows]


_LOCK = (
    sa.select(post.c.id)
    .join(fanout, fanout.c.post_id == post.c.id)
    .where(fanout.c.id == sa.bindparam("fanout"))
    .with_for_update(of=post)
)


async def claim(connection: AsyncConnection, fanout_id: int) -> Fanout | None:
    """Return one that is not finished, None if it is; until the transaction ends its post does not change."""
    # A correction or a retraction begins with the post's row: it comes before this step or after it.
    await connection.execute(_LOCK, {"fanout": fanout_id})
    rows = await hot(
        connection,
        "SELECT post_id, at, scheduled, first, organization_ids, waves, after_subscription_id"
        " FROM fanout WHERE id = ?",
        (fanout_id,),
    )
    if not rows:
        return None
    post_id, at, scheduled, first, organization_ids, waves, after = rows[0]
    return Fanout(
        post_id,
        at,
        bool(scheduled),
        bool(first),
        orjson.loads(organization_ids),
        orjson.loads(waves),
        after,
    )


async def public_revision(connection: AsyncConnection, post_id: int) -> int | None:
    """Return which revision of a post goes out, None if none does any longer."""
    rows = await hot(
        connection,
        "SELECT public_revision_id FROM post WHERE id = ? AND retracted_at IS NULL",
        (post_id,),
    )
    return rows[0][0] if rows else None


async def move(connection: AsyncConnection, fanout_id: int, left: Fanout | None) -> None:
    """Write down how far it has come; None: to its end."""
    if left is None:
        await hot(connection, "DELETE FROM fanout WHERE id = ?", (fanout_id,))
        return
    await hot(
        connection,
        "UPDATE fanout SET at = ?, waves = ?, after_subscription_id = ? WHERE id = ?",
        (left.at, as_json(sorted(left.waves)), left.after, fanout_id),
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
    own = set(of.waves)
    if not own:
        return {}
    rows = await hot(
        connection,
        "SELECT w.account_id, w.due_at, w.id FROM wave w JOIN account a ON a.id = w.account_id"
        " WHERE w.post_id = ? AND NOT a.archived",
        (of.post_id,),
    )
    return {(account_id, due_at): wave_id for account_id, due_at, wave_id in rows if wave_id in own}


async def others(connection: AsyncConnection, of: Fanout) -> tuple[list[int], list[int]]:
    """Return the waves in which others may have planned the post: on its own, and in selections."""
    alone = await hot(
        connection,
        "SELECT id FROM wave WHERE post_id = ?"
        f" AND kind IN ({int(WaveKind.CREATE)}, {int(WaveKind.RESEND)})",
        (of.post_id,),
    )
    had = sorted({row[0] for row in alone}.difference(of.waves))
    if of.first:
        return had, []
    # By their own time, as in corrections: there is no index by post.
    since = sa.select(post.c.created_at).where(post.c.id == of.post_id).scalar_subquery()
    selections = await connection.scalars(
        sa.select(wave.c.id).where(wave.c.kind == int(WaveKind.DIGEST), wave.c.due_at >= since)
    )
    return had, list(selections)


# The join is CROSS for SQLite, which otherwise may go through all the chats of an account.
_ADD = """
INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)
WITH target AS MATERIALIZED (SELECT id, account_id FROM wave WHERE id IN :waves)
SELECT target.id, chat.id, {pending}, 0, 0, FALSE
FROM subscription CROSS JOIN chat CROSS JOIN target
WHERE chat.id = subscription.chat_id AND target.account_id = chat.account_id AND {fitting} AND {which}
ORDER BY subscription.id"""


async def add(
    connection: AsyncConnection, sought: Sought, which: str, wave_ids: Collection[int]
) -> int:
    """Add a delivery for each of those looked for of whom `which` is true, to the wave of the chat's account.

    Returns how many. There is one wave an account; chats of others are left out.
    """
    pending = int(DeliveryState.PENDING)
    text = _ADD.format(pending=pending, fitting=fitting_sql(sought), which=which)
    values = fitting_values(sought) | {"waves": list(wave_ids)}
    return (await connection.execute(*with_lists(text, values))).rowcount


_REOPEN = """
UPDATE wave SET open = TRUE, revision_id = :revision WHERE id IN :waves AND NOT open
AND (EXISTS (SELECT 1 FROM delivery d WHERE d.wave_id = wave.id AND d.state IN (1, 2))
  OR EXISTS (SELECT 1 FROM delivery d WHERE d.wave_id = wave.id AND d.state = 7))"""


async def reopen(connection: AsyncConnection, wave_ids: Collection[int], revision_id: int) -> None:
    """Open those waves again that were closed between two steps and have got something to settle."""
    # Whoever closed one meant what was in it; what has come since carries the revision of today.
    values = {"revision": revision_id, "waves": list(wave_ids)}
    await connection.execute(*with_lists(_REOPEN, values))
