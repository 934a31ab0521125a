"""Who got a post, who did not, and what still waits: the ledger as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, DeliveryState, Reason, WaveKind
from storage.tables import account, chat, delivery, digest_item, organization, post, revision, wave


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery of a post, alone or in a selection; moments are ms UTC."""

    id: int
    wave_kind: WaveKind
    state: DeliveryState
    reason: Reason | None
    detail: str | None
    network: str
    account: str
    chat_kind: ChatKind
    chat_title: str
    chat_external: str
    due_at: int
    settled_at: int | None
    chat_organization_id: int | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post as a list shows it."""

    id: int
    title: str
    organization_id: int
    organization: str
    revisions: int
    at: int


async def find_post(connection: AsyncConnection, wanted: str) -> PostLine | None:
    """Return the post of that number, the newest for «last», or the newest whose title holds the words."""
    newest = (
        sa.select(revision.c.post_id, sa.func.max(revision.c.number).label("number"))
        .group_by(revision.c.post_id)
        .subquery()
    )
    query = (
        sa.select(
            post.c.id,
            revision.c.title,
            post.c.organization_id,
            organization.c.short,
            revision.c.number,
            post.c.at,
        )
        .join(organization, organization.c.id == post.c.organization_id)
        .join(newest, newest.c.post_id == post.c.id)
        .join(
            revision,
            sa.and_(revision.c.post_id == newest.c.post_id, revision.c.number == newest.c.number),
        )
    )
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) <= 18
    if is_number:
        query = query.where(post.c.id == int(wanted))
    rows = (await connection.execute(query.order_by(post.c.id.desc()))).all()
    if not is_number and wanted != "last":
        # SQLite's LOWER knows no Cyrillic, so the words are compared here.
        rows = [row for row in rows if wanted.casefold() in row.title.casefold()]
    return PostLine(*rows[0]) if rows else None


async def of_post(connection: AsyncConnection, post_id: int) -> list[DeliveryRow]:
    """Return every delivery of a post, creates before amends, in the order they were planned."""
    columns = (
        delivery.c.id,
        wave.c.kind.label("wave_kind"),
        delivery.c.state,
        delivery.c.reason,
        delivery.c.detail,
        account.c.network,
        account.c.slug,
        chat.c.kind.label("chat_kind"),
        chat.c.title,
        chat.c.external,
        wave.c.due_at,
        delivery.c.settled_at,
        chat.c.organization_id,
        delivery.c.doubt,
    )
    alone = _joined(sa.select(*columns)).where(wave.c.post_id == post_id)
    in_digest = (
        _joined(sa.select(*columns))
        .join(digest_item, digest_item.c.delivery_id == delivery.c.id)
        .where(digest_item.c.post_id == post_id)
    )
    rows = (await connection.execute(sa.union(alone, in_digest))).all()
    return [
        DeliveryRow(
            id=row.id,
            wave_kind=WaveKind(row.wave_kind),
            state=DeliveryState(row.state),
            reason=None if row.reason is None else Reason(row.reason),
            detail=row.detail,
            network=row.network,
            account=row.slug,
            chat_kind=ChatKind(row.chat_kind),
            chat_title=row.title,
            chat_external=row.external,
            due_at=row.due_at,
            settled_at=row.settled_at,
            chat_organization_id=row.organization_id,
            repeated=bool(row.doubt),
        )
        for row in sorted(rows, key=lambda row: (row.wave_kind, row.id))
    ]


def _joined(query: sa.Select[Any]) -> sa.Select[Any]:
    return (
        query.join_from(delivery, wave, wave.c.id == delivery.c.wave_id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .join(account, account.c.id == chat.c.account_id)
    )
