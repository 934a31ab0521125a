"""Accounts: their cursor, their health, their pauses."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import account


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One bot of one organization on one messenger."""

    id: int
    slug: str
    network: str
    organization_id: int
    title: str
    handle: str
    hold_until: int | None
    trouble: str | None
    failing_days: int = 3  # on which a chat may refuse before it is set aside


async def active(connection: AsyncConnection) -> list[AccountRow]:
    """Return the accounts of config.yaml."""
    rows = await connection.execute(
        sa.select(
            account.c.id,
            account.c.slug,
            account.c.network,
            account.c.organization_id,
            account.c.title,
            account.c.handle,
            account.c.hold_until,
            account.c.trouble,
            account.c.failing_days,
        )
        .where(account.c.archived.is_(sa.false()))
        .order_by(account.c.id)
    )
    return [AccountRow(*row) for row in rows]


async def set_trouble(connection: AsyncConnection, account_id: int, trouble: str | None) -> None:
    """Say why an account stands still, or that it works again."""
    await connection.execute(
        account.update().where(account.c.id == account_id).values(trouble=trouble)
    )


async def set_hold(connection: AsyncConnection, account_id: int, until: int) -> None:
    """Remember a pause that the platform asked for, so that a restart keeps it."""
    await connection.execute(
        account.update().where(account.c.id == account_id).values(hold_until=until)
    )
