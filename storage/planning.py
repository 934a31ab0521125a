"""Whom a post concerns, and the waves and deliveries that carry it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, ChatState, DeliveryState, Lane, Mode, Reach, WaveKind
from storage.rows import insert
from storage.tables import (
    account,
    chat,
    delivery,
    digest_item,
    organization,
    person,
    post,
    subscription,
    subscription_organization,
    subscription_rubric,
    wave,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat whose choice of organizations and rubrics fits, with its wishes about when."""

    chat_id: int
    account_id: int
    chat_kind: ChatKind
    mode: Mode
    digest_minute: int
    night_from_minute: int | None
    night_to_minute: int | None
    day_limit: int | None
    gap_s: int | None
    zone: str | None  # the chat's or its person's own; None: the region's


def fitting(
    organization_ids: Iterable[int], rubric_id: int | None, now: int
) -> sa.ColumnElement[bool]:
    """Return whether a chat, by its subscription, wishes news of these organizations in this rubric now."""
    own = subscription_rubric.c.subscription_id == subscription.c.id
    all_rubrics = ~sa.exists().where(own)
    this_rubric = sa.exists().where(own, subscription_rubric.c.rubric_id == rubric_id)
    return sa.and_(
        subscription.c.ended_at.is_(None),
        sa.or_(subscription.c.paused_until.is_(None), subscription.c.paused_until <= now),
        chat.c.state == int(ChatState.ACTIVE),
        account.c.archived.is_(sa.false()),
        sa.exists().where(
            subscription_organization.c.subscription_id == subscription.c.id,
            subscription_organization.c.organization_id.in_(list(organization_ids)),
        ),
        sa.or_(all_rubrics, this_rubric) if rubric_id is not None else all_rubrics,
    )


async def candidates(
    connection: AsyncConnection,
    organization_ids: Iterable[int],
    rubric_id: int | None,
    now: int,
    chat_id: int | None = None,
) -> list[Candidate]:
    """Return the active chats (or the one given) that wish news of any of these organizations in this rubric."""
    query = (
        sa.select(
            chat.c.id,
            chat.c.account_id,
            chat.c.kind,
            subscription.c.mode,
            subscription.c.digest_minute,
            subscription.c.night_from_minute,
            subscription.c.night_to_minute,
            subscription.c.day_limit,
            subscription.c.gap_s,
            sa.func.coalesce(chat.c.zone, person.c.zone),
        )
        .join(chat, chat.c.id == subscription.c.chat_id)
        .join(account, account.c.id == chat.c.account_id)
        .outerjoin(person, sa.and_(person.c.id == chat.c.person_id, chat.c.kind == 1))
        .where(fitting(organization_ids, rubric_id, now))
        .order_by(chat.c.id)
    )
    if chat_id is not None:
        query = query.where(chat.c.id == chat_id)
    rows = await connection.execute(query)
    return [
        Candidate(r[0], r[1], ChatKind(r[2]), Mode(r[3]), r[4], r[5], r[6], r[7], r[8], r[9])
        for r in rows
    ]


async def territory_mates(connection: AsyncConnection, organization_id: int) -> list[int]:
    """Return the organizations of the same territory, itself included."""
    own = sa.select(organization.c.territory).where(organization.c.id == organization_id)
    rows = await connection.scalars(
        sa.select(organization.c.id).where(
            sa.or_(
                organization.c.territory == own.scalar_subquery(),
                organization.c.id == organization_id,
            )
        )
    )
    return list(rows)


async def root(connection: AsyncConnection) -> int | None:
    """Return the federation: the organization without a parent."""
    return await connection.scalar(
        sa.select(organization.c.id)
        .where(organization.c.parent_id.is_(None), organization.c.archived.is_(sa.false()))
        .order_by(organization.c.id)
        .limit(1)
    )


async def account_of(connection: AsyncConnection, chat_id: int) -> int:
    """Return the account a chat belongs to."""
    found = await connection.execute(sa.select(chat.c.account_id).where(chat.c.id == chat_id))
    return int(found.scalar_one())


async def having(connection: AsyncConnection, post_id: int) -> set[int]:
    """Return the chats that a post was planned for already, on its own or in a selection."""
    alone = (
        sa.select(delivery.c.chat_id)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .where(
            wave.c.post_id == post_id,
            wave.c.kind.in_([int(WaveKind.CREATE), int(WaveKind.RESEND)]),
        )
    )
    in_digest = (
        sa.select(delivery.c.chat_id)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .where(
            # By their own time, as in corrections: there is no index by post.
            wave.c.kind == int(WaveKind.DIGEST),
            wave.c.due_at
            >= sa.select(post.c.created_at).where(post.c.id == post_id).scalar_subquery(),
            sa.exists().where(
                digest_item.c.delivery_id == delivery.c.id, digest_item.c.post_id == post_id
            ),
        )
    )
    return set(await connection.scalars(alone.union(in_digest)))


