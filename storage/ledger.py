"""The ledger: that a delivery is in the air, and what became of it.

The hot statements of the house stand here as plain SQL. All moments are ms UTC. Only the courier of
an account claims and settles its rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, ChatState, DeliveryState, HoldScope, Lane, Reason, WaveKind
from storage.tables import chat, delivery, hold, organization, part


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery whose turn has come, with all that sending it needs to know."""

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


@dataclass(frozen=True, slots=True)
class Holds:
    """What stops are in force."""

    everything: bool
    networks: frozenset[str]
    organizations: frozenset[int]  # with all below them


CLAIM_COLUMNS = (
    "SELECT d.id, d.wave_id, w.kind, w.lane, w.post_id, w.revision_id, d.chat_id, c.external,"
    " c.topic, c.kind, c.footer, d.attempts, d.generation, d.doubt, d.of_id, d.claimed_at, d.message"
)


async def holds(connection: AsyncConnection) -> Holds:
    """Return the stops in force, organizations with all below them."""
    rows = list(
        await connection.execute(
            sa.select(hold.c.scope, hold.c.network, hold.c.organization_id).where(
                hold.c.lifted_at.is_(None)
            )
        )
    )
    stopped = {row.organization_id for row in rows if row.scope == int(HoldScope.ORGANIZATION)}
    if stopped:
        parents = list(
            await connection.execute(sa.select(organization.c.id, organization.c.parent_id))
        )
        grown = -1
        while grown != len(stopped):
            grown = len(stopped)
            stopped |= {row.id for row in parents if row.parent_id in stopped}
    return Holds(
        everything=any(row.scope == int(HoldScope.ALL) for row in rows),
        networks=frozenset(row.network for row in rows if row.scope == int(HoldScope.MESSENGER)),
        organizations=frozenset(stopped),
    )


# Tries count from the first one; doubt sets the moment anew when it is written. What a correction
# renewed since it was read is left for the next claim.
_MARK = sa.text(
    "UPDATE delivery SET state = 2,"
    " claimed_at = CASE WHEN doubt OR attempts > 0 THEN claimed_at ELSE :now END"
    " WHERE id IN :ids AND state = 1 RETURNING id, wave_id"
).bindparams(sa.bindparam("ids", expanding=True))


_REVISIONS = sa.text("SELECT id, revision_id FROM wave WHERE id IN :ids").bindparams(
    sa.bindparam("ids", expanding=True)
)


async def mark_in_flight(
    connection: AsyncConnection, claims: Sequence[Claim], now: int
) -> frozenset[int]:
    """Write that these are about to leave; nothing leaves before this is on disk.

    Returns the ids of those that were still pending with the content they were read with. The
    others must not leave: they went out, were cancelled, lost their chat, or were corrected.
    """
    waves = {claim.wave_id: claim.revision_id for claim in claims}
    rows = await connection.execute(_REVISIONS, {"ids": list(waves)})
    same = {row.id for row in rows if waves[row.id] == row.revision_id}
    ids = [claim.delivery_id for claim in claims if claim.wave_id in same]
    marked = await connection.execute(_MARK, {"now": now, "ids": ids})
    return frozenset(marked.scalars())


async def put_back(connection: AsyncConnection, ids: Collection[int], now: int) -> frozenset[int]:
    """Take back the mark of deliveries that did not leave after all; returns the waves closed by it."""
    if not ids:
        return frozenset()
    await connection.exec_driver_sql(
        "UPDATE delivery SET state = 1 WHERE id = ? AND state = 2", [(i,) for i in ids]
    )
    await call_off_retracted(connection, ids, now)
    waves = await connection.scalars(
        sa.select(delivery.c.wave_id).where(delivery.c.id.in_(list(ids)))
    )
    return await close_waves(connection, waves)


