"""Rows that config.yaml owns: put as the file says, archived when the file drops them, never deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, ChatState
from storage.rows import insert
from storage.tables import chat, subscription


async def by_slug(
    connection: AsyncConnection, table: sa.Table, slug: str
) -> Mapping[str, Any] | None:
    """Return the row with that slug, archived ones too, or None."""
    # What is there already.
    row = (await connection.execute(sa.select(table).where(table.c.slug == slug))).first()
    return None if row is None else dict(row._mapping)


async def put(
    connection: AsyncConnection,
    table: sa.Table,
    slug: str,
    values: Mapping[str, Any],
    first: Mapping[str, Any] | None = None,
) -> int:
    """Make the row with that slug (with `first` besides) or give it these values and return its id."""
    found = await by_slug(connection, table, slug)
    if found is None:
        return await insert(connection, table, slug=slug, **values, **(first or {}))
    changed = {k: v for k, v in {**values, "archived": False}.items() if found[k] != v}
    if changed:
        # Only what is different.
        await connection.execute(
            sa.update(table).where(table.c.id == found["id"]).values(**changed)
        )
    return int(found["id"])


async def archive_others(
    connection: AsyncConnection, table: sa.Table, slugs: Collection[str]
) -> None:
    """Archive every row whose slug is not among these."""
    # No longer in the file.
    await connection.execute(
        sa.update(table)
        .where(table.c.slug.not_in(list(slugs)), sa.not_(table.c.archived))
        .values(archived=True)
    )


async def put_chat(
    connection: AsyncConnection,
    account_id: int,
    external: str,
    *,
    kind: ChatKind,
    organization_id: int,
    title: str | None,
    first_title: str,
    footer: Mapping[str, Any] | None,
) -> int:
    """Make the chat, or take it over, so that the file owns it and it may be written to; return its id.

    `title` None leaves what the messenger calls it; `first_title` serves until that is known.
    """
    values: dict[str, Any] = {
        "kind": int(kind),
        "state": int(ChatState.ACTIVE),
        "reason": None,
        "organization_id": organization_id,
        "footer": footer,
        "from_config": True,
    }
    if title is not None:
        values["title"] = title
    # Seen before, perhaps connected by a person?
    row = (
        await connection.execute(
            sa.select(chat).where(
                chat.c.account_id == account_id, chat.c.external == external, chat.c.topic == ""
            )
        )
    ).first()
    if row is None:
        values.setdefault("title", first_title)
        return await insert(
            connection, chat, account_id=account_id, external=external, **_sql(values)
        )
    found = row._mapping
    changed = {k: v for k, v in values.items() if found[k] != v}
    if changed:
        # Only what is different.
        await connection.execute(
            sa.update(chat).where(chat.c.id == found["id"]).values(**_sql(changed))
        )
    return int(found["id"])


def _sql(values: Mapping[str, Any]) -> dict[str, Any]:
    # A JSON column would keep None as the JSON text `null`.
    return {k: sa.null() if v is None else v for k, v in values.items()}


async def release_chats(connection: AsyncConnection, kept: Collection[int], now: int) -> None:
    """End the subscriptions of the chats that the file owned and names no longer, and let go of them."""
    dropped = sa.select(chat.c.id).where(chat.c.from_config, chat.c.id.not_in(list(kept)))
    # Nothing new goes there.
    await connection.execute(
        sa.update(subscription)
        .where(subscription.c.chat_id.in_(dropped), subscription.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    # A person may connect them again.
    await connection.execute(
        sa.update(chat).where(chat.c.id.in_(dropped)).values(from_config=False)
    )