async def due_moments(
    connection: AsyncConnection, chat_ids: Sequence[int], since: int
) -> dict[int, list[int]]:
    """Return for each chat when its posts were or are due since that moment, earliest first."""
    rows = await connection.execute(
        sa.select(delivery.c.chat_id, wave.c.due_at)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .where(
            delivery.c.chat_id.in_(list(chat_ids)),
            wave.c.kind == int(WaveKind.CREATE),
            wave.c.due_at >= since,
            delivery.c.state.not_in([int(DeliveryState.CANCELLED), int(DeliveryState.REFUSED)]),
        )
        .order_by(wave.c.due_at)
    )
    found: dict[int, list[int]] = {}
    for chat_id, due_at in rows:
        found.setdefault(chat_id, []).append(due_at)
    return found


async def add_wave(
    connection: AsyncConnection,
    *,
    account_id: int,
    kind: WaveKind,
    lane: Lane,
    due_at: int,
    post_id: int | None,
    revision_id: int | None,
    now: int,
) -> int:
    """Make a wave; returns its id."""
    return await insert(
        connection,
        wave,
        account_id=account_id,
        kind=int(kind),
        lane=int(lane),
        due_at=due_at,
        post_id=post_id,
        revision_id=revision_id,
        created_at=now,
    )


async def add_deliveries(
    connection: AsyncConnection, wave_id: int, chat_ids: Sequence[int], state: DeliveryState
) -> None:
    """Add one delivery for each chat to a wave."""
    # Driver-level: Core's inserts cost four times as much, and a post may have a million of these.
    await connection.exec_driver_sql(
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)"
        " VALUES (?, ?, ?, 0, 0, 0)",
        [(wave_id, chat_id, int(state)) for chat_id in chat_ids],
    )


async def add_to_digests(
    connection: AsyncConnection,
    *,
    account_id: int,
    chat_ids: Iterable[int],
    post_id: int,
    due_at: int,
    now: int,
) -> None:
    """Put a post into the chats' selections of that moment, opened on demand."""
    waves = await connection.scalars(
        sa.text(
            "SELECT id FROM wave WHERE account_id = :account AND open AND lane = :lane"
            " AND due_at = :due_at AND kind = :kind ORDER BY id"
        ),
        {
            "account": account_id,
            "lane": int(Lane.DIGEST),
            "due_at": due_at,
            "kind": int(WaveKind.DIGEST),
        },
    )
    left = set(chat_ids)
    for wave_id in list(waves):
        # Where a chat's selection was called off or lost, it gets one in another wave.
        settled = set(
            await connection.scalars(
                sa.select(delivery.c.chat_id).where(
                    delivery.c.wave_id == wave_id, delivery.c.state != int(DeliveryState.PENDING)
                )
            )
        )
        await _select_into(connection, wave_id, left - settled, post_id)
        left &= settled
    if left:
        wave_id = await add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.DIGEST,
            lane=Lane.DIGEST,
            due_at=due_at,
            post_id=None,
            revision_id=None,
            now=now,
        )
        await _select_into(connection, wave_id, left, post_id)


async def _select_into(
    connection: AsyncConnection, wave_id: int, chat_ids: Iterable[int], post_id: int
) -> None:
    chats = sorted(chat_ids)
    if not chats:
        return
    await connection.exec_driver_sql(
        "INSERT INTO delivery (wave_id, chat_id, state, attempts, generation, doubt)"
        " VALUES (?, ?, ?, 0, 0, 0) ON CONFLICT (wave_id, chat_id) DO NOTHING",
        [(wave_id, chat_id, int(DeliveryState.PENDING)) for chat_id in chats],
    )
    await connection.exec_driver_sql(
        "INSERT INTO digest_item (delivery_id, post_id) SELECT id, ? FROM delivery"
        " WHERE wave_id = ? AND chat_id = ? ON CONFLICT DO NOTHING",
        [(post_id, wave_id, chat_id) for chat_id in chats],
    )


async def latest_for(
    connection: AsyncConnection, chat_id: int, federation_id: int, limit: int
) -> list[int]:
    """Return the newest posts that fit a chat's choice and that it was not sent yet, newest first."""
    wished = (
        sa.select(subscription_organization.c.organization_id)
        .join(subscription, subscription.c.id == subscription_organization.c.subscription_id)
        .where(subscription.c.chat_id == chat_id)
    )
    had = (
        sa.select(wave.c.post_id)
        .join(delivery, delivery.c.wave_id == wave.c.id)
        .where(delivery.c.chat_id == chat_id, wave.c.post_id.is_not(None))
    )
    chosen = (
        sa.select(digest_item.c.post_id)
        .join(delivery, delivery.c.id == digest_item.c.delivery_id)
        .where(delivery.c.chat_id == chat_id)
    )
    region = sa.and_(
        post.c.reach == int(Reach.REGION),
        sa.literal(federation_id).in_(wished),
    )
    rows = await connection.scalars(
        sa.select(post.c.id)
        .where(
            sa.or_(post.c.organization_id.in_(wished), region),
            post.c.public_revision_id.is_not(None),
            post.c.retracted_at.is_(None),
            post.c.id.not_in(had),
            post.c.id.not_in(chosen),
        )
        .order_by(post.c.at.desc(), post.c.id.desc())
        .limit(limit)
    )
    return list(rows)
