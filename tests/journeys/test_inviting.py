"""An administrator invites somebody in chat; the link gives the role once, on every messenger."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from core.words import RoleKind, SubmissionState
from storage import tables
from tests.journeys.talking import ADMIN, MODERATOR, NETWORKS, PRESS, Talk, walk

pytestmark = pytest.mark.parametrize("network", NETWORKS)

NEWS = "Оклады учителей выросли\n\nС января оклады учителей области выросли на десять процентов."
DAY_S = 24 * 3600


async def invite(talk: Talk) -> str:
    """Let the administrator invite a press officer; returns what the link carries."""
    await talk.say("/people", ADMIN)
    await talk.offered("Пригласить", ADMIN)
    await talk.press("Пригласить", ADMIN)
    await talk.sees("Кем человек будет работать?", ADMIN)
    await talk.press("Пресс-секретарь", ADMIN)
    await talk.sees("В какой организации?", ADMIN)
    await talk.press("Образование (отраслевой профсоюз)", ADMIN)
    await talk.sees("Сколько ждём?", ADMIN)
    await talk.press("7 дней", ADMIN)
    await talk.quiet()
    forwarded = await talk.sees("Вас приглашают", ADMIN)
    found = re.search(r"/start (inv-[\w-]+)", forwarded["text"])
    assert found, forwarded["text"]
    return found[1]


def test_a_link_gives_a_role_once_and_the_role_can_be_taken_back(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        payload = await invite(talk)
        await talk.do("start", payload=payload)
        await talk.sees("Вы теперь пресс-секретарь, Образование.")
        await talk.sees("теперь пресс-секретарь, Образование.", ADMIN)
        await talk.do("start", 2, payload=payload)
        await talk.sees("Этим приглашением уже кто-то воспользовался", 2)
        await talk.press("Работа")
        await talk.sees("Чтобы прислать новость, просто напишите её сюда")
        (role,) = await talk.rows(tables.role)
        assert (role.kind, role.revoked_at) == (RoleKind.PRESS, None)
        await talk.say("/people", ADMIN)
        people = await talk.sees("пресс-секретарь, Образование", ADMIN, count=3)
        await talk.press(people["buttons"][0][0]["text"], ADMIN)
        await talk.quiet()
        await talk.press("Забрать: пресс-секретарь, Образование", ADMIN)
        await talk.sees("Точно?", ADMIN)
        await talk.press("Да, забрать", ADMIN)
        await talk.sees("У вас больше нет роли: пресс-секретарь, Образование.")
        (role,) = await talk.rows(tables.role)
        assert role.revoked_at is not None

    walk(tmp_path, network, journey)


def test_what_the_link_carries_can_be_typed(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        payload = await invite(talk)
        await talk.say(f"/start {payload}")
        await talk.sees("Вы теперь пресс-секретарь, Образование.")

    walk(tmp_path, network, journey)


def test_ten_people_race_for_a_link_and_one_of_them_gets_the_role(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        payload = await invite(talk)
        racers = range(11, 21)
        crowd = [{"id": number, "name": f"Человек {number}"} for number in racers]
        await talk.town.post("world", people=crowd)
        await asyncio.gather(*(talk.do("start", racer, payload=payload) for racer in racers))
        for racer in racers:
            await talk.heard(racer, "start")
        await talk.quiet()
        answers = [(await talk.last(racer))["text"] for racer in racers]
        assert sum("Вы теперь пресс-секретарь, Образование." in one for one in answers) == 1
        assert sum("Этим приглашением уже кто-то воспользовался" in one for one in answers) == 9
        assert len(await talk.rows(tables.role)) == 1

    walk(tmp_path, network, journey)


def test_forged_withdrawn_and_expired_links_are_refused_politely(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        payload = await invite(talk)
        await talk.do("start", payload=f"{payload[:-4]}AAAA")
        await talk.sees("Такого приглашения нет.")
        await talk.write("/people", ADMIN)
        await talk.walk("Приглашения", "пресс-секретарь", "Отозвать", person=ADMIN)
        await talk.do("start", payload=payload)
        await talk.sees("Это приглашение отозвано.")
        late = await invite(talk)
        await talk.town.advance(7 * DAY_S + 60)
        await talk.do("start", 2, payload=late)
        await talk.sees("Срок этого приглашения вышел.", 2)
        assert await talk.rows(tables.role) == []

    walk(tmp_path, network, journey)


def test_whose_role_was_taken_acts_no_more_on_screens_of_before(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        await talk.do("start", ADMIN)
        await talk.write(NEWS)
        await talk.walk("Отправить", "Отправить")
        card = await talk.offered("Одобрить", MODERATOR)
        await talk.write("А это ещё одна новость, она лежит в черновике.")
        draft = await talk.offered("Удалить черновик")
        for person in (PRESS, MODERATOR):
            await take_role(talk, f"Человек {person}")
        await talk.sees("У вас больше нет роли: модератор, Образование.", MODERATOR)
        toast = await talk.press("Одобрить", MODERATOR, card["id"])
        assert toast["text"].startswith("Эта кнопка уже не действует.")
        await talk.press("Отправить", PRESS, draft["id"])
        await talk.quiet()
        assert await talk.rows(tables.approval) == []
        states = sorted(one.state for one in await talk.rows(tables.submission))
        assert states == [SubmissionState.DRAFT, SubmissionState.SENT]
        assert await talk.rows(tables.journal, action="button.refused")
        await talk.write("И третья новость, которую уже некому взять.")
        assert len(await talk.rows(tables.submission)) == 2

    walk(tmp_path, network, journey)


async def take_role(talk: Talk, name: str) -> None:
    """Let the administrator take the one role of a person."""
    await talk.say("/people", ADMIN)
    await talk.walk(name, "Забрать: ", "Да, забрать", person=ADMIN)
