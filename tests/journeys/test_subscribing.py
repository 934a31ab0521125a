"""From a link to the first news, and back out again, on every messenger alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import ChatState, Mode
from storage import tables
from tests.journeys.talking import NETWORKS, Talk, walk

pytestmark = pytest.mark.parametrize("network", NETWORKS)


def test_two_presses_from_the_link_to_the_first_news(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.post("Оклады выросли")
        await talk.do("start", payload="org-education")
        await talk.sees("Подписка: Образование")
        await talk.press("Согласен, подписаться")
        done = await talk.sees("Вы подписаны: Федерация, Образование")
        await talk.sees("Оклады выросли")
        assert done["edited"], "the consent screen turned into the confirmation"
        assert [b["text"] for row in done["buttons"] for b in row] == [
            "Присылать сразу",
            "Мои подписки",
        ]
        wish = await talk.row(tables.subscription)
        assert wish.mode == Mode.DIGEST

    walk(tmp_path, network, journey)


def test_the_whole_text_stands_behind_a_button(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", payload="org-education")
        await talk.sees("Подписка: Образование")
        await talk.press("Полный текст")
        await talk.sees("СОГЛАСИЕ НА ОБРАБОТКУ")
        assert not await talk.rows(tables.consent)
        await talk.press("Согласен, подписаться")
        await talk.sees("Вы подписаны")
        assert len(await talk.rows(tables.consent)) == 1

    walk(tmp_path, network, journey)


def test_settings_are_changed_by_buttons_only(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start")
        await talk.sees("Новости профсоюзов")
        await talk.press("По отраслям")
        await talk.sees("Выберите организацию")
        await talk.press("Здравоохранение")
        await talk.sees("Подписка: Здравоохранение")
        await talk.press("Согласен, подписаться")
        await talk.sees("Вы подписаны")
        shown = await talk.press("Присылать сразу")
        assert shown["text"] == "Сохранили"
        await talk.sees("Как присылать: сразу")
        await talk.press("Организации")
        await talk.sees("Нажмите, чтобы отметить")
        await talk.press("По городам и районам")
        await talk.quiet()
        await talk.press("Шуя")
        await talk.quiet()
        ticked = (await talk.seen())[-1]
        assert ticked["buttons"][0][0]["text"] == "✓ Шуя"
        chosen = {row.organization_id for row in await talk.rows(tables.subscription_organization)}
        assert chosen == {talk.organizations[name] for name in ("federation", "health", "shuya")}

    walk(tmp_path, network, journey)


@pytest.mark.parametrize("word", ["Стоп!!!", "отпишите", "СТОП, хватит уже"])
def test_a_word_ends_it_at_once(tmp_path: Path, network: str, word: str) -> None:
    async def journey(talk: Talk) -> None:
        await subscribe(talk)
        await talk.say(word)
        await talk.sees("Вы отписаны")
        assert (await talk.row(tables.subscription)).ended_at is not None
        await talk.press("Вернуть подписку")
        await talk.sees("Подписка снова работает")
        assert (await talk.row(tables.subscription)).ended_at is None

    walk(tmp_path, network, journey)


async def subscribe(talk: Talk, person: int = 1) -> None:
    """Let a person subscribe by a link."""
    await talk.do("start", person, payload="org-education")
    await talk.sees("Подписка: Образование", person)
    await talk.press("Согласен, подписаться", person)
    await talk.sees("Вы подписаны", person)


def test_blocking_and_coming_back(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await subscribe(talk)
        await talk.do("stop")
        await talk.heard(1, "blocked")
        assert (await talk.row(tables.chat)).state == ChatState.BLOCKED
        await talk.do("start")
        await talk.sees("Мои подписки\n")
        assert (await talk.row(tables.chat)).state == ChatState.ACTIVE

    walk(tmp_path, network, journey)


def test_data_are_erased_and_the_last_word_is_said(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await subscribe(talk)
        await talk.say("Удалить мои данные")
        await talk.sees("Удалить ваши данные?")
        shown = await talk.press("Да, удалить")
        assert shown["text"] == "Ваши данные удалены"
        await talk.sees("мы удалили всё")
        assert not await talk.rows(tables.identity)
        assert not await talk.rows(tables.subscription)
        await talk.do("start", payload="org-education")
        await talk.sees("Подписка: Образование")

    walk(tmp_path, network, journey)


def test_thanks_get_one_kind_word(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await subscribe(talk)
        await talk.say("Спасибо!")
        await talk.sees("Всегда пожалуйста")
        await talk.say("спасибо 🙏")
        await talk.say("меню")
        await talk.sees("Мои подписки\n")
        said = [m for m in await talk.seen() if "пожалуйста" in m["text"]]
        assert len(said) == 1

    walk(tmp_path, network, journey)


def test_a_double_press_subscribes_once(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", payload="org-education")
        asked = await talk.sees("Подписка: Образование")
        message = asked["id"]
        await talk.press("Согласен, подписаться", message=message)
        await talk.sees("Вы подписаны")
        await talk.quiet()
        assert len(await talk.rows(tables.consent)) == 1
        assert len(await talk.rows(tables.subscription)) == 1

    walk(tmp_path, network, journey)
