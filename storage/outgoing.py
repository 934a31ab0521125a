"""Deliveries as conversations see them: those a person is asked about, and those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.richtext import RichText
from core.words import ChatKind, DeliveryState, HoldScope, WaveKind
from storage import ledger, organizations, showing, whereabouts
from storage.tables import (
    account,
    chat,
    delivery,
    digest_item,
    post,
    revision,
    revision_media,
    wave,
)

_selected = post.alias("selected")

# What brings something new; corrections and retractions of what is out are never held or called off.
_FRESH = (WaveKind.CREATE, WaveKind.DIGEST, WaveKind.RESEND)


@dataclass(frozen=True, slots=True)
class Question:
    """A delivery that waits for a person's word; a selection has neither revision nor title.

    `pictures` is how many come with it, `organization_id` the channel's; `retracted` that its post was
    taken back since; `footer` is the channel's, as core.richtext.to_json; `of_id` is of an amend.
    """

    delivery_id: int
    state: DeliveryState
    chat_id: int
    account_id: int
    channel: str
    owner_id: int | None
    revision_id: int | None
    title: str
    body: RichText
    pictures: int
    organization_id: int | None
    retracted: bool
    wave_kind: WaveKind
    of_id: int | None
    chat_kind: ChatKind
    link: str | None
    footer: Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits: deliveries, the chats they go to, the posts they carry."""

    deliveries: int
    chats: int
    posts: int


_pictures = (
    sa.select(sa.func.count())
    .where(revision_media.c.revision_id == wave.c.revision_id)
    .correlate(wave)
    .scalar_subquery()
)
_questions = (
    sa.select(
        delivery.c.id,
        delivery.c.state,
        delivery.c.chat_id,
        chat.c.account_id,
        chat.c.title.label("channel"),
        chat.c.person_id,
        wave.c.revision_id,
        revision.c.title,
        revision.c.body,
        _pictures.label("pictures"),
        chat.c.organization_id,
        post.c.retracted_at,
        wave.c.kind.label("wave_kind"),
        delivery.c.of_id,
        chat.c.kind.label("chat_kind"),
        revision.c.link,
        chat.c.footer,
    )
    .join(chat, chat.c.id == delivery.c.chat_id)
    .join(wave, wave.c.id == delivery.c.wave_id)
    .outerjoin(revision, revision.c.id == wave.c.revision_id)
    .outerjoin(post, post.c.id == wave.c.post_id)
)


def _read(row: Any) -> Question:
    return Question(
        delivery_id=row.id,
        state=DeliveryState(row.state),
        chat_id=row.chat_id,
        account_id=row.account_id,
        channel=row.channel,
        owner_id=row.person_id,
        revision_id=row.revision_id,
        title=row.title or "",
        body=RichText() if row.body is None else richtext.from_json(row.body),
        pictures=row.pictures,
        organization_id=row.organization_id,
        retracted=row.retracted_at is not None,
        wave_kind=WaveKind(row.wave_kind),
        of_id=row.of_id,
        chat_kind=ChatKind(row.chat_kind),
        link=row.link,
        footer=row.footer,
    )


# In the words of the index: SQLite sees that it fits only if the numbers are the same.
_ASKING = f"delivery.state IN ({int(DeliveryState.UNKNOWN)}, {int(DeliveryState.ASKING)})"


async def unasked(connection: AsyncConnection, limit: int) -> list[Question]:
    """Return deliveries to groups, channels and walls about which nobody was asked yet, oldest first."""
    # Held by the owner's wish, or of unknown fate.
    rows = await connection.execute(
        _questions.where(
            sa.text(_ASKING),
            delivery.c.asked_at.is_(None),
            chat.c.kind != ChatKind.PRIVATE,
        )
        .order_by(delivery.c.id)
        .limit(limit)
    )
    return [_read(row) for row in rows]


async def question(connection: AsyncConnection, delivery_id: int) -> Question | None:
    """Return a delivery as a question, whatever its state is now, or None."""
    # What the card was about.
    row = (await connection.execute(_questions.where(delivery.c.id == delivery_id))).first()
    return None if row is None else _read(row)


async def asked(connection: AsyncConnection, delivery_id: int, now: int) -> None:
    """Note that somebody was asked about a delivery."""
    # One card is enough.
    await connection.execute(
        sa.update(delivery).where(delivery.c.id == delivery_id).values(asked_at=now)
    )


_ANEW: dict[str, Any] = {  # as if it had never been tried
    "state": DeliveryState.PENDING,
    "attempts": 0,
    "doubt": False,
    "asked_at": None,
    "not_before": None,
    "claimed_at": None,
    "settled_at": None,
}


async def _settle(
    connection: AsyncConnection, delivery_id: int, was: DeliveryState, **values: Any
) -> bool:
    # Only if it still is what the person was asked about.
    changed = await connection.scalar(
        sa.update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.state == was)
        .values(**values)
        .returning(delivery.c.wave_id)
    )
    if changed is None:
        return False
    await ledger.close_waves(connection, [changed])
    return True


async def release(connection: AsyncConnection, delivery_id: int) -> bool:
    """Let a delivery go that its owner was asked about; False if it was settled already."""
    # The owner said yes; should its fate become unknown, that is another question.
    return await _settle(
        connection,
        delivery_id,
        DeliveryState.ASKING,
        state=DeliveryState.PENDING,
        asked_at=None,
    )


