"""Whom a post concerns: the chats whose choice of organizations and rubrics fits, and what they had of late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, DeliveryState, Mode, Reach, WaveKind
from storage.rows import hot
from storage.sought import END, Sought, Span, fitting, fitting_sql, fitting_values, with_lists
from storage.tables import (
    account,
    chat,
    delivery,
    digest_item,
    organization,
    post,
    subscription,
    subscription_organization,
    wave,
)

_TOGETHER = 1_000  # chats asked about in one statement


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a chat is and when it wants posts."""

    chat_kind: ChatKind
    mode: Mode
    digest_minute: int
    night_from_minute: int | None
    night_to_minute: int | None
    day_limit: int | None
    gap_s: int | None
    zone: str | None  # the chat's or its person's own; None: the region's


_CANDIDATES = """
SELECT chat.id, chat.account_id, chat.kind, subscription.mode, subscription.digest_minute,
  subscription.night_from_minute, subscription.night_to_minute, subscription.day_limit,
  subscription.gap_s, COALESCE(chat.zone, person.zone)
FROM subscription
JOIN chat ON chat.id = subscription.chat_id
JOIN account ON account.id = chat.account_id
LEFT JOIN person ON person.id = chat.person_id AND chat.kind = 1
WHERE NOT account.archived AND {fitting}{others}
ORDER BY subscription.id"""


async def candidates(
    connection: AsyncConnection,
    sought: Sought,
    simple: str,
    accounts: Collection[int] = (),
) -> dict[Wishes, list[tuple[int, int]]]:
    """Return those looked for, without the simple ones of these accounts: (chat, account) by what they wish."""
    others = f"\nAND NOT ({simple} AND chat.account_id IN :accounts)" if accounts else ""
    values = fitting_values(sought)
    if accounts:
        values["accounts"] = list(accounts)
    text = _CANDIDATES.format(fitting=fitting_sql(sought), others=others)
    rows = await connection.execute(*with_lists(text, values))
    # Very many have the same wishes: they are read once.
    alike: dict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        alike[row[2:]].append((row[0], row[1]))
    return {
        Wishes(ChatKind(kind), Mode(mode), *more): chats
        for (kind, mode, *more), chats in alike.items()
    }


_FOLLOWERS = """
SELECT COUNT(DISTINCT subscription_id) FROM subscription_organization
WHERE organization_id IN :organizations AND subscription_id > :after AND subscription_id <= :upto"""


async def followers(connection: AsyncConnection, sought: Sought) -> int:
    """Return how many subscriptions of the stretch follow the organizations at all, ended ones too."""
    values = fitting_values(sought)
    asked = {name: values[name] for name in ("organizations", "after", "upto")}
    return int(await connection.scalar(*with_lists(_FOLLOWERS, asked)) or 0)


async def wishing(connection: AsyncConnection, sought: Sought, chat_ids: Sequence[int]) -> set[int]:
    """Return which of these chats are among those looked for."""
    found: set[int] = set()
    for first in range(0, len(chat_ids), _TOGETHER):
        rows = await connection.scalars(
            sa.select(chat.c.id)
            .select_from(subscription)
            .join(chat, chat.c.id == subscription.c.chat_id)
            .join(account, account.c.id == chat.c.account_id)
            .where(account.c.archived.is_(sa.false()), fitting(sought))
            .where(chat.c.id.in_(chat_ids[first : first + _TOGETHER]))
        )
        found.update(rows)
    return found


async def span(
    connection: AsyncConnection, organization_ids: Iterable[int], after: int, many: int
) -> Span:
    """Return the next stretch with about so many followers; it ends at END when it is the last."""
    upto = END
    for organization_id in organization_ids:
        # One at a time: each is a stretch of an index, all together would have to be sorted.
        last = await hot(
            connection,
            "SELECT subscription_id FROM subscription_organization"
            " WHERE organization_id = ? AND subscription_id > ?"
            " ORDER BY subscription_id LIMIT 1 OFFSET ?",
            (organization_id, after, many - 1),
        )
        upto = min(upto, last[0][0] if last else END)
    return Span(after, upto)


async def due_moments(
    connection: AsyncConnection, limited: Mapping[int, Iterable[int]], since: int
) -> dict[int, list[int]]:
    """Return when the posts of chats were or are due since a moment, earliest first.

    `limited` are the chats by their accounts, the answer is by chat.
    """
    found: dict[int, list[int]] = {}
    for account_id, chat_ids in limited.items():
        # By the account's late waves: a chat's whole past is longer, and no index leads into it.
        rows = await connection.execute(
            sa.select(delivery.c.chat_id, wave.c.due_at)
            .select_from(wave)
            .join(delivery, delivery.c.wave_id == wave.c.id)
            .where(
                wave.c.account_id == account_id,
                wave.c.kind == int(WaveKind.CREATE),
                wave.c.due_at >= since,
                delivery.c.chat_id.in_(list(chat_ids)),
                delivery.c.state.not_in([int(DeliveryState.CANCELLED), int(DeliveryState.REFUSED)]),
            )
            .order_by(wave.c.due_at)
        )
        for chat_id, due_at in rows:
            found.setdefault(chat_id, []).append(due_at)
    return found


async def latest_for(
    connection: AsyncConnection, chat_id: int, federation_id: int, limit: int
) -> list[int]:
    """Return the newest posts that fit a chat's choice and that it was not sent yet, newest first."""
    wished = (
        sa.select(subscription_organization.c.organization_id)
        .join(subscription, subscription.c.id == subscription_organization.c.subscription_id)
        .where(subscription.c.chat_id == chat_id)
    )
    own = sa.select(chat.c.account_id).where(chat.c.id == chat_id).scalar_subquery()
    had = sa.exists().where(
        wave.c.post_id == post.c.id, delivery.c.wave_id == wave.c.id, delivery.c.chat_id == chat_id
    )
    chosen = sa.exists().where(
        wave.c.account_id == own,
        wave.c.kind == int(WaveKind.DIGEST),
        wave.c.due_at >= post.c.created_at,
        delivery.c.wave_id == wave.c.id,
        delivery.c.chat_id == chat_id,
        digest_item.c.delivery_id == delivery.c.id,
        digest_item.c.post_id == post.c.id,
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
            ~had,
            ~chosen,
        )
        .order_by(post.c.at.desc(), post.c.id.desc())
        .limit(limit)
    )
    return list(rows)


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
