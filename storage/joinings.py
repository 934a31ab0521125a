"""One-time codes by which a person is known in another messenger too: only their hashes are kept."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import insert
from storage.tables import joining


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


async def add(
    connection: AsyncConnection, *, code: str, person_id: int, now: int, expires_at: int
) -> None:
    """Keep a new code of a person, in place of those that were not used."""
    # The newest code is the one they read.
    await connection.execute(
        sa.delete(joining).where(joining.c.person_id == person_id, joining.c.used_at.is_(None))
    )
    # Codes long gone make room.
    await connection.execute(sa.delete(joining).where(joining.c.expires_at <= now))
    await insert(connection, joining, hash=_hash(code), person_id=person_id, expires_at=expires_at)


async def find(connection: AsyncConnection, code: str, now: int) -> tuple[int, int] | None:
    """Return (id, person) of a code that may still be used, or None."""
    # By its hash: what is in the database opens nothing.
    row = (
        await connection.execute(
            sa.select(joining.c.id, joining.c.person_id).where(
                joining.c.hash == _hash(code),
                joining.c.used_at.is_(None),
                joining.c.expires_at > now,
            )
        )
    ).first()
    return None if row is None else (row.id, row.person_id)


async def use(connection: AsyncConnection, joining_id: int, now: int) -> int | None:
    """Use a code up and return whose it is; None if it is used, expired, or replaced by a newer one."""
    # One statement decides.
    changed = await connection.execute(
        sa.update(joining)
        .where(joining.c.id == joining_id, joining.c.used_at.is_(None), joining.c.expires_at > now)
        .values(used_at=now)
        .returning(joining.c.person_id)
    )
    row = changed.first()
    return None if row is None else int(row.person_id)


async def forget(connection: AsyncConnection, person_id: int) -> None:
    """Remove the codes of a person."""
    await connection.execute(sa.delete(joining).where(joining.c.person_id == person_id))
