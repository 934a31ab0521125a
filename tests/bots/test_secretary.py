"""In a community's dialogs the bot speaks only with who began with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.incoming import IncomingKind
from core.richtext import plain
from core.words import RoleKind
from storage import tables
from tests.bots.house import ADMIN, House, play

HOUR = 3_600_000
SHARED = {"shared_dialogs": frozenset({1})}


def test_a_stranger_is_offered_a_human_once_and_then_left_in_peace(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        (offer,) = await house.say("Здравствуйте, как вступить?")
        assert offer.labels == ["Позвать человека", "Новости"]
        assert await house.say("Есть кто живой?") == []
        house.clock.advance(72 * HOUR)
        assert await house.say("стоп") == []
        chat = await house.row(tables.chat)
        assert chat.began_at is None

    play(tmp_path, story, **SHARED)


def test_a_called_human_is_called_and_the_bot_falls_silent(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        await house.say("Как вступить?")
        offer = await house.screen()
        told = await house.press("Позвать человека")
        assert told.text == "Хорошо, мы помолчим: здесь вам ответит сотрудник организации."
        assert "Альфа: Человек 7 просит" in (await house.screen(ADMIN)).text
        before = len(await house.shown(ADMIN))
        await house.press_data(offer.data("Позвать человека"))
        assert len(await house.shown(ADMIN)) == before
        assert await house.say("Жду") == []
        chat = await house.row(tables.chat, external="7")
        assert chat.silent_until == house.clock.now() + 24 * HOUR

    play(tmp_path, story, **SHARED)


def test_the_note_to_staff_names_the_community(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        async with house.db.write() as connection:
            await connection.execute(tables.account.update().values(title="Профсоюз образования"))
        await house.start(person=ADMIN)
        await house.say("Как вступить?")
        await house.press("Позвать человека")
        note = (await house.screen(ADMIN)).text
        assert note.startswith("Альфа, «Профсоюз образования»: Человек 7 просит")

    play(tmp_path, story, **SHARED)


def test_news_begin_the_conversation(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("Как вступить?")
        screen = await house.press("Новости")
        assert "По отраслям" in screen.labels
        chat = await house.row(tables.chat)
        assert chat.began_at == house.clock.now()
        (hint,) = await house.say("что дальше?")
        assert hint.labels == ["Мои подписки"]

    play(tmp_path, story, **SHARED)


def test_start_begins_and_no_stranger_is_greeted(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        screen = await house.start("org-org-1")
        assert "Согласен, подписаться" in screen.labels
        (hint,) = await house.say("а что это?")
        assert "Позвать человека" not in hint.labels

    play(tmp_path, story, **SHARED)


def test_a_humans_answer_silences_the_bot_for_a_day(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.hear(
            IncomingKind.HUMAN_ANSWER, sender="55", chat="7", text=plain("Добрый день!")
        )
        assert await house.say("спасибо") == []
        assert await house.say("а когда собрание?") == []
        assert await house.say("меню") == []
        screen = await house.press("Мои подписки")
        assert screen.text.startswith("Мои подписки")
        screen = await house.start("org-shuya")
        assert screen.text == "Добавили: Шуя (координационный совет профсоюзов)."
        house.clock.advance(24 * HOUR)
        assert len(await house.say("а когда собрание?")) == 1

    play(tmp_path, story, **SHARED)


@pytest.mark.parametrize("text", ["стоп", "хватит!", "/stop"])
def test_stop_works_while_a_human_speaks(tmp_path: Path, text: str) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.hear(IncomingKind.HUMAN_ANSWER, sender="55", chat="7")
        (left,) = await house.say(text)
        assert "Вы отписаны" in left.text

    play(tmp_path, story, **SHARED)


def test_a_human_who_speaks_first_is_not_talked_over(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.hear(IncomingKind.HUMAN_ANSWER, sender="55", chat="7")
        assert await house.say("Здравствуйте!") == []
        chat = await house.row(tables.chat)
        person = await house.row(tables.identity)
        assert (chat.person_id, person.external) == (person.person_id, "7")

    play(tmp_path, story, **SHARED)


def test_whoever_works_here_is_heard_after_a_human_answered_them_too(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("21", RoleKind.PRESS)
        await house.hear(IncomingKind.HUMAN_ANSWER, "21", text=plain("Сейчас посмотрю."))
        await house.say("Собрание первички пройдёт в среду в актовом зале.", "21")
        assert len(await house.rows(tables.submission)) == 1

    play(tmp_path, story, **SHARED)
