"""How a post went out, was corrected, or was taken back: places one by one, subscribers as counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.richtext import RichText
from core.words import ChatKind, DeliveryState, Lane, Reason, ReviewState, WaveKind
from storage import resending
from storage.tables import account, chat, delivery, digest_item, post, review, revision, wave

SELECTED_MS = 3 * 86_400_000  # a selection takes up posts no longer than that before it goes
_PLANNED = (WaveKind.CREATE, WaveKind.RESEND)
_changed = delivery.alias("changed")  # whose messages an amend or a retraction changes


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a delivery, or of several alike; `due_at` is ms UTC."""

    state: DeliveryState
    reason: Reason | None
    detail: str | None
    in_selection: bool
    due_at: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One delivery to a channel, group or wall; `message` is the first that it made there, or changed."""

    delivery_id: int
    account_id: int
    external: str
    topic: str
    kind: ChatKind
    title: str
    network: str
    message: str | None
    fate: Fate


@dataclass(frozen=True, slots=True)
class Subscribers:
    """Deliveries to private dialogs that went the same way."""

    fate: Fate
    count: int


@dataclass(frozen=True, slots=True)
class Rows:
    """All deliveries of one kind of a post."""

    places: Sequence[PlaceRow]
    subscribers: Sequence[Subscribers]


async def sent(connection: AsyncConnection, post_id: int) -> Rows:
    """Return how a post went out: for each chat what counts now, a sending again in place of a refusal."""
    again = resending.sent_again(post_id)
    alone = sa.and_(
        wave.c.post_id == post_id,
        wave.c.kind.in_([int(kind) for kind in _PLANNED]),
        sa.or_(delivery.c.state != int(DeliveryState.REFUSED), sa.not_(again)),
    )
    selected = sa.and_(
        delivery.c.wave_id.in_(await _selections(connection, post_id)),
        sa.exists().where(
            digest_item.c.delivery_id == delivery.c.id, digest_item.c.post_id == post_id
        ),
        sa.or_(delivery.c.state != int(DeliveryState.REFUSED), sa.not_(again)),
    )
    return _together(await _read(connection, alone), await _read(connection, selected))


async def _selections(connection: AsyncConnection, post_id: int) -> sa.Select[Any]:
    """Return the query of the waves among whose selections the post can be."""
    # By their own time: there is no index by post, and in a year there are millions of selections.
    released = (
        sa.select(sa.func.max(review.c.publish_at))
        .where(review.c.post_id == post_id, review.c.state == int(ReviewState.PUBLISHED))
        .scalar_subquery()
    )
    row = (
        await connection.execute(
            sa.select(post.c.created_at, post.c.at, released.label("released")).where(
                post.c.id == post_id
            )
        )
    ).one()
    first = max(row.created_at, row.at)
    last = max(first, row.released or 0)
    return sa.select(wave.c.id).where(
        wave.c.kind == int(WaveKind.DIGEST),
        wave.c.due_at >= first,
        wave.c.due_at <= last + SELECTED_MS,
    )


async def corrected(connection: AsyncConnection, post_id: int) -> Rows:
    """Return how the correction that made the public text what it is was carried."""
    newest = sa.select(post.c.public_revision_id).where(post.c.id == post_id).scalar_subquery()
    return await _read(
        connection,
        sa.and_(
            wave.c.post_id == post_id,
            wave.c.kind == int(WaveKind.AMEND),
            wave.c.lane == int(Lane.CORRECT),
            wave.c.revision_id == newest,
        ),
    )


async def taken_back(connection: AsyncConnection, post_id: int) -> Rows:
    """Return how a post was taken back, copy by copy."""
    return await _read(
        connection, sa.and_(wave.c.post_id == post_id, wave.c.lane == int(Lane.RETRACT))
    )


def _together(one: Rows, other: Rows) -> Rows:
    return Rows([*one.places, *other.places], [*one.subscribers, *other.subscribers])


_in_selection = sa.or_(
    wave.c.kind == int(WaveKind.DIGEST),
    # What takes a post out of a selection is an amend of it.
    sa.and_(wave.c.kind == int(WaveKind.AMEND), wave.c.lane == int(Lane.RETRACT)),
)
# A messenger's own words differ from chat to chat; ours stand where it was done, or could not be.
_detail = sa.case(
    (
        sa.or_(delivery.c.state == int(DeliveryState.SENT), delivery.c.reason == int(Reason.OTHER)),
        delivery.c.detail,
    )
)
# What waits until somebody says whether there is anything to change is as unknown as that.
_state = sa.case(
    (
        sa.and_(
            delivery.c.state == int(DeliveryState.PENDING),
            _changed.c.state == int(DeliveryState.UNKNOWN),
        ),
        int(DeliveryState.UNKNOWN),
    ),
    else_=delivery.c.state,
)
_fate = (
    _state.label("state"),
    delivery.c.reason,
    _detail.label("detail"),
    _in_selection.label("in_selection"),
    wave.c.due_at,
)


async def _read(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> Rows:
    private = chat.c.kind == int(ChatKind.PRIVATE)
    # Places are few and have names.
    places = await connection.execute(
        _joined(
            sa.select(
                delivery.c.id,
                wave.c.account_id,
                chat.c.external,
                chat.c.topic,
                chat.c.kind.label("chat_kind"),
                chat.c.title,
                account.c.network,
                sa.func.coalesce(delivery.c.message, _changed.c.message).label("message"),
                *_fate,
            )
        )
        .where(which, sa.not_(private))
        .order_by(chat.c.title, delivery.c.id)
    )
    # Subscribers may be hundreds of thousands: counted where they lie.
    subscribers = await connection.execute(
        _joined(sa.select(sa.func.count().label("count"), *_fate))
        .where(which, private)
        .group_by(*_fate)
    )
    return Rows(
        [
            PlaceRow(
                delivery_id=row.id,
                account_id=row.account_id,
                external=row.external,
                topic=row.topic,
                kind=ChatKind(row.chat_kind),
                title=row.title,
                network=row.network,
                message=row.message,
                fate=_read_fate(row),
            )
            for row in places
        ],
        [Subscribers(_read_fate(row), row._mapping["count"]) for row in subscribers],
    )


def _joined(query: sa.Select[Any]) -> sa.Select[Any]:
    return (
        query.select_from(wave)
        .join(delivery, delivery.c.wave_id == wave.c.id)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .join(account, account.c.id == wave.c.account_id)
        .outerjoin(_changed, _changed.c.id == delivery.c.of_id)
    )


def _read_fate(row: Any) -> Fate:
    return Fate(
        DeliveryState(row.state),
        None if row.reason is None else Reason(row.reason),
        row.detail,
        bool(row.in_selection),
        row.due_at,
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """What a post is called: a title and a text, as public or, before that, as they were last."""

    title: str
    body: RichText


async def heading(connection: AsyncConnection, post_id: int) -> Heading:
    """Return what a post is called, also after it was taken back; nothing before it has a revision."""
    newest = (
        sa.select(sa.func.max(revision.c.id)).where(revision.c.post_id == post_id).scalar_subquery()
    )
    # A retraction's notice is a revision too, and no name.
    row = (
        await connection.execute(
            sa.select(revision.c.title, revision.c.body)
            .join(post, post.c.id == revision.c.post_id)
            .where(
                post.c.id == post_id,
                revision.c.id == sa.func.coalesce(post.c.public_revision_id, newest),
            )
        )
    ).first()
    return (
        Heading("", RichText()) if row is None else Heading(row.title, richtext.from_json(row.body))
    )


async def revision_numbers(connection: AsyncConnection, post_id: int) -> dict[int, int]:
    """Return the numbers of a post's revisions by their ids."""
    rows = await connection.execute(
        sa.select(revision.c.id, revision.c.number).where(revision.c.post_id == post_id)
    )
    return {row.id: row.number for row in rows}