async def wait_until(connection: AsyncConnection, moments: Iterable[tuple[int, int]]) -> None:
    """Let deliveries wait for their chat's pace: (not_before, delivery id)."""
    await connection.exec_driver_sql(
        "UPDATE delivery SET not_before = ? WHERE id = ? AND state = 1", list(moments)
    )


@dataclass(frozen=True, slots=True)
class Settled:
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


async def settle(connection: AsyncConnection, settled: Sequence[Settled], now: int) -> None:
    """Write outcomes; a row that somebody else settled meanwhile is left alone."""
    final = (
        DeliveryState.SENT,
        DeliveryState.REFUSED,
        DeliveryState.UNKNOWN,
        DeliveryState.CANCELLED,
    )
    await connection.exec_driver_sql(
        "UPDATE delivery SET state = ?, reason = ?, detail = ?, message = COALESCE(?, message),"
        " attempts = ?, doubt = ?, not_before = ?, settled_at = ?,"
        " claimed_at = COALESCE(?, claimed_at) WHERE id = ? AND state = 2",
        [
            (
                int(s.state),
                None if s.reason is None else int(s.reason),
                s.detail,
                s.message,
                s.attempts,
                s.doubt,
                s.not_before,
                now if s.state in final else None,
                s.claimed_at,
                s.delivery_id,
            )
            for s in settled
        ],
    )
    if again := [s.delivery_id for s in settled if s.state is DeliveryState.PENDING]:
        await call_off_retracted(connection, again, now)


async def call_off_retracted(
    connection: AsyncConnection, delivery_ids: Iterable[int], now: int
) -> None:
    """Cancel those to be tried again whose post was taken back while they were in the air.

    What may have arrived becomes unknown: nothing is sent again only to be taken away. A selection
    that held nothing else goes the same way; what takes the post away itself goes on.
    """
    await connection.exec_driver_sql(
        "UPDATE delivery SET state = CASE WHEN doubt THEN 5 ELSE 6 END, settled_at = ?"
        " WHERE id = ? AND state = 1 AND (EXISTS (SELECT 1 FROM wave w JOIN post p ON p.id = w.post_id"
        " WHERE w.id = delivery.wave_id AND w.kind IN (1, 2, 5) AND w.lane <> 2"
        " AND p.retracted_at IS NOT NULL)"
        " OR EXISTS (SELECT 1 FROM wave w WHERE w.id = delivery.wave_id AND w.kind = 4"
        " AND NOT EXISTS (SELECT 1 FROM digest_item i WHERE i.delivery_id = delivery.id)))",
        [(now, delivery_id) for delivery_id in delivery_ids],
    )


async def keep_messages(
    connection: AsyncConnection, delivery_id: int, number: int, messages: Sequence[str]
) -> None:
    """Keep the messages one part made; the very first of a delivery sits on its row."""
    rest = list(enumerate(messages))
    if number == 0 and messages:
        await connection.exec_driver_sql(
            "UPDATE delivery SET message = ? WHERE id = ?", (messages[0], delivery_id)
        )
        rest = rest[1:]
    if rest:
        await connection.exec_driver_sql(
            "INSERT INTO part (delivery_id, number, item, message) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (delivery_id, number, item) DO UPDATE SET message = excluded.message",
            [(delivery_id, number, index, message) for index, message in rest],
        )


async def drop_messages(connection: AsyncConnection, delivery_id: int, from_number: int) -> None:
    """Forget the messages of parts that exist no longer."""
    await connection.execute(
        part.delete().where(part.c.delivery_id == delivery_id, part.c.number >= from_number)
    )


async def messages_of(connection: AsyncConnection, delivery_id: int) -> list[list[str]]:
    """Return the messages a delivery made, part by part; empty when none is known."""
    first = await connection.scalar(
        sa.select(delivery.c.message).where(delivery.c.id == delivery_id)
    )
    if first is None:
        return []
    made: dict[int, list[str]] = {0: [first]}
    rows = await connection.execute(
        sa.select(part.c.number, part.c.message)
        .where(part.c.delivery_id == delivery_id)
        .order_by(part.c.number, part.c.item)
    )
    for number, message in rows:
        made.setdefault(number, []).append(message)
    return [made[number] for number in sorted(made)]


