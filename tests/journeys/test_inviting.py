"""An administrator invites somebody in chat; the link gives the role once, on every messenger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.words import RoleKind
from storage import tables
from tests.journeys.talking import ADMIN, NETWORKS, Talk, walk

pytestmark = pytest.mark.parametrize("network", NETWORKS)


async def invite(talk: Talk) -> str:
    """Let the administrator invite a press officer; returns what the link carries."""
    await talk.say("/people", ADMIN)
    await talk.sees("Пока никого", ADMIN)
    await talk.press("Пригласить", ADMIN)
    await talk.sees("Кем человек будет работать?", ADMIN)
    await talk.press("Пресс-секретарь", ADMIN)
    await talk.sees("В какой организации?", ADMIN)
    await talk.press("Образование (отраслевой профсоюз)", ADMIN)
    await talk.sees("Сколько ждём?", ADMIN)
    await talk.press("7 дней", ADMIN)
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
