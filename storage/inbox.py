"""What came in from the messengers: rows from the moment the cursor moved until they are worked off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import incoming as arrivals
from core.incoming import Incoming
from storage.database import as_json
from storage.rows import hot
from storage.tables import inbox

# Both databases read it so, and PostgreSQL groups by it only where the key is no parameter.
_chat: sa.ColumnElement[str] = sa.literal_column("inbox.body ->> 'chat'", sa.Text)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that came in and waits."""

    id: int
    account_id: int
    incoming: Incoming
    attempts: int


async def cursor(connection: AsyncConnection, account_id: int) -> str | None:
    """Return where the account's updates are read on from."""
    # Moved together with the rows it stands behind.
    rows = await hot(connection, "SELECT cursor FROM account WHERE id = ?", (account_id,))
    return rows[0][0] if rows else None


async def take(
    connection: AsyncConnection,
    account_id: int,
    batch: Sequence[Incoming],
    cursor: str,
    now: int,
) -> None:
    """Keep a batch and move the account's cursor behind it; what was kept before is not kept twice."""
    if batch:
        # The same update may come again after a crash or a renumbering.
        await hot(
            connection,
            "INSERT INTO inbox (account_id, key, kind, body, received_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account_id, key) DO NOTHING",
            [
                (
                    account_id,
                    one.key,
                    one.kind.value,
                    as_json(arrivals.to_json(one)),
                    now,
                )
                for one in batch
            ],
        )
    # The next poll goes on behind this batch.
    await hot(connection, "UPDATE account SET cursor = ? WHERE id = ?", (cursor, account_id))


async def waiting(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Return the chats that have undone rows as (account, the messenger's id), longest waiting first."""
    # One line a chat, so that a talkative one hides nobody.
    rows = await connection.execute(
        sa.select(inbox.c.account_id, _chat.label("chat"))
        .where(inbox.c.done_at.is_(None))
        .group_by(inbox.c.account_id, _chat)
        .order_by(sa.func.min(inbox.c.id))
    )
    return [(row.account_id, row.chat) for row in rows]


async def undone(connection: AsyncConnection, account_id: int, chat: str, limit: int) -> list[Row]:
    """Return a chat's oldest undone rows, in order."""
    # In the order in which they were said.
    rows = await connection.execute(
        sa.select(inbox)
        .where(inbox.c.account_id == account_id, inbox.c.done_at.is_(None), _chat == chat)
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return [
        Row(row.id, row.account_id, arrivals.from_json(row.key, row.kind, row.body), row.attempts)
        for row in rows
    ]


async def done(
    connection: AsyncConnection, row_id: int, now: int, error: str | None = None
) -> None:
    """Settle a row; `error` says why it was set aside without effect."""
    # Never looked at again.
    await hot(
        connection, "UPDATE inbox SET done_at = ?, error = ? WHERE id = ?", (now, error, row_id)
    )


async def failed(connection: AsyncConnection, row_id: int, error: str) -> None:
    """Count a failed attempt."""
    # Tried again until the rules say otherwise.
    await connection.execute(
        sa.update(inbox)
        .where(inbox.c.id == row_id)
        .values(attempts=inbox.c.attempts + 1, error=error)
    )


async def forget(
    connection: AsyncConnection, account_id: int, chat: str, up_to: int, now: int
) -> None:
    """Empty and settle a chat's rows up to this one; their keys stay against doubles."""
    # Whatever was said up to the wish to be forgotten. A row without a body that still waits, in
    # the person's other dialog, could be neither worked off nor settled.
    await connection.execute(
        sa.update(inbox)
        .where(inbox.c.account_id == account_id, _chat == chat, inbox.c.id <= up_to)
        .values(body={}, done_at=sa.func.coalesce(inbox.c.done_at, now))
    )
