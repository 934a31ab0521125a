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
    if wanted.isdigit():
        query = query.where(post.c.id == int(wanted))
    rows = (await connection.execute(query.order_by(post.c.id.desc()))).all()
    if not wanted.isdigit() and wanted != "last":
        # SQLite's LOWER knows no Cyrillic, so the words are compared here.
        rows = [row for row in rows if wanted.casefold() in row.title.casefold()]
    return PostLine(*rows[0]) if rows else None


async def of_post(connection: AsyncConnection, post_id: int) -> list[DeliveryRow]:
    """Return every delivery of a post, creates before amends, in the order they were planned."""
    columns = (
        delivery.c.id,
        wave.c.kind,
        delivery.c.state,
        delivery.c.reason,
        delivery.c.detail,
        account.c.network,
        account.c.slug,
        chat.c.kind,
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
    rows = await connection.execute(alone.union(in_digest).order_by(wave.c.kind, delivery.c.id))
    return [
        DeliveryRow(
            r[0],
            WaveKind(r[1]),
            DeliveryState(r[2]),
            None if r[3] is None else Reason(r[3]),
            r[4],
            r[5],
            r[6],
            ChatKind(r[7]),
            r[8],
            r[9],
            r[10],
            r[11],
            r[12],
            bool(r[13]),
        )
        for r in rows
    ]


def _joined(query: sa.Select[Any]) -> sa.Select[Any]:
    return (
        query.join_from(delivery, wave, wave.c.id == delivery.c.wave_id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .join(account, account.c.id == chat.c.account_id)
    )
