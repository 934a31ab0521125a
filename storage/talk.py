"""Replies on their way: the part of a conversation that waits for the courier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, DeliveryState, Reason
from storage.rows import hot
from storage.tables import reply


@dataclass(frozen=True, slots=True)
class ReplyClaim:
    """A reply whose turn has come; `body` is {"text", "buttons", "media", "said"}.

    `said` is how many of its parts have arrived; rows of old may lack it, and `media`.
    """

    id: int
    chat_id: int
    external: str
    topic: str
    chat_kind: ChatKind
    body: Mapping[str, Any]
    edits: str | None
    attempts: int
    doubt: bool
    created_at: int


# The oldest open reply of each chat: what a person is shown keeps its order.
_CLAIM = """
SELECT r.id, r.chat_id, c.external, c.topic, c.kind, r.body, r.edits, r.attempts, r.doubt,
  r.created_at
FROM reply r JOIN chat c ON c.id = r.chat_id
WHERE r.account_id = :account AND r.state = 1 AND (r.not_before IS NULL OR r.not_before <= :now)
  AND NOT EXISTS (SELECT 1 FROM reply q WHERE q.chat_id = r.chat_id AND q.state IN (1, 2) AND q.id < r.id)
ORDER BY r.id LIMIT :limit
"""


async def claimable(
    connection: AsyncConnection, account_id: int, now: int, limit: int
) -> list[ReplyClaim]:
    """Return the next replies of an account, at most one a chat."""
    rows = await connection.execute(
        sa.text(_CLAIM), {"account": account_id, "now": now, "limit": limit}
    )
    return [
        ReplyClaim(
            r[0], r[1], r[2], r[3], ChatKind(r[4]), orjson.loads(r[5]), r[6], r[7], bool(r[8]), r[9]
        )
        for r in rows
    ]


_MARK = sa.text(
    "UPDATE reply SET state = 2, claimed_at = :now WHERE id IN :ids AND state = 1 RETURNING id"
).bindparams(sa.bindparam("ids", expanding=True))


async def mark_in_flight(
    connection: AsyncConnection, ids: Iterable[int], now: int
) -> frozenset[int]:
    """Write that these are about to leave; returns those that were still to be said."""
    rows = await connection.execute(_MARK, {"now": now, "ids": list(ids)})
    return frozenset(rows.scalars())


async def put_back(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Take back the mark of replies that did not leave after all."""
    if values := [(i,) for i in ids]:
        await hot(connection, "UPDATE reply SET state = 1 WHERE id = ? AND state = 2", values)


async def arrived(connection: AsyncConnection, claim: ReplyClaim, parts: int) -> None:
    """Keep how many parts of a reply have arrived: after a failure or a kill the next one goes on."""
    await connection.execute(
        reply.update().where(reply.c.id == claim.id).values(body={**claim.body, "said": parts})
    )


async def settle(
    connection: AsyncConnection,
    reply_id: int,
    state: DeliveryState,
    *,
    now: int,
    reason: Reason | None = None,
    message: str | None = None,
    attempts: int = 0,
    doubt: bool = False,
    not_before: int | None = None,
) -> None:
    """Write what became of a reply."""
    await connection.execute(
        reply.update()
        .where(reply.c.id == reply_id)
        .values(
            state=int(state),
            reason=None if reason is None else int(reason),
            message=message,
            attempts=attempts,
            doubt=doubt,
            not_before=not_before,
            settled_at=None if state is DeliveryState.PENDING else now,
        )
    )


async def recover(connection: AsyncConnection, account_id: int, now: int) -> None:
    """After a stop in mid-air: what may have arrived is sent once more, never a third time."""
    mine = sa.and_(reply.c.account_id == account_id, reply.c.state == int(DeliveryState.IN_FLIGHT))
    await connection.execute(
        reply.update()
        .where(mine, reply.c.doubt, reply.c.edits.is_(None))
        .values(state=int(DeliveryState.UNKNOWN), settled_at=now)
    )
    await connection.execute(
        reply.update().where(mine).values(state=int(DeliveryState.PENDING), doubt=True)
    )


async def next_moment(connection: AsyncConnection, account_id: int, now: int) -> int | None:
    """Return when a reply that waits may be tried again."""
    at = await connection.scalar(
        sa.select(sa.func.min(reply.c.not_before)).where(
            reply.c.account_id == account_id,
            reply.c.state == int(DeliveryState.PENDING),
            reply.c.not_before > now,
        )
    )
    return None if at is None else int(at)
