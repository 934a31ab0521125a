"""What is wrong and for how long: raised once, told to people, cleared once; it outlives a restart.

An alarm is a kind and a subject («account:3»). Everything that finds something wrong raises it here,
and everything that tells of it reads it here. All moments are ms UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import AlarmKind
from storage.tables import alarm

AGAIN_MS = 86_400_000  # what is not mended is told once a day
_ONCE = alarm.c.kind == int(AlarmKind.CHAT)  # one place's own trouble: nobody need be reminded
KEPT_MS = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something wrong; `detail` is a sentence or a number, by kind."""

    id: int
    kind: AlarmKind
    subject: str
    detail: str
    raised_at: int
    cleared_at: int | None


def of_account(account_id: int) -> str:
    """Return the subject of what is wrong with an account."""
    return f"account:{account_id}"


def of_chat(chat_id: int) -> str:
    """Return the subject of what is wrong with a chat."""
    return f"chat:{chat_id}"


def id_of(one: Alarm) -> int:
    """Return the account or chat that an alarm is about."""
    return int(one.subject.partition(":")[2])


async def raise_(
    connection: AsyncConnection, kind: AlarmKind, subject: str, detail: str, now: int
) -> bool:
    """Raise an alarm; False if it is raised already, then only its detail is brought up to date."""
    mine = sa.and_(
        alarm.c.kind == int(kind), alarm.c.subject == subject, alarm.c.cleared_at.is_(None)
    )
    known = await connection.scalar(
        alarm.update().where(mine).values(detail=detail).returning(alarm.c.id)
    )
    if known is not None:
        return False
    await connection.execute(
        alarm.insert().values(kind=int(kind), subject=subject, detail=detail, raised_at=now)
    )
    return True


async def clear(
    connection: AsyncConnection,
    kind: AlarmKind,
    subject: str,
    now: int,
    *,
    silently: bool = False,
) -> bool:
    """Clear an alarm; False if there is none. One that nobody was told of leaves without a word.

    `silently`: so does one that has become pointless instead of being mended.
    """
    unheard = sa.literal(now) if silently else sa.case((alarm.c.told_at.is_(None), now))
    cleared = await connection.scalar(
        alarm.update()
        .where(alarm.c.kind == int(kind), alarm.c.subject == subject, alarm.c.cleared_at.is_(None))
        .values(cleared_at=now, over_told_at=unheard)
        .returning(alarm.c.id)
    )
    return cleared is not None


async def reconcile(
    connection: AsyncConnection,
    kind: AlarmKind,
    wrong: Mapping[str, str],
    now: int,
    among: Collection[str] | None = None,
) -> bool:
    """Let the alarms of a kind be exactly these (subject → detail); True if one was raised or cleared.

    Those of subjects that are not `among` these are somebody else's to judge.
    """
    known = await wrong_by(connection, kind, among)
    changed = False
    for subject, detail in wrong.items():
        if known.get(subject) != detail:
            changed |= await raise_(connection, kind, subject, detail, now)
    for subject in known.keys() - wrong.keys():
        changed |= await clear(connection, kind, subject, now)
    return changed


async def wrong_by(
    connection: AsyncConnection, kind: AlarmKind, among: Collection[str] | None = None
) -> dict[str, str]:
    """Return what stands raised of a kind (subject → detail), of the subjects `among` these if there are any."""
    return {
        one.subject: one.detail
        for one in await standing(connection)
        if one.kind is kind and (among is None or one.subject in among)
    }


_columns = (
    alarm.c.id,
    alarm.c.kind,
    alarm.c.subject,
    alarm.c.detail,
    alarm.c.raised_at,
    alarm.c.cleared_at,
)


async def standing(connection: AsyncConnection) -> list[Alarm]:
    """Return what is wrong now, the oldest first."""
    return await _read(connection, alarm.c.cleared_at.is_(None))


async def untold(connection: AsyncConnection, now: int) -> list[Alarm]:
    """Return what people are to hear of: raised, still there after a day, or over."""
    again = sa.and_(alarm.c.told_at <= now - AGAIN_MS, sa.not_(_ONCE))
    due = sa.or_(alarm.c.told_at.is_(None), again)
    over = sa.and_(alarm.c.cleared_at.is_not(None), alarm.c.over_told_at.is_(None))
    return await _read(connection, sa.or_(sa.and_(alarm.c.cleared_at.is_(None), due), over))


async def told(connection: AsyncConnection, one: Alarm, now: int) -> None:
    """Note that people heard of an alarm, or that it is over."""
    column = alarm.c.told_at if one.cleared_at is None else alarm.c.over_told_at
    await connection.execute(alarm.update().where(alarm.c.id == one.id).values({column: now}))


async def next_moment(connection: AsyncConnection) -> int | None:
    """Return when an alarm is to be told of once more."""
    first = await connection.scalar(
        sa.select(sa.func.min(alarm.c.told_at)).where(alarm.c.cleared_at.is_(None), sa.not_(_ONCE))
    )
    return None if first is None else int(first) + AGAIN_MS


async def purge(connection: AsyncConnection, now: int) -> None:
    """Forget what was over long ago."""
    await connection.execute(alarm.delete().where(alarm.c.cleared_at < now - KEPT_MS))


async def _read(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> list[Alarm]:
    rows = await connection.execute(sa.select(*_columns).where(which).order_by(alarm.c.id))
    return [Alarm(r[0], AlarmKind(r[1]), r[2], r[3], r[4], r[5]) for r in rows]
