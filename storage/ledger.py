"""The ledger: that a delivery is in the air, and what became of it.

The hot statements of the house stand here as plain SQL. All moments are ms UTC. Only the courier of
an account claims and settles its rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, DeliveryState, Lane, Reason, WaveKind
from storage.rows import Values, hot
from storage.tables import delivery


class Claim(NamedTuple):
    """A delivery whose turn has come, with all that sending it needs to know; a tuple, as many are made."""

    delivery_id: int
    wave_id: int
    wave_kind: WaveKind
    lane: Lane
    post_id: int | None
    revision_id: int | None
    chat_id: int
    external: str
    topic: str
    chat_kind: ChatKind
    footer: str | None  # JSON text, as core.richtext.to_json
    attempts: int
    generation: int
    doubt: bool
    of_id: int | None
    claimed_at: int | None  # of an earlier attempt
    message: str | None  # first message already made by an earlier, interrupted attempt


CLAIM_COLUMNS = (
    "SELECT d.id, d.wave_id, w.kind, w.lane, w.post_id, w.revision_id, d.chat_id, c.external,"
    " c.topic, c.kind, c.footer, d.attempts, d.generation, d.doubt, d.of_id, d.claimed_at, d.message"
)


async def mark_in_flight(
    connection: AsyncConnection, claims: Sequence[Claim], now: int
) -> frozenset[int]:
    """Write that these are about to leave; nothing leaves before this is on disk.

    Returns the ids of those that were still pending with the content they were read with. The
    others must not leave: they went out, were cancelled, lost their chat, or were corrected.
    """
    places, ids = _among({claim.wave_id for claim in claims})
    rows = await hot(connection, f"SELECT id, revision_id FROM wave WHERE id IN ({places})", ids)
    same = set(map(tuple, rows))
    unchanged = [c.delivery_id for c in claims if (c.wave_id, c.revision_id) in same]
    if not unchanged:
        return frozenset()
    # Tries count from the first one; doubt sets the moment anew when it is written. What a
    # correction renewed since it was read is left for the next claim.
    places, ids = _among(unchanged)
    marked = await hot(
        connection,
        "UPDATE delivery SET state = 2,"
        " claimed_at = CASE WHEN doubt OR attempts > 0 THEN claimed_at ELSE ? END"
        f" WHERE id IN ({places}) AND state = 1 RETURNING id",
        (now, *ids),
    )
    return frozenset(row[0] for row in marked)


def _among(ids: Collection[int]) -> tuple[str, tuple[int, ...]]:
    """Return places for these ids, at least one, and the values for them.

    The last is repeated up to a power of two: a database keeps each statement prepared, so few may differ.
    """
    values = list(ids)
    values += values[-1:] * (_rounded(len(values)) - len(values))
    return ", ".join("?" * len(values)), tuple(values)


def _rounded(count: int) -> int:
    return 1 << (count - 1).bit_length()


async def put_back(connection: AsyncConnection, ids: Collection[int], now: int) -> frozenset[int]:
    """Take back the mark of deliveries that did not leave after all; returns the waves closed by it."""
    if not ids:
        return frozenset()
    await hot(
        connection, "UPDATE delivery SET state = 1 WHERE id = ? AND state = 2", [(i,) for i in ids]
    )
    await call_off_retracted(connection, ids, now)
    waves = await connection.scalars(
        sa.select(delivery.c.wave_id).where(delivery.c.id.in_(list(ids)))
    )
    return await close_waves(connection, waves)


async def wait_until(connection: AsyncConnection, moments: Iterable[tuple[int, int]]) -> None:
    """Let deliveries wait for their chat's pace: (not_before, delivery id)."""
    await hot(
        connection, "UPDATE delivery SET not_before = ? WHERE id = ? AND state = 1", list(moments)
    )


_FINAL = frozenset(
    {DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.CANCELLED}
)


class Settled(NamedTuple):
    """What became of a delivery; `not_before` only when it is pending again."""

    delivery_id: int
    state: DeliveryState
    reason: Reason | None = None
    detail: str | None = None
    message: str | None = None
    attempts: int = 0
    doubt: bool = False
    not_before: int | None = None
    claimed_at: int | None = None  # since when it is in doubt; None leaves what there is


_AT_ONCE = 512  # outcomes in one statement: a database takes some 32,000 values


@cache
def _arrive(count: int) -> str:
    """Return the statement for so many that simply arrived: half as many values to hand over."""
    # The first row tells PostgreSQL the types.
    first = "(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS SMALLINT), CAST(? AS BOOLEAN))"
    rows = ", ".join([first, *["(?, ?, ?, ?)"] * (count - 1)])
    return (
        "UPDATE delivery SET state = 3, reason = NULL, detail = NULL, not_before = NULL,"
        " message = COALESCE(v.column2, message), attempts = v.column3, doubt = v.column4,"
        " settled_at = CAST(? AS BIGINT)"
        f" FROM (VALUES {rows}) AS v WHERE delivery.id = v.column1 AND state = 2"
    )


