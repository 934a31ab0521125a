"""Whom a post concerns: the chats whose choice of organizations and rubrics fits, and what they had of late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import ChatKind, ChatState, DeliveryState, Mode, Reach, WaveKind
from storage.rows import hot
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

END = 2**62  # behind every id
_TOGETHER = 1_000  # chats asked about in one statement


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of subscriptions by their ids: the first is not in it, the last is."""

    after: int = 0
    upto: int = END


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is looked for: followers of organizations in a rubric, at a moment (ms UTC), in a stretch.

    Left out are those who have a delivery in the waves `had`, or `post_id` in one of the `selections`.
    """

    organization_ids: Collection[int]
    rubric_id: int | None
    now: int
    span: Span = field(default_factory=Span)
    post_id: int | None = None
    had: Collection[int] = ()
    selections: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat whose choice fits, with its wishes about when."""

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


def fitting(sought: Sought) -> sa.ColumnElement[bool]:
    """Return whether a chat by its subscription is one of those looked for, if its account lives."""
    own = subscription_rubric.c.subscription_id == subscription.c.id
    all_rubrics = ~sa.exists().where(own)
    this_rubric = sa.exists().where(own, subscription_rubric.c.rubric_id == sought.rubric_id)
    follower = subscription_organization.c
    followers = sa.select(follower.subscription_id).where(
        follower.organization_id.in_(list(sought.organization_ids))
    )
    if sought.span != Span():
        followers = followers.where(
            follower.subscription_id > sought.span.after,
            follower.subscription_id <= sought.span.upto,
        )
    conditions = [
        subscription.c.id.in_(followers),
        subscription.c.ended_at.is_(None),
        sa.or_(subscription.c.paused_until.is_(None), subscription.c.paused_until <= sought.now),
        chat.c.state == int(ChatState.ACTIVE),
        all_rubrics if sought.rubric_id is None else sa.or_(all_rubrics, this_rubric),
    ]
    if sought.had:
        conditions.append(~sa.exists().where(_had(sought.had)))
    if sought.selections:
        shown = sa.and_(
            _had(sought.selections),
            digest_item.c.delivery_id == delivery.c.id,
            digest_item.c.post_id == sought.post_id,
        )
        conditions.append(~sa.exists().where(shown))
    return sa.and_(*conditions)


def _had(wave_ids: Collection[int]) -> sa.ColumnElement[bool]:
    return sa.and_(delivery.c.chat_id == chat.c.id, delivery.c.wave_id.in_(sorted(wave_ids)))


def at_once(*, urgent: bool, scheduled: bool) -> sa.ColumnElement[bool]:
    """Return whether a chat gets a post alone and now by its wish as it stands, whatever the hour.

    So much of newsroom.policy.choose, no more: whom this leaves out is decided about there.
    """
    wish = subscription.c
    awake = sa.or_(
        wish.night_from_minute.is_(None),
        wish.night_to_minute.is_(None),
        wish.night_from_minute == wish.night_to_minute,
    )
    if urgent:
        return sa.and_(wish.mode != int(Mode.ASK), awake)
    unbound = sa.and_(awake, wish.day_limit.is_(None), wish.gap_s.is_(None))
    if scheduled:
        unbound = sa.or_(unbound, chat.c.kind != int(ChatKind.PRIVATE))
    return sa.and_(wish.mode == int(Mode.AT_ONCE), unbound)


async def candidates(
    connection: AsyncConnection,
    sought: Sought,
    simple: sa.ColumnElement[bool],
    accounts: Collection[int] = (),
) -> list[Candidate]:
    """Return those looked for, without the simple ones of these accounts, by subscription."""
    of_these = sa.and_(simple, chat.c.account_id.in_(list(accounts)))
    rows = await connection.execute(
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
        .select_from(subscription)
        .join(chat, chat.c.id == subscription.c.chat_id)
        .join(account, account.c.id == chat.c.account_id)
        .outerjoin(person, sa.and_(person.c.id == chat.c.person_id, chat.c.kind == 1))
        .where(account.c.archived.is_(sa.false()), fitting(sought))
        .where(~of_these if accounts else sa.true())
        .order_by(subscription.c.id)
    )
    return [
        Candidate(r[0], r[1], ChatKind(r[2]), Mode(r[3]), r[4], r[5], r[6], r[7], r[8], r[9])
        for r in rows
    ]


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