async def decline(connection: AsyncConnection, delivery_id: int, now: int) -> bool:
    """Call a delivery off that its owner was asked about; False if it was settled already."""
    # The owner said no.
    return await _settle(
        connection,
        delivery_id,
        DeliveryState.ASKING,
        state=DeliveryState.CANCELLED,
        settled_at=now,
    )


async def arrived(connection: AsyncConnection, delivery_id: int, now: int) -> bool:
    """Settle a delivery of unknown fate as sent; False if it was settled already."""
    # Somebody looked and saw it.
    if not await _settle(
        connection, delivery_id, DeliveryState.UNKNOWN, state=DeliveryState.SENT, settled_at=now
    ):
        return False
    of_id = await _of(connection, delivery_id)
    if of_id is not None:
        await _part_is_there(connection, of_id)
    return True


async def arrived_in_part(connection: AsyncConnection, delivery_id: int) -> bool:
    """Let a delivery of unknown fate go on behind the part that arrived; False if it was settled already."""
    # Parts leave one after the other: behind the one in doubt nothing was sent.
    if not await _settle(connection, delivery_id, DeliveryState.UNKNOWN, **_ANEW):
        return False
    await _part_is_there(connection, await _of(connection, delivery_id) or delivery_id)
    return True


async def _of(connection: AsyncConnection, delivery_id: int) -> int | None:
    found = await connection.scalar(sa.select(delivery.c.of_id).where(delivery.c.id == delivery_id))
    return None if found is None else int(found)


async def _part_is_there(connection: AsyncConnection, delivery_id: int) -> None:
    """Keep that the next part is there, under a number that nobody knows: it is not sent again."""
    known = await showing.messages_of(connection, delivery_id)
    await showing.keep_messages(connection, delivery_id, len(known), [""])


async def give_up(connection: AsyncConnection, delivery_id: int, now: int) -> bool:
    """Call a delivery of unknown fate off for good; False if it was settled already."""
    # Its post was taken back meanwhile.
    return await _settle(
        connection,
        delivery_id,
        DeliveryState.UNKNOWN,
        state=DeliveryState.CANCELLED,
        settled_at=now,
    )


async def again(connection: AsyncConnection, delivery_id: int) -> bool:
    """Send a delivery of unknown fate once more, under a new key; False if it was settled already."""
    # Somebody looked and it was not there.
    return await _settle(
        connection,
        delivery_id,
        DeliveryState.UNKNOWN,
        generation=delivery.c.generation + 1,
        **_ANEW,
    )


async def call_off_chat(connection: AsyncConnection, chat_id: int, now: int) -> int:
    """Cancel what has not left yet for a chat, except corrections and retractions; return how many."""
    fresh = whereabouts.waves_for(chat_id).where(
        wave.c.open, wave.c.kind.in_([int(kind) for kind in _FRESH])
    )
    # The chat does not want it any more.
    waves = list(
        await connection.scalars(
            sa.update(delivery)
            .where(
                delivery.c.chat_id == chat_id,
                delivery.c.state.in_((DeliveryState.PENDING, DeliveryState.ASKING)),
                delivery.c.wave_id.in_(fresh),
            )
            .values(state=DeliveryState.CANCELLED, settled_at=now)
            .returning(delivery.c.wave_id)
        )
    )
    if waves:
        await ledger.close_waves(connection, waves)
    return len(waves)


async def waiting(
    connection: AsyncConnection,
    scope: HoldScope,
    network: str | None = None,
    organization_id: int | None = None,
) -> Waiting:
    """Count what a stop of this scope holds back, an organization's with all below it."""
    conditions = [
        delivery.c.state == DeliveryState.PENDING,
        wave.c.kind.in_([int(kind) for kind in _FRESH]),
    ]
    if scope is HoldScope.MESSENGER:
        conditions.append(account.c.network == network)
    if scope is HoldScope.ORGANIZATION and organization_id is not None:
        stopped = await organizations.subtree(connection, organization_id)
        in_selection = sa.exists().where(
            digest_item.c.delivery_id == delivery.c.id,
            digest_item.c.post_id == _selected.c.id,
            _selected.c.organization_id.in_(stopped),
        )
        conditions.append(
            sa.or_(
                post.c.organization_id.in_(stopped),
                chat.c.organization_id.in_(stopped),
                in_selection,
            )
        )
    # What would leave if nothing held it.
    row = (
        await connection.execute(
            sa.select(
                sa.func.count(delivery.c.id).label("deliveries"),
                sa.func.count(sa.distinct(delivery.c.chat_id)).label("chats"),
                sa.func.count(sa.distinct(wave.c.post_id)).label("posts"),
            )
            .join(wave, wave.c.id == delivery.c.wave_id)
            .join(chat, chat.c.id == delivery.c.chat_id)
            .join(account, account.c.id == wave.c.account_id)
            .outerjoin(post, post.c.id == wave.c.post_id)
            .where(*conditions)
        )
    ).one()
    return Waiting(row.deliveries, row.chats, row.posts)


async def accounts(connection: AsyncConnection, network: str | None = None) -> list[int]:
    """Return the ids of the living accounts, of one network or of all."""
    query = sa.select(account.c.id).where(sa.not_(account.c.archived))
    if network is not None:
        query = query.where(account.c.network == network)
    # Whose couriers look again.
    return list(await connection.scalars(query.order_by(account.c.id)))
