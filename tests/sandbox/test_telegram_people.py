"""People in Telegram's app: writing, pressing, appointing; and what they cannot do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram_town import ANNA, CHANNEL, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.networks import Wrong
from sandbox.world import Person

QUESTION = {
    "inline_keyboard": [
        [{"text": "Да", "callback_data": "yes"}, {"text": "Сайт", "url": "http://a.ru/"}],
        [{"text": "Нет", "callback_data": "no"}],
    ]
}


async def asked(town: Town) -> Any:
    chat = await town.started()
    await town.call("sendMessage", chat_id=OLGA, text="Публикуем?", reply_markup=QUESTION)
    return chat


def test_a_press_waits_for_the_bots_answer_and_shows_it() -> None:
    async def story(town: Town) -> None:
        chat = await asked(town)
        press = asyncio.create_task(town.side.press(chat, OLGA, 2, 1, 0))
        (update,) = await town.updates(timeout=5)
        query = update["callback_query"]
        assert (query["data"], query["from"]["id"], query["message"]["message_id"]) == (
            "no",
            OLGA,
            2,
        )
        given = {"callback_query_id": query["id"], "text": "Отменено", "show_alert": True}
        assert await town.call("answerCallbackQuery", **given) is True
        assert await asyncio.wait_for(press, 1) == {"text": "Отменено", "alert": True}

    in_town(story)


@pytest.mark.parametrize("spoil", ["answered", "old", "foreign", "made up"])
def test_a_query_is_answered_once_in_time_and_by_its_own_bot(spoil: str) -> None:
    async def story(town: Town) -> None:
        chat = await asked(town)
        press = asyncio.create_task(town.side.press(chat, OLGA, 2, 0, 0))
        (update,) = await town.updates(timeout=5)
        query_id, bot = update["callback_query"]["id"], "vestnik"
        if spoil == "answered":
            await town.call("answerCallbackQuery", callback_query_id=query_id)
        elif spoil == "old":
            town.world.clock.set(advance_s=901)
        elif spoil == "foreign":
            bot = "second"
        else:
            query_id = "1"
        assert await town.refused("answerCallbackQuery", bot, callback_query_id=query_id) == (
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )
        press.cancel()

    in_town(story)


def test_a_link_button_opens_its_address_and_asks_nobody() -> None:
    async def story(town: Town) -> None:
        chat = await asked(town)
        assert await town.side.press(chat, OLGA, 2, 0, 1) == {"url": "http://a.ru/"}
        assert await town.updates() == []

    in_town(story)


def test_a_reply_keyboards_button_says_its_text() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        await town.call(
            "sendMessage",
            chat_id=OLGA,
            text="Меню",
            reply_markup={"keyboard": [[{"text": "Новости"}, {"text": "Помощь"}]]},
        )
        await town.side.press(chat, OLGA, 2, 0, 1)
        (update,) = await town.updates()
        assert update["message"]["text"] == "Помощь"

    in_town(story)


def test_a_start_carries_its_payload_as_a_command() -> None:
    async def story(town: Town) -> None:
        await town.side.do(town.dialog(ANNA), ANNA, "start", {"payload": "link_42"})
        (update,) = await town.updates()
        assert update["message"]["text"] == "/start link_42"
        assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]

    in_town(story)


def test_an_album_arrives_as_one_message_for_each_picture() -> None:
    async def story(town: Town) -> None:
        media = [town.media(png(40 + n)) for n in range(3)]
        ids = await town.side.say(
            town.dialog(), OLGA, text="Фото с митинга", media=media, album=True
        )
        messages = [u["message"] for u in await town.updates()]
        assert [m["message_id"] for m in messages] == ids
        assert len({m["media_group_id"] for m in messages}) == 1
        assert [m.get("caption") for m in messages] == ["Фото с митинга", None, None]
        file = await town.call("getFile", file_id=messages[1]["photo"][-1]["file_id"])
        async with town.http.get(
            f"{town.sandbox.url}/telegram/file/bot{town.bot.token}/{file['file_path']}"
        ) as got:
            assert await got.read() == png(41)

    in_town(story)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({"person": IVAN}, {"type": "user", "sender_user": {"id": IVAN}}),
        (
            {"chat": CHANNEL, "message": 3},
            {"type": "channel", "message_id": 3, "chat": {"id": CHANNEL}},
        ),
        ({"chat": "Завод"}, {"type": "chat", "sender_chat": {"id": SUPERGROUP}}),
        ({"name": "Кто-то"}, {"type": "hidden_user", "sender_user_name": "Кто-то"}),
    ],
)
def test_a_forward_says_where_it_comes_from(given: dict[str, Any], origin: dict[str, Any]) -> None:
    async def story(town: Town) -> None:
        await town.side.say(town.dialog(), OLGA, text="Смотрите", forward_from=given)
        (update,) = await town.updates()
        told = update["message"]["forward_origin"]
        for name, value in origin.items():
            assert told[name] == value or told[name]["id"] == value["id"]

    in_town(story)


def test_a_forwarded_post_comes_with_its_words_and_file() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", OLGA)
        (number,) = await town.side.say(
            channel, OLGA, text="Пост", media=[town.media(b"%PDF", "document", "у.pdf")]
        )
        source = {"chat": CHANNEL, "message": number}
        await town.side.say(town.dialog(), OLGA, forward_from=source)
        message = (await town.updates())[-1]["message"]
        assert (message["caption"], message["document"]["file_name"]) == ("Пост", "у.pdf")
        assert message["forward_origin"]["message_id"] == number

    in_town(story)


def test_replies_and_edits_of_people_reach_the_bot() -> None:
    async def story(town: Town) -> None:
        await town.started()
        await town.call("sendMessage", chat_id=OLGA, text="Пришлите текст")
        (number,) = await town.side.say(town.dialog(), OLGA, text="Вот", reply_to=2)
        await town.side.do(town.dialog(), OLGA, "edit", {"message": number, "text": "Вот он"})
        new, edited = await town.updates()
        assert new["message"]["reply_to_message"]["text"] == "Пришлите текст"
        assert edited["edited_message"]["text"] == "Вот он"
        assert "edit_date" in edited["edited_message"]

    in_town(story)


def test_a_deleted_message_is_gone_and_bots_are_not_told() -> None:
    async def story(town: Town) -> None:
        (number,) = await town.side.say(town.dialog(), OLGA, text="Ошиблась")
        await town.updates()
        await town.side.do(town.dialog(), OLGA, "delete", {"message": number})
        assert town.dialog().messages == []
        assert await town.updates() == []

    in_town(story)


@pytest.mark.parametrize(
    ("chat", "person", "what", "args", "says"),
    [
        ("vestnik", OLGA, "dance", {}, "on Telegram nobody can 'dance'; there is: add_bot, "),
        ("Завод", ANNA, "leave", {}, "Анна is not in Завод; do join first"),
        ("Завод", IVAN, "join", {}, "is in Завод already"),
        ("Завод", IVAN, "start", {}, "give the bot's name as chat"),
        ("vestnik", OLGA, "join", {}, "not in a dialog"),
        ("Новости", IVAN, "add_bot", {"account": "second"}, "may not appoint bots"),
        ("Новости", OLGA, "add_bot", {"account": "nobody"}, "there is no Telegram bot 'nobody'"),
        (
            "Новости",
            OLGA,
            "add_bot",
            {"account": "second", "rights": ["fly"]},
            "rights is a list of rights",
        ),
        ("Новости", OLGA, "remove_bot", {"account": "second"}, "second is not in Новости"),
        ("Новости", OLGA, "migrate", {}, "only a plain group becomes a supergroup"),
        ("Завод", IVAN, "edit", {"message": 7, "text": "x"}, "there is no message 7"),
        ("Завод", IVAN, "delete", {}, "give message"),
        ("Завод", OLGA, "close_topic", {"topic": 5}, "has no topic 5"),
        ("Завод", 9999, "join", {}, "there is no person 9999"),
    ],
)
def test_what_cannot_be_done_is_explained(
    chat: str, person: int, what: str, args: dict[str, Any], says: str
) -> None:
    async def story(town: Town) -> None:
        with pytest.raises(Wrong, match=says):
            await town.side.do(town.side.find_chat(chat, OLGA), person, what, args)

    in_town(story)


@pytest.mark.parametrize(
    ("chat", "person", "given", "says"),
    [
        ("Новости", IVAN, {"text": "x"}, "only they write to a channel"),
        ("Завод", ANNA, {"text": "x"}, "is not in Завод"),
        ("vestnik", OLGA, {}, "give text or media"),
        ("vestnik", OLGA, {"text": "x", "reply_to": 9}, "no message 9 to reply to"),
        ("vestnik", IVAN, {"text": "x"}, "is not Иван Кузнецов's"),
        ("vestnik", OLGA, {"text": "x", "forward_from": {"chat": "?"}}, "forward_from is"),
    ],
)
def test_what_cannot_be_said_is_explained(
    chat: str, person: int, given: dict[str, Any], says: str
) -> None:
    async def story(town: Town) -> None:
        with pytest.raises(Wrong, match=says):
            await town.side.say(town.side.find_chat(chat, OLGA), person, **given)

    in_town(story)


def test_who_stopped_a_bot_starts_it_before_writing() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        await town.side.do(chat, OLGA, "stop", {})
        with pytest.raises(Wrong, match="do start first"):
            await town.side.say(chat, OLGA, text="x")

    in_town(story)


@pytest.mark.parametrize(
    ("row", "column", "message"), [(2, 0, 2), (0, 2, 2), (-1, 0, 2), (0, 0, 1), (0, 0, 99)]
)
def test_a_button_that_is_not_there_cannot_be_pressed(row: int, column: int, message: int) -> None:
    async def story(town: Town) -> None:
        chat = await asked(town)
        with pytest.raises(Wrong, match=r"has no button|there is no message"):
            await town.side.press(chat, OLGA, message, row, column)

    in_town(story)


@pytest.mark.parametrize("ref", ["vestnik", "@vestnik_bot", str(CHANNEL), "@novosti", "Новости"])
def test_a_chat_is_found_by_any_of_its_names(ref: str) -> None:
    async def story(town: Town) -> None:
        chat = town.side.find_chat(ref, ANNA)
        assert chat.id == (ANNA if "vestnik" in ref else CHANNEL)
        assert town.side.find_chat(ref, ANNA) is chat

    in_town(story)


@pytest.mark.parametrize(
    ("ref", "person", "says"),
    [
        ("nothing", OLGA, "there is no Telegram chat 'nothing'"),
        ("vestnik", None, "whose dialog with vestnik"),
        ("vestnik", 5, "whose dialog with vestnik"),
        ("Двойник", OLGA, "2 chats are called 'Двойник'; use an id"),
    ],
)
def test_a_chat_that_cannot_be_meant_is_explained(ref: str, person: int | None, says: str) -> None:
    async def story(town: Town) -> None:
        town.world.people[5] = Person(5, "Без Телеграма", ["vk"])
        for _ in range(2):
            town.side.add_chat("group", "Двойник")
        with pytest.raises(Wrong, match=says):
            town.side.find_chat(ref, person)

    in_town(story)


def test_ids_and_tokens_are_made_up_or_taken_as_given() -> None:
    async def story(town: Town) -> None:
        assert [a.id for a in town.world.accounts.values()] == [7000000001, 7000000002]
        given = town.side.add_account("третий", token="123456:ABC-def")
        assert (given.id, given.username) == (123456, "sandbox123456_bot")
        assert await town.call("getMe", "третий")
        for wrong in (
            {"name": "третий"},
            {"name": "x", "token": "no"},
            {"name": "x", "id": 123456},
            {"name": "x", "id": OLGA},
        ):
            with pytest.raises(Wrong):
                town.side.add_account(**wrong)
        for wrong_chat in (
            {"kind": "wall"},
            {"kind": "group", "members": [404]},
            {"kind": "group", "id": CHANNEL},
        ):
            with pytest.raises(Wrong):
                town.side.add_chat(title="x", **wrong_chat)

    in_town(story)
