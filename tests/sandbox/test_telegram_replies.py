"""Answers with quotes and into other chats, topics, link previews, protected messages."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png


async def answer(town: Town, chat: int = CHANNEL, **reply: Any) -> dict[str, Any]:
    made: dict[str, Any] = await town.call(
        "sendMessage", chat_id=chat, text="Ответ", reply_parameters={"message_id": 1, **reply}
    )
    return made


def test_a_quote_stands_where_the_original_has_it() -> None:
    async def story(town: Town) -> None:
        text = "😀 да, <b>да</b>, да"
        await town.call("sendMessage", chat_id=CHANNEL, text=text, parse_mode="HTML")
        for reply, position in (
            ({"quote": "да"}, 3),
            ({"quote": "да", "quote_position": 12}, 11),
            ({"quote": "<b>да</b>", "quote_parse_mode": "HTML"}, 7),
            ({"quote": "да", "quote_entities": [{"type": "bold", "offset": 0, "length": 2}]}, 7),
        ):
            quote = (await answer(town, **reply))["quote"]
            assert (quote["text"], quote["position"], quote["is_manual"]) == ("да", position, True)
            assert ("entities" in quote) is (position == 7)

    in_town(story)


@pytest.mark.parametrize(
    "reply",
    [
        {"quote": "нет"},
        {"quote": "<i>да</i>", "quote_parse_mode": "HTML"},
        {"quote": "я" * 1025},
    ],
)
def test_what_the_original_does_not_say_cannot_be_quoted(reply: dict[str, Any]) -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="да")
        refused = await town.refused(
            "sendMessage", chat_id=CHANNEL, text="x", reply_parameters={"message_id": 1, **reply}
        )
        assert refused == (400, "Bad Request: QUOTE_TEXT_INVALID")

    in_town(story)


def test_an_answer_into_another_chat_tells_of_the_original() -> None:
    async def story(town: Town) -> None:
        sent = await town.upload(
            "sendPhoto", {"photo": ("1.png", png())}, chat_id=CHANNEL, caption="Фото"
        )
        for ref in (CHANNEL, str(CHANNEL), "@novosti"):
            made = await answer(town, GROUP, chat_id=ref, quote="Фото")
            told = made["external_reply"]
            assert (told["chat"]["id"], told["message_id"]) == (CHANNEL, 1)
            assert (told["origin"]["type"], told["photo"]) == ("channel", sent["photo"])
            assert (made["quote"]["text"], "reply_to_message" in made) == ("Фото", False)
        (number,) = await town.side.say(town.side.find_chat("Цех", IVAN), IVAN, text="Слово")
        reply = {"message_id": number, "chat_id": GROUP}
        made = await town.call("sendMessage", chat_id=CHANNEL, text="x", reply_parameters=reply)
        assert made["external_reply"]["origin"]["sender_user"]["id"] == IVAN
        assert "chat" not in made["external_reply"]  # of basic groups nothing more is told
        here = {"message_id": number, "chat_id": GROUP}
        made = await town.call("sendMessage", chat_id=GROUP, text="x", reply_parameters=here)
        assert made["reply_to_message"]["message_id"] == number

    in_town(story)


@pytest.mark.careless("reply parameters that are none")
@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ([], "object expected as reply parameters"),
        ({"message_id": 99}, "message to be replied not found"),
        ({"message_id": 99, "chat_id": CHANNEL}, "message to be replied not found"),
        ({"message_id": 99, "chat_id": CHANNEL, "allow_sending_without_reply": True}, "message to be replied not found"),
        ({"message_id": 1, "chat_id": -5}, "chat not found"),
        ({"message_id": 1, "chat_id": "@nobody"}, "chat not found"),
    ],
)  # fmt: skip
def test_an_answer_to_nothing_is_refused(reply: Any, says: str) -> None:
    async def story(town: Town) -> None:
        refused = await town.refused("sendMessage", chat_id=GROUP, text="x", reply_parameters=reply)
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


def test_a_link_preview_is_as_it_was_asked_for() -> None:
    async def story(town: Town) -> None:
        for given, shown in (
            ({"disable_web_page_preview": True}, {"is_disabled": True}),
            ({"link_preview_options": {"url": "https://b.ru", "prefer_large_media": True}},
             {"url": "https://b.ru", "prefer_large_media": True}),
            ({}, None),
        ):  # fmt: skip
            sent = await town.call("sendMessage", chat_id=CHANNEL, text="https://a.ru", **given)
            assert sent.get("link_preview_options") == shown
        refused = await town.refused(
            "sendMessage", chat_id=CHANNEL, text="x", link_preview_options="5"
        )
        assert refused == (400, "Bad Request: object expected as link preview options")

    in_town(story, strict=False)


def test_the_general_topic_can_be_closed_and_has_no_number() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        await town.side.do(group, OLGA, "make_forum", {})
        general = await town.refused(
            "sendMessage", chat_id=SUPERGROUP, message_thread_id=1, text="x"
        )
        assert general == (400, "Bad Request: message thread not found")
        await town.call("sendMessage", chat_id=SUPERGROUP, text="x")
        await town.call("closeGeneralForumTopic", chat_id=SUPERGROUP)
        await town.call("sendMessage", chat_id=SUPERGROUP, text="who manages topics still writes")
        group.members[town.bot.id].rights["can_manage_topics"] = False
        closed = await town.refused("sendMessage", chat_id=SUPERGROUP, text="x")
        assert closed == (400, "Bad Request: TOPIC_CLOSED")

    in_town(story)