@cache
def _settle(count: int) -> str:
    """Return the statement that writes so many outcomes: one statement for all costs half of one for each."""
    first = (
        "(CAST(? AS BIGINT), CAST(? AS SMALLINT), CAST(? AS SMALLINT), CAST(? AS TEXT), CAST(? AS TEXT),"
        " CAST(? AS SMALLINT), CAST(? AS BOOLEAN), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))"
    )
    rows = ", ".join([first, *["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * (count - 1)])
    return (
        "UPDATE delivery SET state = v.column2, reason = v.column3, detail = v.column4,"
        " message = COALESCE(v.column5, message), attempts = v.column6, doubt = v.column7,"
        " not_before = v.column8, settled_at = v.column9, claimed_at = COALESCE(v.column10, claimed_at)"
        f" FROM (VALUES {rows}) AS v WHERE delivery.id = v.column1 AND state = 2"
    )


async def settle(connection: AsyncConnection, settled: Sequence[Settled], now: int) -> None:
    """Write outcomes; a row that somebody else settled meanwhile is left alone."""
    plain: list[Settled] = []
    others: list[Settled] = []
    for one in settled:
        arrived = one.state is DeliveryState.SENT and one.reason is None and one.detail is None
        (plain if arrived else others).append(one)
    for start in range(0, len(plain), _AT_ONCE):
        rows: list[Values] = [
            (s.delivery_id, s.message, s.attempts, s.doubt) for s in plain[start : start + _AT_ONCE]
        ]
        rows += rows[-1:] * (_rounded(len(rows)) - len(rows))
        await hot(connection, _arrive(len(rows)), (now, *chain.from_iterable(rows)))
    for start in range(0, len(others), _AT_ONCE):
        rows = [
            (
                s.delivery_id,
                int(s.state),
                None if s.reason is None else int(s.reason),
                s.detail,
                s.message,
                s.attempts,
                s.doubt,
                s.not_before,
                now if s.state in _FINAL else None,
                s.claimed_at,
            )
            for s in others[start : start + _AT_ONCE]
        ]
        rows += rows[-1:] * (_rounded(len(rows)) - len(rows))
        await hot(connection, _settle(len(rows)), tuple(chain.from_iterable(rows)))
    if again := [s.delivery_id for s in settled if s.state is DeliveryState.PENDING]:
        await call_off_retracted(connection, again, now)


async def call_off_retracted(
    connection: AsyncConnection, delivery_ids: Iterable[int], now: int
) -> None:
    """Cancel those to be tried again whose post was taken back while they were in the air.

    What may have arrived becomes unknown: nothing is sent again only to be taken away. A selection
    that held nothing else goes the same way; what takes the post away itself goes on.
    """
    await hot(
        connection,
        "UPDATE delivery SET state = CASE WHEN doubt THEN 5 ELSE 6 END, settled_at = ?"
        " WHERE id = ? AND state = 1 AND (EXISTS (SELECT 1 FROM wave w JOIN post p ON p.id = w.post_id"
        " WHERE w.id = delivery.wave_id AND w.kind IN (1, 2, 5) AND w.lane <> 2"
        " AND p.retracted_at IS NOT NULL)"
        " OR EXISTS (SELECT 1 FROM wave w WHERE w.id = delivery.wave_id AND w.kind = 4"
        " AND NOT EXISTS (SELECT 1 FROM digest_item i WHERE i.delivery_id = delivery.id)))",
        [(now, delivery_id) for delivery_id in delivery_ids],
    )


async def close_waves(connection: AsyncConnection, wave_ids: Iterable[int]) -> frozenset[int]:
    """Close those of the waves in which nothing is left to settle; returns the ones that were open."""
    waves = sorted(set(wave_ids))
    if not waves:
        return frozenset()
    # Asked in two: the first has an index of its own and answers at once while the wave is on its
    # way; one question for all four states would read every delivery it has made.
    places, ids = _among(waves)
    closed = await hot(
        connection,
        f"UPDATE wave SET open = FALSE WHERE id IN ({places}) AND open"
        " AND NOT EXISTS (SELECT 1 FROM delivery WHERE wave_id = wave.id AND state IN (1, 2))"
        " AND NOT EXISTS (SELECT 1 FROM delivery WHERE wave_id = wave.id AND state IN (5, 7))"
        " RETURNING id",
        ids,
    )
    return frozenset(row[0] for row in closed)


async def in_flight(connection: AsyncConnection, account_id: int) -> list[Claim]:
    """Return what was in the air when the courier of this account last stopped."""
    rows = await connection.execute(
        sa.text(
            CLAIM_COLUMNS + " FROM wave w JOIN delivery d ON d.wave_id = w.id"
            " AND d.state IN (1, 2) AND d.state = 2"
            " JOIN chat c ON c.id = d.chat_id WHERE w.account_id = :account AND w.open"
        ),
        {"account": account_id},
    )
    return [read_claim(row) for row in rows]


_KINDS, _LANES = {int(k): k for k in WaveKind}, {int(lane): lane for lane in Lane}
_CHATS = {int(k): k for k in ChatKind}


def read_claim(row: Sequence[Any]) -> Claim:
    """Return a row of CLAIM_COLUMNS as a claim."""
    values = list(row)
    values[2], values[3] = _KINDS[row[2]], _LANES[row[3]]
    values[9], values[13] = _CHATS[row[9]], bool(row[13])
    return Claim._make(values)
