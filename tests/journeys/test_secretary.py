"""A community's own secretary is never talked over."""

from __future__ import annotations

from pathlib import Path

from storage import tables
from tests.journeys.scene import SECRETARY
from tests.journeys.talking import ADMIN, Talk, walk

NETWORK = "vk"  # the messenger in whose dialogs humans of the community answer
DAY_S = 24 * 3600


def test_a_stranger_is_offered_a_human_once(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.say("Здравствуйте, как вступить?")
        offer = await talk.sees("позвать сотрудника")
        assert [b["text"] for row in offer["buttons"] for b in row] == [
            "Позвать человека",
            "Новости",
        ]
        await talk.say("Ау!")
        await talk.quiet()
        await talk.do("start", ADMIN)
        await talk.sees("Новости профсоюзов", ADMIN)
        await talk.press("Позвать человека")
        await talk.sees("вам ответит сотрудник")
        await talk.sees("просит, чтобы ответил сотрудник", ADMIN)
        ours = [m for m in await talk.seen() if m["from_id"] != 1]
        assert len(ours) == 1, "one message, turned into the answer"

    walk(tmp_path, NETWORK, journey)


def test_after_a_humans_answer_the_bot_is_silent_for_a_day(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", payload="org-education")
        await talk.sees("Подписка: Образование")
        await talk.press("Согласен, подписаться")
        await talk.sees("Вы подписаны")
        await talk.say("Добрый день! Чем помочь?", SECRETARY, "main:1")
        await talk.heard(1, "human_answer")
        await talk.say("Когда собрание?")
        await talk.heard(1, "message")
        assert not [m for m in await talk.seen() if "Мы понимаем" in m["text"]]
        await talk.town.advance(DAY_S)
        await talk.say("Так когда собрание?")
        await talk.sees("Мы понимаем кнопки")
        await talk.say("Добрый день ещё раз!", SECRETARY, "main:1")
        await talk.say("стоп")
        await talk.sees("Вы отписаны")
        assert (await talk.row(tables.subscription)).ended_at is not None

    walk(tmp_path, NETWORK, journey)