async def state_of(connection: AsyncConnection, delivery_id: int) -> DeliveryState | None:
    """Return where a delivery stands, None if there is none."""
    state = await connection.scalar(sa.select(delivery.c.state).where(delivery.c.id == delivery_id))
    return None if state is None else DeliveryState(state)


async def was_seen(connection: AsyncConnection, delivery_id: int) -> bool:
    """Tell whether a delivery is sent by a person's word: not all of its messages are known."""
    # An answer of the messenger leaves no reason behind; that nobody knew of it, does.
    found = await connection.scalar(
        sa.select(delivery.c.id).where(
            delivery.c.id == delivery_id,
            delivery.c.state == int(DeliveryState.SENT),
            delivery.c.doubt,
            delivery.c.reason.is_not(None),
        )
    )
    return found is not None


async def is_retracted(connection: AsyncConnection, amend: Claim) -> bool:
    """Tell whether what an amend would change was taken back, or is about to be."""
    # CROSS keeps SQLite from reading all that the chat ever got.
    found = await connection.exec_driver_sql(
        "SELECT 1 FROM wave w CROSS JOIN delivery d ON d.wave_id = w.id AND d.chat_id = ?"
        " WHERE w.post_id = ? AND w.kind = ? AND d.of_id = ?",
        (amend.chat_id, amend.post_id, int(WaveKind.RETRACT), amend.of_id),
    )
    return found.first() is not None


# Nothing is left to settle in it. Asked in two: the first has an index of its own and answers at once
# while the wave is on its way; one question for all four states would read every delivery it has made.
_CLOSE = sa.text(
    "UPDATE wave SET open = 0 WHERE id IN :ids AND open"
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE wave_id = wave.id AND state IN (1, 2))"
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE wave_id = wave.id AND state IN (5, 7)) RETURNING id"
).bindparams(sa.bindparam("ids", expanding=True))


async def close_waves(connection: AsyncConnection, wave_ids: Iterable[int]) -> frozenset[int]:
    """Close those of the waves in which nothing is left to settle; returns the ones that were open."""
    closed = await connection.execute(_CLOSE, {"ids": sorted(set(wave_ids))})
    return frozenset(closed.scalars())


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
    left_behind = sa.select(delivery.c.id).where(
        delivery.c.chat_id == chat_id, delivery.c.state == int(DeliveryState.SENT)
    )
    await connection.execute(part.delete().where(part.c.delivery_id.in_(left_behind)))
    await connection.execute(
        delivery.update()
        .where(delivery.c.chat_id == chat_id, delivery.c.state == int(DeliveryState.SENT))
        .values(message=None)
    )


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


def read_claim(row: sa.Row[Any]) -> Claim:
    """Return a row of CLAIM_COLUMNS as a claim."""
    values: list[Any] = list(row)
    values[2], values[3] = WaveKind(values[2]), Lane(values[3])
    values[9], values[13] = ChatKind(values[9]), bool(values[13])
    return Claim(*values)


async def digest_posts(connection: AsyncConnection, delivery_id: int) -> list[int]:
    """Return the posts of a selection, in the order they came."""
    rows = await connection.exec_driver_sql(
        "SELECT post_id FROM digest_item WHERE delivery_id = ? ORDER BY post_id", (delivery_id,)
    )
    return [row[0] for row in rows]


async def digest_shown(
    connection: AsyncConnection, delivery_id: int, revisions: Iterable[tuple[int, int]]
) -> None:
    """Keep which revision of each post a selection showed: (post id, revision id)."""
    await connection.exec_driver_sql(
        "UPDATE digest_item SET revision_id = ? WHERE delivery_id = ? AND post_id = ?",
        [(revision_id, delivery_id, post_id) for post_id, revision_id in revisions],
    )
