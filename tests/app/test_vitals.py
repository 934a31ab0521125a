"""What an administrator reads in the terminal about how the network does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from app import vitals
from core.messenger import Refused, Unknown
from core.words import AlarmKind, ChatKind, DeliveryState, HoldScope, Reason
from storage import accounts, alarms, holds, tables
from storage.rows import insert
from tests.broadcaster.office import START, Office, office

MOSCOW = ZoneInfo("Europe/Moscow")


def test_open_alarms_and_the_share_of_unknowns_are_shown(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for number in range(4):
            await made.chat(str(number), ChatKind.CHANNEL)
        made.messenger.script["0"].append(Unknown())
        made.messenger.script["1"].append(Refused(Reason.BAD_CONTENT))
        await made.take("a")
        await made.rest(60)
        async with made.db.write() as connection:
            row = tables.delivery
            in_air = {"state": int(DeliveryState.IN_FLIGHT), "claimed_at": START}
            await connection.execute(row.update().where(row.c.id == 2).values(**in_air))
            await accounts.set_trouble(connection, made.account, "Ключ не принят.")
            await connection.execute(
                tables.chat.update().where(tables.chat.c.id == 1).values(title="Наш канал")
            )
            for kind, subject, detail in (
                (AlarmKind.ACCOUNT, f"account:{made.account}", "Ключ не принят."),
                (AlarmKind.SILENT, f"account:{made.account}", "alpha"),
                (AlarmKind.STUCK, f"account:{made.account}", "1"),
                (AlarmKind.UNKNOWNS, "", "250"),
                (AlarmKind.DISK, "", ""),
                (AlarmKind.CHAT, "chat:1", str(int(Reason.NO_RIGHTS))),
            ):
                await alarms.raise_(connection, kind, subject, detail, START)
        async with made.db.read() as connection:
            wrong = await vitals.troubles(connection, MOSCOW)
            numbers = await vitals.numbers(connection, made.clock.now(), MOSCOW)
        since = "(с 18.11 14:06)"
        assert wrong == [
            "Аккаунт «alpha»: Ключ не принят.",
            f"Аккаунт «alpha»: мессенджер не отвечает {since}",
            f"Аккаунт «alpha»: отправка не заканчивается дольше 10 минут {since}",
            f"слишком часто неизвестно, дошло ли: 250 на 100 000 отправок за сутки {since}",
            f"на диске почти нет места {since}",
            "«Наш канал» отложен: боту не дали права публиковать: включите его в настройках "
            + since,
        ]
        assert numbers == [
            "За 30 дней отправлено: 3; было неизвестно, дошло ли: 1 (33333 на 100 000).",
            "Отправляется сейчас: 1, дольше всех с 18.11 14:06.",
        ]

    play(tmp_path, story)


def test_a_stop_that_stands_is_shown(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        async with made.db.write() as connection:
            federation = await connection.scalar(tables.organization.select())
            person = await insert(connection, tables.person, created_at=START)
            for scope, network, organization in (
                (HoldScope.ALL, None, None),
                (HoldScope.MESSENGER, "vk", None),
                (HoldScope.ORGANIZATION, None, federation),
            ):
                await holds.place(connection, scope, network, organization, person, START)
        async with made.db.read() as connection:
            wrong = await vitals.troubles(connection, MOSCOW)
        since = "(с 18.11 14:06)"
        assert wrong == [
            f"Остановлено командой /halt: вся рассылка {since}",
            f"Остановлено командой /halt: ВКонтакте {since}",
            f"Остановлено командой /halt: «Федерация» и все под ней {since}",
        ]

    play(tmp_path, story)


def play(folder: Path, story: Callable[[Office], Awaitable[None]]) -> None:
    """Let a story happen in an office."""

    async def run() -> None:
        async with office(folder) as made:
            await story(made)

    asyncio.run(run())
