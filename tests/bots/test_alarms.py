"""What is wrong is told once to who can mend it, once a day while it lasts, and once when it is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots import alarms as telling
from bots.abilities import Abilities
from bots.watch import Watch, Watchman
from core.words import AlarmKind, Reason, RoleKind
from storage import alarms, tables
from tests.bots.house import ADMIN, House, play
from tests.bots.test_asking import channel_without_owner
from tests.bots.test_connecting import CHANNEL, connect

HOUR_MS = 3_600_000


async def look(house: House) -> None:
    """Tell what is due to be told."""
    watchman = Watchman(house.db, house.settings, Abilities(), house.bell, house.clock)
    await watchman.look(Watch("alarms", telling.look))


async def let(house: House, kind: AlarmKind, subject: str, detail: str = "") -> None:
    """Raise an alarm, and tell of it."""
    async with house.db.write() as connection:
        await alarms.raise_(connection, kind, subject, detail, house.clock.now())
    await look(house)


async def over(house: House, kind: AlarmKind, subject: str) -> None:
    """Clear an alarm, and tell of it."""
    async with house.db.write() as connection:
        await alarms.clear(connection, kind, subject, house.clock.now())
    await look(house)


async def heard(house: House, person: str = ADMIN) -> list[str]:
    """Return what a person was told since the greeting."""
    return [one.text for one in (await house.shown(person))[1:]]


@pytest.mark.parametrize(
    ("kind", "subject", "detail", "said", "remedy", "ended"),
    [
        (AlarmKind.ACCOUNT, "account:1", "Ключ не принят.", "не работает. Ключ не принят", "Проверьте ключ", "снова работает"),
        (AlarmKind.SILENT, "account:1", "alpha", "мессенджер не отвечает", "Ничего не пропадёт", "связь вернулась"),
        (AlarmKind.STUCK, "account:1", "3", "Сообщений: 3", "Перезапустите Вестник", "застрявшего больше нет"),
        (AlarmKind.UNKNOWNS, "", "250", "250 на 100", "плохая связь", "снова редко"),
        (AlarmKind.DISK, "", "", "почти не осталось места", "Освободите место", "снова есть место"),
    ],
)  # fmt: skip
def test_administrators_read_what_is_wrong_what_to_do_and_that_it_is_over(
    tmp_path: Path, kind: AlarmKind, subject: str, detail: str, said: str, remedy: str, ended: str
) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        await let(house, kind, subject, detail)
        (told,) = await heard(house)
        assert said in told.replace("\N{NO-BREAK SPACE}", " ")
        assert remedy in told
        await over(house, kind, subject)
        assert ended in (await heard(house))[-1]
        await look(house)
        assert len(await heard(house)) == 2

    play(tmp_path, story)


def test_in_between_it_is_told_once_a_day(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        for _ in range(50):
            await let(house, AlarmKind.DISK, "")
            house.clock.advance(HOUR_MS)
        assert len(await heard(house)) == 3, "at once, after a day, after two"

    play(tmp_path, story)


def test_a_messenger_that_is_down_is_one_matter_for_all_its_accounts(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        now = house.clock.now()
        values = {"network": "alpha", "organization_id": house.organizations["federation"]}
        second = await house.add(tables.account, slug="second", **values)
        subjects = ("account:1", f"account:{second}")
        async with house.db.write() as connection:
            for subject in subjects:
                await alarms.raise_(connection, AlarmKind.SILENT, subject, "alpha", now)
        await look(house)
        assert len(await heard(house)) == 1
        async with house.db.write() as connection:
            for subject in subjects:
                await alarms.clear(connection, AlarmKind.SILENT, subject, now)
        await look(house)
        assert len(await heard(house)) == 2

    play(tmp_path, story)


def test_a_reminder_says_since_when(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        await let(house, AlarmKind.DISK, "")
        house.clock.advance(24 * HOUR_MS)
        await look(house)
        first, second = await heard(house)
        assert "Это началось" not in first
        assert "Это началось" in second

    play(tmp_path, story)


@pytest.mark.parametrize("kind", [AlarmKind.ACCOUNT, AlarmKind.SILENT])
def test_that_it_is_over_is_told_where_it_was_told(tmp_path: Path, kind: AlarmKind) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        person = (await house.row(tables.identity, external=ADMIN)).person_id
        house.clock.advance(HOUR_MS)
        beta = await house.second()  # where they spoke last
        await beta.start(person=ADMIN)
        async with house.db.write() as connection:
            theirs = tables.chat.update().where(tables.chat.c.account_id == beta.account)
            await connection.execute(theirs.values(person_id=person))
        before = len(await house.rows(tables.reply, account_id=house.account))
        await let(house, kind, f"account:{beta.account}", "beta")
        await over(house, kind, f"account:{beta.account}")
        assert len(await house.rows(tables.reply, account_id=house.account)) == before + 2

    play(tmp_path, story)


def test_of_a_chat_set_aside_nobody_is_reminded(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        chat = await house.row(tables.chat, external=CHANNEL)
        before = len(await house.shown())
        for _ in range(5):
            await let(house, AlarmKind.CHAT, f"chat:{chat.id}", str(int(Reason.NO_RIGHTS)))
            house.clock.advance(24 * HOUR_MS)
        assert len(await house.shown()) == before + 1

    play(tmp_path, story)


def test_what_was_over_before_anybody_heard_of_it_is_not_told(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        async with house.db.write() as connection:
            await alarms.raise_(connection, AlarmKind.DISK, "", "", house.clock.now())
            await alarms.clear(connection, AlarmKind.DISK, "", house.clock.now())
        await house.start(person=ADMIN)
        await look(house)
        assert await heard(house) == []

    play(tmp_path, story)


def test_where_nobody_can_be_spoken_to_it_waits(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await let(house, AlarmKind.DISK, "")
        await house.start(person=ADMIN)
        await look(house)
        assert len(await heard(house)) == 1

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        (Reason.NO_RIGHTS, "разрешите ему публиковать"),
        (Reason.CHAT_NOT_FOUND, "верните туда бота"),
        (Reason.TOPIC_CLOSED, "Откройте тему"),
        (Reason.SERVER_ERROR, "напишите администратору"),
    ],
)
def test_of_a_chat_set_aside_its_organizations_press_officers_hear(
    tmp_path: Path, reason: Reason, remedy: str
) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        await house.role("21", RoleKind.PRESS, "org-1")
        await house.role("22", RoleKind.PRESS, "org-2")
        await channel_without_owner(house)
        chat = await house.row(tables.chat, external=CHANNEL)
        await let(house, AlarmKind.CHAT, f"chat:{chat.id}", str(int(reason)))
        told = (await house.screen("21")).text
        assert "«Канал -100», Альфа: день за днём" in told
        assert remedy in told
        for other in ("22", ADMIN):
            assert "день за днём" not in (await house.screen(other)).text
        await over(house, AlarmKind.CHAT, f"chat:{chat.id}")
        assert "снова публикуем" in (await house.screen("21")).text

    play(tmp_path, story)


def test_of_a_chat_that_somebody_connected_its_owner_hears(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        chat = await house.row(tables.chat, external=CHANNEL)
        await let(house, AlarmKind.CHAT, f"chat:{chat.id}", str(int(Reason.NO_RIGHTS)))
        assert "день за днём" in (await house.screen()).text

    play(tmp_path, story)
