"""How the network does, in lines for the terminal: what is wrong, and the numbers of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.networks import NETWORKS
from core.words import AlarmKind, HoldScope, Reason
from newsroom.reasons import REASONS
from storage import accounts, alarms, chats, health, holds, organizations
from storage.alarms import Alarm
from storage.holds import Hold

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
    """Return a line for each stop, each source and account that stands still, and each alarm that is raised."""
    lines = [await _stop(connection, one, zone) for one in await holds.live(connection)]
    lines += [
        f"Источник «{slug}»: {trouble}"
        for slug, trouble in await health.troubled_sources(connection)
    ]
    names: dict[str, str] = {}
    for account in await accounts.active(connection):
        names[alarms.of_account(account.id)] = f"Аккаунт «{account.slug}»"
        if account.trouble is not None:
            lines.append(f"Аккаунт «{account.slug}»: {account.trouble}")
    for one in await alarms.standing(connection):
        if one.kind is not AlarmKind.ACCOUNT:  # said already
            lines.append(await _line(connection, one, names, zone))
    return lines


async def _stop(connection: AsyncConnection, one: Hold, zone: ZoneInfo) -> str:
    what = "вся рассылка"
    if one.scope is HoldScope.MESSENGER:
        what = NETWORKS.get(one.network or "", one.network or "")
    elif one.scope is HoldScope.ORGANIZATION and one.organization_id is not None:
        named = await organizations.named(connection, [one.organization_id])
        what = f"«{named[0].short}» и все под ней"
    return f"Остановлено командой /halt: {what} (с {_moment(one.at, zone)})"


async def _line(
    connection: AsyncConnection, one: Alarm, names: dict[str, str], zone: ZoneInfo
) -> str:
    where, why = names.get(one.subject, one.subject), ""
    if one.kind is AlarmKind.CHAT:
        chat = await chats.get(connection, alarms.id_of(one))
        where = (chat.title or chat.external) if chat is not None else one.subject
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
