"""How the network does, in lines for the terminal: what is wrong, and the numbers of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import AlarmKind, Reason
from newsroom.reasons import REASONS
from storage import accounts, alarms, chats, health
from storage.alarms import Alarm

METRIC_MS = 30 * 86_400_000
_SAID = MappingProxyType(
    {
        AlarmKind.SILENT: "{where}: мессенджер не отвечает",
        AlarmKind.STUCK: "{where}: отправка не заканчивается дольше 10 минут",
        AlarmKind.UNKNOWNS: "слишком часто неизвестно, дошло ли: {detail} на 100 000 отправок за сутки",
        AlarmKind.DISK: "на диске почти нет места",
        AlarmKind.CHAT: "«{where}» отложен: {why}",
    }
)


async def troubles(connection: AsyncConnection, zone: ZoneInfo) -> list[str]:
    """Return a line for each source and account that stands still, and for each alarm that is raised."""
    lines = [
        f"Источник «{slug}»: {trouble}"
        for slug, trouble in await health.troubled_sources(connection)
    ]
    names: dict[str, str] = {}
    for account in await accounts.active(connection):
        names[f"account:{account.id}"] = f"Аккаунт «{account.slug}»"
        if account.trouble is not None:
            lines.append(f"Аккаунт «{account.slug}»: {account.trouble}")
    for one in await alarms.standing(connection):
        if one.kind is not AlarmKind.ACCOUNT:  # said already
            lines.append(await _line(connection, one, names, zone))
    return lines


async def _line(
    connection: AsyncConnection, one: Alarm, names: dict[str, str], zone: ZoneInfo
) -> str:
    what, _, number = one.subject.partition(":")
    where = names.get(one.subject, number)
    why = ""
    if what == "chat":
        chat = await chats.get(connection, int(number))
        where = (chat.title or chat.external) if chat is not None else number
        why = REASONS[Reason(int(one.detail))]
    said = _SAID[one.kind].format(where=where, detail=one.detail, why=why)
    return f"{said} (с {_moment(one.raised_at, zone)})"


async def numbers(connection: AsyncConnection, now: int, zone: ZoneInfo) -> list[str]:
    """Return what the ledger says of the last thirty days, and of this moment."""
    fates = await health.fates(connection, now - METRIC_MS)
    waiting = len(await health.in_the_air(connection))
    since = await health.oldest_in_the_air(connection)
    oldest = f", дольше всех с {_moment(since, zone)}" if since is not None else ""
    return [
        f"За 30 дней отправлено: {fates.ended}; было неизвестно, дошло ли: {fates.unknown} "
        f"({fates.unknown_of_100000:.0f} на 100 000).",
        f"Отправляется сейчас: {waiting}{oldest}.",
    ]


def _moment(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).strftime("%d.%m %H:%M")
