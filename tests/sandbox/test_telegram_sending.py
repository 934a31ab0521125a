"""Messages, files and albums of bots, and what they are refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.telegram.doings import rights_of
from sandbox.world import Member


def test_a_channel_post_is_the_channels_and_a_dialogs_message_the_bots() -> None:
    async def story(town: Town) -> None:
        await town.started()
        post = await town.call("sendMessage", chat_id=CHANNEL, text="Пост")
        assert post["sender_chat"] == post["chat"]
        assert "from" not in post
        told = await town.call("sendMessage", chat_id=OLGA, text="Письмо")
        assert told["from"]["username"] == "vestnik_bot"
        assert told["chat"] == {
            "id": OLGA,
            "type": "private",
            "first_name": "Ольга",
            "last_name": "Смирнова",
        }

    in_town(story)


@pytest.mark.parametrize("target", [CHANNEL, str(CHANNEL), "@novosti", "@NOVOSTI"])
def test_a_chat_is_named_by_id_or_username(target: Any) -> None:
    async def story(town: Town) -> None:
        sent = await town.call("sendMessage", chat_id=target, text="Пост")
        assert sent["chat"]["id"] == CHANNEL
        assert town.gate.calls.read()["calls"][-1]["chats"] == [str(CHANNEL)]

    in_town(story)


@pytest.mark.careless("a file that nothing names")
@pytest.mark.parametrize("method", ["sendMessage", "SENDMESSAGE", "sendmessage"])
def test_every_transport_and_case_of_a_call_works(method: str) -> None:
    async def story(town: Town) -> None:
        given = {"chat_id": str(CHANNEL), "text": "Привет, мир"}
        form = aiohttp.FormData(given, quote_fields=False)
        form.add_field("unused", b"x", filename="файл.txt")
        for send in (
            town.http.get(town.url(method), params=given),
            town.http.post(town.url(method), params=given),
            town.http.post(town.url(method), data=given),
            town.http.post(town.url(method), json=given),
            town.http.post(town.url(method), data=form),
        ):
            async with send as answer:
                assert (await answer.json())["result"]["text"] == "Привет, мир"

    in_town(story)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, (400, "Bad Request: chat_id is empty")),
        ({"chat_id": 9999}, (400, "Bad Request: chat not found")),
        ({"chat_id": "@nobody"}, (400, "Bad Request: chat not found")),
        ({"chat_id": -1234}, (400, "Bad Request: chat not found")),
        ({"chat_id": IVAN}, (403, "Forbidden: bot can't initiate conversation with a user")),
        ({"chat_id": 7000000002}, (403, "Forbidden: bot can't send messages to bots")),
        ({"chat_id": CHANNEL, "text": ""}, (400, "Bad Request: message text is empty")),
        ({"chat_id": CHANNEL, "text": "я" * 4097}, (400, "Bad Request: message is too long")),
        ({"chat_id": CHANNEL, "message_thread_id": 5}, (400, "Bad Request: message thread not found")),
        ({"chat_id": CHANNEL, "reply_parameters": {"message_id": 77}}, (400, "Bad Request: message to be replied not found")),
        ({"chat_id": CHANNEL, "reply_markup": "[]"}, (400, "Bad Request: object expected as reply markup")),
        ({"chat_id": CHANNEL, "reply_markup": "{"}, (400, "Bad Request: can't parse reply keyboard markup JSON object")),
        (
            {"chat_id": CHANNEL, "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "я" * 33}]]}},
            (400, "Bad Request: BUTTON_DATA_INVALID"),
        ),
        (
            {"chat_id": CHANNEL, "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
            (400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ),
    ],
)  # fmt: skip
def test_a_message_is_refused_in_the_servers_words(
    params: dict[str, Any], says: tuple[int, str]
) -> None:
    async def story(town: Town) -> None:
        assert await town.refused("sendMessage", **{"text": "x", **params}) == says
        assert town.gate.calls.read()["calls"][-1]["effect"] is False

    in_town(story)


def test_callback_data_of_64_bytes_passes() -> None:
    async def story(town: Town) -> None:
        markup = {"inline_keyboard": [[{"text": "x", "callback_data": "я" * 32}], []]}
        sent = await town.call(
            "sendMessage", chat_id=CHANNEL, text="x", reply_markup=json.dumps(markup)
        )
        assert sent["reply_markup"] == {"inline_keyboard": markup["inline_keyboard"][:1]}

    in_town(story)


@pytest.mark.parametrize(
    ("chat", "seat", "says"),
    [
        (CHANNEL, Member("kicked"), (403, "Forbidden: bot was kicked from the channel chat")),
        (GROUP, Member("kicked"), (403, "Forbidden: bot was kicked from the group chat")),
        (SUPERGROUP, Member("kicked"), (403, "Forbidden: bot was kicked from the supergroup chat")),
        (CHANNEL, Member("left"), (403, "Forbidden: bot is not a member of the channel chat")),
        (
            CHANNEL,
            Member("member"),
            (400, "Bad Request: need administrator rights in the channel chat"),
        ),
        (
            CHANNEL,
            Member("administrator", rights_of("channel", {"can_post_messages": False})),
            (400, "Bad Request: need administrator rights in the channel chat"),
        ),
        (
            SUPERGROUP,
            Member("restricted"),
            (400, "Bad Request: not enough rights to send text messages to the chat"),
        ),
    ],
)
def test_where_a_bot_may_not_write_the_refusal_says_why(
    chat: int, seat: Member, says: tuple[int, str]
) -> None:
    async def story(town: Town) -> None:
        town.side.find_chat(str(chat), None).members[town.bot.id] = seat
        assert await town.refused("sendMessage", chat_id=chat, text="x") == says

    in_town(story)


def test_a_restricted_bot_may_send_what_is_left_to_it() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        await town.side.do(
            group, OLGA, "restrict_bot", {"account": "vestnik", "rights": ["can_send_messages"]}
        )
        await town.call("sendMessage", chat_id=SUPERGROUP, text="x")
        form = aiohttp.FormData({"chat_id": str(SUPERGROUP)})
        form.add_field("photo", png(), filename="p.png")
        async with town.http.post(town.url("sendPhoto"), data=form) as answer:
            assert (await answer.json())[
                "description"
            ] == "Bad Request: not enough rights to send photos to the chat"

    in_town(story)


def test_who_blocked_the_bot_gets_nothing_until_the_next_start() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        await town.side.do(chat, OLGA, "stop", {})
        assert await town.refused("sendMessage", chat_id=OLGA, text="x") == (
            403,
            "Forbidden: bot was blocked by the user",
        )
        await town.side.do(chat, OLGA, "start", {})
        await town.call("sendMessage", chat_id=OLGA, text="x")

    in_town(story)


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("bot1:AAA/getMe", 401, "Unauthorized"),
        ("bot{token}/flyToMoon", 404, "Not Found: method not found"),
        ("bot{token}/", 404, "Not Found: method not found"),
    ],
)
def test_an_unknown_token_or_method_has_its_code(path: str, status: int, description: str) -> None:
    async def story(town: Town) -> None:
        url = f"{town.sandbox.url}/telegram/{path.format(token=town.bot.token)}"
        async with town.http.get(url) as answer:
            assert answer.status == status
            assert await answer.json() == {
                "ok": False,
                "error_code": status,
                "description": description,
            }

    in_town(story)


def test_a_photo_comes_in_sizes_and_downloads_whole_and_small() -> None:
    async def story(town: Town) -> None:
        picture = png(1000, 500)
        sent = await town.upload(
            "sendPhoto",
            {"photo": ("плакат.png", picture)},
            chat_id=CHANNEL,
            caption="<b>П</b>",
            parse_mode="HTML",
        )
        assert [(s["width"], s["height"]) for s in sent["photo"]] == [
            (90, 45),
            (320, 160),
            (800, 400),
            (1000, 500),
        ]
        assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("П", "bold")
        for size, exact in ((sent["photo"][-1], True), (sent["photo"][0], False)):
            file = await town.call("getFile", file_id=size["file_id"])
            assert file["file_unique_id"] == size["file_unique_id"]
            url = f"{town.sandbox.url}/telegram/file/bot{town.bot.token}/{file['file_path']}"
            async with town.http.get(url) as answer:
                content = await answer.read()
            assert (content == picture) is exact
        town.world.clock.set(advance_s=3601)
        async with town.http.get(url) as answer:
            assert answer.status == 404

    in_town(story)


def test_a_file_id_is_good_for_its_own_bot_only() -> None:
    async def story(town: Town) -> None:
        sent = await town.upload(
            "sendDocument", {"document": ("устав.pdf", b"%PDF")}, chat_id=CHANNEL
        )
        document = sent["document"]
        assert (document["file_name"], document["mime_type"], document["file_size"]) == (
            "устав.pdf",
            "application/pdf",
            4,
        )
        again = await town.call("sendDocument", chat_id=GROUP, document=document["file_id"])
        assert again["document"] == document
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, OLGA, "add_bot", {"account": "second"})
        wrong = (400, "Bad Request: wrong file identifier/HTTP URL specified")
        assert (
            await town.refused(
                "sendDocument", "second", chat_id=CHANNEL, document=document["file_id"]
            )
            == wrong
        )
        assert await town.refused("sendDocument", chat_id=CHANNEL, document="BQACabc") == wrong
        assert (await town.refused("sendPhoto", chat_id=CHANNEL, photo=document["file_id"]))[
            1
        ].startswith("Bad Request: type of file mismatch")

    in_town(story)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
def test_what_is_no_proper_photo_is_refused(content: bytes, says: str) -> None:
    async def story(town: Town) -> None:
        form = aiohttp.FormData({"chat_id": str(CHANNEL)})
        form.add_field("photo", content, filename="p.png")
        async with town.http.post(town.url("sendPhoto"), data=form) as answer:
            assert (await answer.json())["description"] == f"Bad Request: {says}"
        assert await town.refused("sendPhoto", chat_id=CHANNEL) == (
            400,
            "Bad Request: there is no photo in the request",
        )

    in_town(story)


def test_an_upload_over_50_megabytes_is_too_large() -> None:
    async def megabytes() -> AsyncIterator[bytes]:
        for _ in range(51):
            yield bytes(1024 * 1024)

    async def story(town: Town) -> None:
        async with town.http.post(town.url("sendDocument"), data=megabytes()) as answer:
            assert answer.status == 413
            assert (await answer.json())["description"] == "Request Entity Too Large"
        assert town.gate.calls.read()["calls"][-1]["status"] == 413

    in_town(story)


def test_a_picture_by_address_is_fetched_from_this_machine_only() -> None:
    async def story(town: Town) -> None:
        sent = await town.upload("sendDocument", {"document": ("p.png", png())}, chat_id=CHANNEL)
        file = await town.call("getFile", file_id=sent["document"]["file_id"])
        url = f"{town.sandbox.url}/telegram/file/bot{town.bot.token}/{file['file_path']}"
        photo = await town.call("sendPhoto", chat_id=CHANNEL, photo=url)
        assert photo["photo"][-1]["width"] == 40
        failed = (400, "Bad Request: failed to get HTTP URL content")
        assert await town.refused("sendPhoto", chat_id=CHANNEL, photo=url + "x") == failed
        assert (
            await town.refused("sendPhoto", chat_id=CHANNEL, photo="http://example.com/p.png")
            == failed
        )
        assert (
            await town.refused("sendPhoto", chat_id=CHANNEL, photo="http://169.254.169.254/")
            == failed
        )

    in_town(story)


def test_a_reply_shows_what_it_answers_and_may_do_without() -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Первое")
        reply = await town.call(
            "sendMessage", chat_id=CHANNEL, text="x", reply_parameters={"message_id": 1}
        )
        assert reply["reply_to_message"]["text"] == "Первое"
        old_way = await town.call("sendMessage", chat_id=CHANNEL, text="x", reply_to_message_id=1)
        assert old_way["reply_to_message"]["message_id"] == 1
        missing = {"message_id": 99, "allow_sending_without_reply": True}
        assert "reply_to_message" not in await town.call(
            "sendMessage", chat_id=CHANNEL, text="x", reply_parameters=missing
        )

    in_town(story)


def test_a_closed_topic_takes_messages_of_its_author_and_of_who_manages_topics_only() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        topic = (await town.side.do(group, OLGA, "create_topic", {"name": "Быт"}))["topic"]
        sent = await town.call("sendMessage", chat_id=SUPERGROUP, message_thread_id=topic, text="x")
        assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
        own = await town.call("createForumTopic", chat_id=SUPERGROUP, name="Свой")
        for thread in (topic, own["message_thread_id"]):
            await town.side.do(group, OLGA, "close_topic", {"topic": thread})
        there = {"chat_id": SUPERGROUP, "message_thread_id": topic, "text": "x"}
        await town.call("sendMessage", **there)
        group.members[town.bot.id].rights["can_manage_topics"] = False
        closed = await town.refused("sendMessage", **there)
        assert closed == (400, "Bad Request: TOPIC_CLOSED")
        await town.call("sendMessage", **{**there, "message_thread_id": own["message_thread_id"]})

    in_town(story)


def test_a_reply_keyboard_is_shown_and_hidden() -> None:
    async def story(town: Town) -> None:
        chat = await town.started(ANNA)
        await town.call(
            "sendMessage",
            chat_id=ANNA,
            text="x",
            reply_markup={"keyboard": [[{"text": "Да"}, "Нет"]]},
        )
        keyboard = chat.messages[-1].keyboard
        assert keyboard is not None
        assert [[b.text for b in row] for row in keyboard] == [["Да", "Нет"]]
        await town.call(
            "sendMessage", chat_id=ANNA, text="x", reply_markup={"remove_keyboard": True}
        )
        assert chat.messages[-1].keyboard == []
        await town.call("sendMessage", chat_id=ANNA, text="x")
        assert chat.messages[-1].keyboard is None

    in_town(story)


def test_a_strict_sandbox_names_parameters_the_method_does_not_have() -> None:
    async def story(town: Town) -> None:
        refused = await town.refused("sendMessage", chat_id=CHANNEL, text="x", txet="y")
        assert refused == (400, "Bad Request: strict sandbox: sendMessage does not know txet")
        await town.call("sendMessage", chat_id=CHANNEL, text="x", disable_notification=True)

    in_town(story, strict=True)
