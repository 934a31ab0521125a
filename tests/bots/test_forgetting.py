"""«Удалить мои данные» leaves nothing that leads to the person."""

from __future__ import annotations

import json
from pathlib import Path

from core.incoming import IncomingKind
from core.words import ChatState
from storage import tables
from tests.bots.house import House, play


async def forget(house: House, person: str = "7") -> str:
    """Ask for it and confirm; return the data of the confirming button."""
    await house.say("Удалить мои данные", person)
    data = (await house.screen(person)).data("Да, удалить")
    await house.hear(IncomingKind.PRESS, person, payload=data, press="last")
    return data


def test_it_is_asked_once_and_no_keeps_everything(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.say("Удалить мои данные")
        yes = (await house.screen()).data("Да, удалить")
        await house.press("Нет, оставить")
        assert len(await house.rows(tables.identity)) == 1
        # The question is closed, its other button does not work any more.
        await house.press_data(yes)
        assert len(await house.rows(tables.identity)) == 1

    play(tmp_path, story)


def test_nothing_that_tells_who_it_was_is_left(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe(person="7001")
        await house.say("мой телефон 123, запишите", "7001")
        await forget(house, "7001")
        for table in (
            tables.identity,
            tables.subscription,
            tables.subscription_organization,
            tables.dialog,
            tables.screen,
            tables.reply,
        ):
            assert not await house.rows(table), table.name
        chat = await house.row(tables.chat)
        assert (chat.state, chat.title, chat.person_id) == (ChatState.GONE, "", None)
        everything = json.dumps(
            [
                list(map(str, row))
                for table in tables.metadata.sorted_tables
                for row in await house.rows(table)
            ],
            ensure_ascii=False,
        )
        for trace in ("7001", "Человек", "телефон"):
            assert trace not in everything
        consent = await house.row(tables.consent)
        assert consent.withdrawn_at == house.clock.now()
        noted = await house.row(tables.journal, action="person.forgotten")
        assert (noted.person_id, noted.detail) == (None, {})

    play(tmp_path, story)


def test_the_last_word_is_said_although_no_row_may_carry_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await forget(house)
        ((chat, text),) = house.messenger.said
        assert chat == "7"
        assert "мы удалили всё" in text
        assert house.last_answer() == "Ваши данные удалены"

    play(tmp_path, story)


def test_a_second_press_of_the_forgotten_makes_nobody_known_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        data = await forget(house)
        await house.hear(IncomingKind.PRESS, payload=data, press="again")
        assert not await house.rows(tables.identity)
        assert house.last_answer() == "Эта кнопка уже не действует. Напишите «меню»."

    play(tmp_path, story)


def test_the_forgotten_may_begin_anew_with_a_new_consent(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await forget(house)
        screen = await house.start("org-org-1")
        assert "Согласен, подписаться" in screen.labels
        await house.press("Согласен, подписаться")
        assert len(await house.rows(tables.consent)) == 2
        assert len(await house.rows(tables.chat, state=ChatState.ACTIVE)) == 1

    play(tmp_path, story)


def test_channels_of_the_forgotten_go_on_without_their_name(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member("-100", "7")
        await house.say("Удалить мои данные")
        screen = await house.screen()
        assert "1 канал:" in screen.text
        await house.hear(IncomingKind.PRESS, payload=screen.data("Да, удалить"), press="x")
        channel = await house.row(tables.chat, external="-100")
        assert channel.person_id is None
        assert channel.state == ChatState.UNCONFIRMED

    play(tmp_path, story)
