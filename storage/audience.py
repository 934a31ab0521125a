"""Whom a post would reach, as people are shown it: places one by one, subscribers as counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind
from storage.sought import Sought, fitting
from storage.tables import account, chat, subscription


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel, group or wall, or `count` private dialogs of an account, whose posts end alike."""

    account_id: int
    network: str
    kind: ChatKind
    title: str  # "" for dialogs
    footer: Any  # as core.richtext.to_json wrote it, or None
    count: int


async def reached(connection: AsyncConnection, sought: Sought) -> list[Destination]:
    """Return where a post for those looked for would go."""
    private = chat.c.kind == int(ChatKind.PRIVATE)
    footer = sa.cast(chat.c.footer, sa.Text)  # JSON has no equality
    # Counted where they lie: a card shows no subscriber, and there may be hundreds of thousands.
    rows = await connection.execute(
        sa.select(
            chat.c.account_id,
            sa.func.min(account.c.network).label("network"),
            chat.c.kind,
            sa.func.min(sa.case((private, ""), else_=chat.c.title)).label("title"),
            footer.label("footer"),
            sa.func.count().label("many"),
        )
        .select_from(subscription)
        .join(chat, chat.c.id == subscription.c.chat_id)
        .join(account, account.c.id == chat.c.account_id)
        .where(account.c.archived.is_(sa.false()), fitting(sought))
        .group_by(chat.c.account_id, chat.c.kind, footer, sa.case((private, 0), else_=chat.c.id))
        .order_by(sa.func.min(chat.c.id))
    )
    return [
        Destination(
            r.account_id,
            r.network,
            ChatKind(r.kind),
            r.title,
            None if r.footer is None else orjson.loads(r.footer),
            r.many,
        )
        for r in rows
    ]
