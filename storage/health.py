"""How the whole is: what is in trouble, as people read it, and what the ledger says in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, ChatState, DeliveryState
from storage.rows import hot
from storage.tables import account, chat, delivery, source, wave

_WAITS_MS = 7 * 86_400_000

InTheAir = tuple[tuple[str, int], int]  # (table, id), account


@dataclass(frozen=True, slots=True)
class Fates:
    """How many deliveries reached an end, and of how many the fate was unknown at some time."""

    ended: int
    unknown: int

    @property
    def unknown_of_100000(self) -> float:
        """Return the unknown among 100,000."""
        return 100_000 * self.unknown / self.ended if self.ended else 0.0


async def troubled_sources(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Return the slug of each source in trouble, and the sentence about it."""
    rows = await connection.execute(
        sa.select(source.c.slug, source.c.trouble)
        .where(source.c.trouble.is_not(None), source.c.archived.is_(sa.false()))
        .order_by(source.c.id)
    )
    return [(row.slug, row.trouble) for row in rows]


async def trouble_of(connection: AsyncConnection, account_id: int) -> str:
    """Return the sentence about an account that stands still, empty if it works."""
    found = await connection.scalar(sa.select(account.c.trouble).where(account.c.id == account_id))
    return found or ""


async def walls(connection: AsyncConnection, account_id: int) -> list[str]:
    """Return the walls of an account, by the messenger's ids."""
    rows = await connection.scalars(
        sa.select(chat.c.external).where(
            chat.c.account_id == account_id,
            chat.c.kind == int(ChatKind.WALL),
            chat.c.state == int(ChatState.ACTIVE),
        )
    )
    return list(rows)


async def wall_works_since(connection: AsyncConnection, account_id: int, since: int) -> bool:
    """Tell whether something came out on a wall of the account since a moment (ms UTC)."""
    # No index leads from a chat into its past; what waits for longer than this is given up.
    recent = sa.select(wave.c.id).where(
        wave.c.account_id == account_id, wave.c.due_at > since - _WAITS_MS
    )
    found = await connection.scalar(
        sa.select(delivery.c.id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(
            delivery.c.wave_id.in_(recent),
            chat.c.kind == int(ChatKind.WALL),
            delivery.c.state == int(DeliveryState.SENT),
            delivery.c.settled_at > since,
        )
        .limit(1)
    )
    return found is not None


# The double condition, written out, lets the index of what is unsettled serve.
_DELIVERIES_IN_THE_AIR = (
    "SELECT d.id, w.account_id, d.claimed_at FROM delivery d CROSS JOIN wave w"
    " WHERE d.state IN (1, 2) AND d.state = 2 AND w.id = d.wave_id"
)
_REPLIES_IN_THE_AIR = "SELECT id, account_id FROM reply WHERE state IN (1, 2) AND state = 2"


async def in_the_air(connection: AsyncConnection) -> list[InTheAir]:
    """Return the deliveries and replies that are marked as in the air, with their accounts."""
    deliveries = await hot(connection, _DELIVERIES_IN_THE_AIR)
    found: list[InTheAir] = [(("delivery", r[0]), r[1]) for r in deliveries]
    replies = await hot(connection, _REPLIES_IN_THE_AIR)
    return found + [(("reply", r[0]), r[1]) for r in replies]


async def oldest_in_the_air(connection: AsyncConnection) -> int | None:
    """Return since when the oldest delivery in the air is tried (ms UTC), None where nothing is."""
    rows = await hot(connection, _DELIVERIES_IN_THE_AIR)
    return min((r[2] for r in rows if r[2] is not None), default=None)


async def fates(connection: AsyncConnection, since: int) -> Fates:
    """Count what reached an end since a moment (ms UTC); it reads every delivery there is."""
    rows = await hot(
        connection,
        "SELECT count(*), COALESCE(sum(CASE WHEN doubt OR state = 5 THEN 1 ELSE 0 END), 0)"
        " FROM delivery WHERE state IN (3, 5) AND settled_at >= ?",
        (since,),
    )
    ((ended, unknown),) = rows
    return Fates(int(ended), int(unknown))
