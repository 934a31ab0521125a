"""Chats that refuse softly: on how many days in a row, and since when their posts are no longer tried.

A day is a day of UTC: the platforms' outages and our waves know no local midnight, and one way of
counting serves every chat, wherever its people are. One success begins the count anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import AlarmKind, ChatKind, ChatState, DeliveryState, Reason, WaveKind
from storage import alarms, ledger, whereabouts
from storage.tables import chat, delivery, failing, wave

DAY_MS = 86_400_000
# What may be everybody's trouble: with so many chats failing alike, none of them is at fault.
_COMMON = frozenset({Reason.SERVER_ERROR, Reason.UNREACHABLE, Reason.OTHER})
_MANY = 3
# Who may delete or edit what is there may still be forbidden to write.
_CHANGES = (int(WaveKind.AMEND), int(WaveKind.RETRACT))


@dataclass(frozen=True, slots=True)
class Failing:
    """A chat that is set aside; `probe_at` None: its next post is a trial."""

    chat_id: int
    external: str
    topic: str
    kind: ChatKind
    reason: Reason
    failed_at: int
    aside_at: int
    probe_at: int | None


async def failed(
    connection: AsyncConnection, chat_id: int, reason: Reason, now: int, limit: int
) -> int | None:
    """Count a failure; returns when the chat is to be looked at next if it is set aside, else None.

    After failures on `limit` distinct days without a success the chat is set aside and an alarm raised.
    """
    known = (
        await connection.execute(sa.select(failing).where(failing.c.chat_id == chat_id))
    ).first()
    aside_at: int | None = None
    days = 1
    if known is not None and not await _succeeded(connection, chat_id, known.failed_at):
        days = known.days + (now // DAY_MS != known.failed_at // DAY_MS)
        aside_at = known.aside_at
    if (
        aside_at is None
        and days >= limit
        and not await _is_common(connection, chat_id, reason, now)
    ):
        aside_at = now
    probe_at = None if aside_at is None else now + DAY_MS
    values = {
        "reason": int(reason),
        "days": min(days, 10_000),
        "failed_at": now,
        "aside_at": aside_at,
        "probe_at": probe_at,
    }
    if known is None:
        await connection.execute(failing.insert().values(chat_id=chat_id, **values))
    else:
        await connection.execute(
            failing.update().where(failing.c.chat_id == chat_id).values(**values)
        )
    if aside_at is not None:
        detail = str(int(reason))
        await alarms.raise_(connection, AlarmKind.CHAT, alarms.of_chat(chat_id), detail, now)
    return probe_at


async def _succeeded(connection: AsyncConnection, chat_id: int, since: int) -> bool:
    found = await connection.scalar(
        sa.select(delivery.c.id)
        .where(
            delivery.c.chat_id == chat_id,
            # In the waves that may have led to one since then: there is no index by chat alone.
            delivery.c.wave_id.in_(
                whereabouts.waves_for(chat_id).where(
                    wave.c.due_at > since - 7 * DAY_MS, wave.c.kind.not_in(_CHANGES)
                )
            ),
            delivery.c.state == int(DeliveryState.SENT),
            delivery.c.settled_at > since,
        )
        .limit(1)
    )
    return found is not None


async def _is_common(connection: AsyncConnection, chat_id: int, reason: Reason, now: int) -> bool:
    """Tell whether other chats of the account fail in the same way these days."""
    if reason not in _COMMON:
        return False
    account = sa.select(chat.c.account_id).where(chat.c.id == chat_id).scalar_subquery()
    others = await connection.scalar(
        sa.select(sa.func.count())
        .select_from(failing)
        .join(chat, chat.c.id == failing.c.chat_id)
        .where(
            chat.c.account_id == account,
            failing.c.chat_id != chat_id,
            failing.c.reason == int(reason),
            failing.c.failed_at > now - 2 * DAY_MS,
        )
    )
    return (others or 0) >= _MANY


async def asides(connection: AsyncConnection, account_id: int) -> list[Failing]:
    """Return the chats of an account that are set aside."""
    rows = await connection.execute(
        sa.select(
            chat.c.id,
            chat.c.external,
            chat.c.topic,
            chat.c.kind,
            failing.c.reason,
            failing.c.failed_at,
            failing.c.aside_at,
            failing.c.probe_at,
        )
        .join(chat, chat.c.id == failing.c.chat_id)
        .where(
            chat.c.account_id == account_id,
            chat.c.state == int(ChatState.ACTIVE),
            failing.c.aside_at.is_not(None),
        )
        .order_by(chat.c.id)
    )
    return [Failing(r[0], r[1], r[2], ChatKind(r[3]), Reason(r[4]), r[5], r[6], r[7]) for r in rows]


async def lost(connection: AsyncConnection, account_id: int) -> list[int]:
    """Return the chats of an account that failed and are switched off since: nobody need see to them any more."""
    rows = await connection.scalars(
        sa.select(failing.c.chat_id)
        .join(chat, chat.c.id == failing.c.chat_id)
        .where(chat.c.account_id == account_id, chat.c.state != int(ChatState.ACTIVE))
    )
    return list(rows)


async def forget(connection: AsyncConnection, chat_ids: Sequence[int], now: int) -> None:
    """Forget that chats failed; what was said of them is taken back without a word."""
    for chat_id in chat_ids:
        await connection.execute(failing.delete().where(failing.c.chat_id == chat_id))
        subject = alarms.of_chat(chat_id)
        await alarms.clear(connection, AlarmKind.CHAT, subject, now, silently=True)


async def works_again(connection: AsyncConnection, one: Failing) -> bool:
    """Tell whether a chat has taken something since it failed last."""
    return await _succeeded(connection, one.chat_id, one.failed_at)


async def clear(connection: AsyncConnection, chat_id: int, now: int) -> None:
    """Let a chat be as any other again, and what waits for it go."""
    await connection.execute(failing.delete().where(failing.c.chat_id == chat_id))
    await alarms.clear(connection, AlarmKind.CHAT, alarms.of_chat(chat_id), now)
    await release(connection, chat_id)


async def release(connection: AsyncConnection, chat_id: int) -> None:
    """Let what waits for a chat be tried now."""
    await connection.execute(
        delivery.update()
        .where(
            delivery.c.chat_id == chat_id,
            delivery.c.wave_id.in_(whereabouts.waves_for(chat_id).where(wave.c.open)),
            delivery.c.state == int(DeliveryState.PENDING),
        )
        .values(not_before=None)
    )


async def probe_at(connection: AsyncConnection, chat_id: int, moment: int | None) -> None:
    """Say when a chat is looked at next; None: its next post is a trial."""
    await connection.execute(
        failing.update().where(failing.c.chat_id == chat_id).values(probe_at=moment)
    )


async def expire(connection: AsyncConnection, one: Failing, before: int, now: int) -> Sequence[int]:
    """Give up what was due before that moment and waits for a chat; returns the waves closed by it."""
    late = whereabouts.waves_for(one.chat_id).where(wave.c.open, wave.c.due_at < before)
    waves = await connection.scalars(
        delivery.update()
        .where(
            delivery.c.chat_id == one.chat_id,
            delivery.c.state == int(DeliveryState.PENDING),
            delivery.c.wave_id.in_(late),
        )
        .values(state=int(DeliveryState.REFUSED), reason=int(one.reason), settled_at=now)
        .returning(delivery.c.wave_id)
    )
    closing = set(waves)
    return sorted(await ledger.close_waves(connection, closing)) if closing else []
