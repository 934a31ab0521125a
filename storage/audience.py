"""Whom a post would reach, as people are shown it: places one by one, subscribers as counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind
from storage.planning import fitting
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


async def reached(
    connection: AsyncConnection, organization_ids: Iterable[int], rubric_id: int | None, now: int
) -> list[Destination]:
    """Return where a post of any of these organizations in this rubric would go."""
    private = chat.c.kind == int(ChatKind.PRIVATE)
    # Counted where they lie: a card shows no subscriber, and there may be hundreds of thousands.
    rows = await connection.execute(
        sa.select(
            chat.c.account_id,
            account.c.network,
            chat.c.kind,
            sa.case((private, ""), else_=chat.c.title).label("title"),
            chat.c.footer,
            sa.func.count().label("many"),
        )
        .select_from(subscription)
        .join(chat, chat.c.id == subscription.c.chat_id)
        .join(account, account.c.id == chat.c.account_id)
        .where(fitting(organization_ids, rubric_id, now))
        .group_by(
            chat.c.account_id, chat.c.kind, chat.c.footer, sa.case((private, 0), else_=chat.c.id)
        )
        .order_by(sa.func.min(chat.c.id))
    )
    return [
        Destination(r.account_id, r.network, ChatKind(r.kind), r.title, r.footer, r.many)
        for r in rows
    ]
