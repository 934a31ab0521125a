"""An administrator stops the mailing in chat; news wait, talk goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import DeliveryState
from storage import tables
from tests.journeys.talking import ADMIN, NETWORKS, Talk, walk

pytestmark = pytest.mark.parametrize("network", NETWORKS)


def test_halted_news_wait_until_somebody_says_go_on(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.post("Оклады выросли")
        await talk.say("/halt", ADMIN)
        await talk.sees("Остановка касается всех", ADMIN)
        await talk.press("Остановить всё", ADMIN)
        await talk.sees("Остановить всю рассылку?", ADMIN)
        await talk.press("Остановить", ADMIN)
        await talk.sees("Ждут отправки: 0", ADMIN)
        await talk.do("start", payload="org-education")
        await talk.sees("Подписка: Образование")
        await talk.press("Согласен, подписаться")
        await talk.sees("Вы подписаны")
        await talk.quiet()
        assert not [m for m in await talk.seen() if "Оклады" in m["text"]]
        (held,) = await talk.rows(tables.delivery)
        assert held.state == DeliveryState.PENDING
        await talk.press("Продолжить", ADMIN)
        await talk.sees("1 новость для 1 чата", ADMIN)
        await talk.press("Да, продолжить", ADMIN)
        await talk.sees("Оклады выросли")

    walk(tmp_path, network, journey)


def test_others_are_not_shown_the_brake(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.say("/halt", 1)
        await talk.sees("Мы понимаем кнопки")
        assert not await talk.rows(tables.hold)

    walk(tmp_path, network, journey)
