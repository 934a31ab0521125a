"""`deliveries POST`: who got it, who did not and why, what is unknown, what is held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from app.networks import NETWORKS
from app.where import looked_into
from broadcaster.words import REASONS
from core.words import ChatKind, DeliveryState, WaveKind
from storage import deliveries, holds
from storage.database import Where
from storage.deliveries import DeliveryRow, PostLine
from storage.holds import InForce

PLACES = {
    ChatKind.PRIVATE: "диалог",
    ChatKind.GROUP: "группа",
    ChatKind.CHANNEL: "канал",
    ChatKind.WALL: "стена",
}
KINDS = {
    WaveKind.AMEND: "исправление",
    WaveKind.RETRACT: "отзыв",
    WaveKind.DIGEST: "в подборке",
    WaveKind.RESEND: "повтор",
}
_CHANGES = (WaveKind.AMEND, WaveKind.RETRACT)  # of what was delivered: no more receivers
GROUPS = ("Доставлено", "Не доставлено", "Неизвестно, дошло ли", "Удержано", "Ждёт", "Отменено")


async def run(where: Where, wanted: str, zone: ZoneInfo, out: TextIO) -> int:
    """Print the deliveries of a post («last», a number or words of its title); 1 if there is no such post."""
    async with looked_into(where) as connection:
        post = await deliveries.find_post(connection, wanted)
        if post is None:
            print(f"Нет новости «{wanted}». Укажите номер, слова из заголовка или last.", file=out)
            return 1
        rows = await deliveries.of_post(connection, post.id)
        stops = await holds.in_force(connection)
    for line in report(post, rows, stops, zone):
        print(line, file=out)
    return 0


def report(
    post: PostLine, rows: Iterable[DeliveryRow], stops: InForce, zone: ZoneInfo
) -> Iterable[str]:
    """Yield the lines of the report: the sum first, then each group with its places."""
    groups: dict[str, list[str]] = {name: [] for name in GROUPS}
    counts = dict.fromkeys(GROUPS, 0)  # of receivers
    for row in rows:
        group, line = _line(post, row, stops, zone)
        groups[group].append(line)
        counts[group] += row.wave_kind not in _CHANGES
    yield f"№ {post.id} «{post.title}» — {post.organization}, редакция {post.revisions}"
    if not any(groups.values()):
        yield "Никому не отправлялась: новость не подошла ничьим подпискам."
        return
    sums = ", ".join(f"{name.lower()}: {count}" for name, count in counts.items() if count)
    yield f"Получателей: {sum(counts.values())}. {sums[:1].upper()}{sums[1:]}."
    for name, lines in groups.items():
        if lines:
            yield ""
            yield f"{name} ({len(lines)}):"
            yield from (f"  {line}" for line in lines)


def _line(post: PostLine, row: DeliveryRow, stops: InForce, zone: ZoneInfo) -> tuple[str, str]:
    title = row.chat_title or row.chat_external
    where = f"{NETWORKS[row.network]}, {PLACES[row.chat_kind]} «{title}»"
    if row.wave_kind in KINDS:
        where += f" ({KINDS[row.wave_kind]})"
    match row.state:
        case DeliveryState.SENT:
            again = "; повторено после обрыва связи" if row.repeated else ""
            how = f"; {row.detail}" if row.detail and row.wave_kind in _CHANGES else ""
            return GROUPS[0], f"{where} — {_at(row.settled_at, zone)}{again}{how}"
        case DeliveryState.REFUSED:
            reason = REASONS[row.reason] if row.reason else "мессенджер отказал"
            said = f" (ответ: {row.detail})" if row.detail else ""
            return GROUPS[1], f"{where} — {reason}{said}"
        case DeliveryState.UNKNOWN:
            return GROUPS[2], f"{where} — связь оборвалась после отправки"
        case DeliveryState.CANCELLED:
            return GROUPS[5], where
        case DeliveryState.ASKING:
            return GROUPS[3], f"{where} — ждёт решения владельца канала"
        case _:
            return _waiting(post, row, stops, zone, where)


def _waiting(
    post: PostLine, row: DeliveryRow, stops: InForce, zone: ZoneInfo, where: str
) -> tuple[str, str]:
    stopped = (
        stops.everything
        or row.network in stops.networks
        or post.organization_id in stops.organizations
        or row.chat_organization_id in stops.organizations
    )
    if stopped and row.wave_kind not in _CHANGES:
        return GROUPS[3], f"{where} — рассылка остановлена администратором"
    if row.state is DeliveryState.IN_FLIGHT:
        return GROUPS[4], f"{where} — отправляется"
    reason = f" ({REASONS[row.reason]})" if row.reason else ""
    return GROUPS[4], f"{where} — с {_at(row.due_at, zone)}{reason}"


def _at(moment: int | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone).strftime("%d.%m %H:%M:%S")
