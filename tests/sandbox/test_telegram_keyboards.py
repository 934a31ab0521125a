"""reply_markup: every kind of button comes back as it was sent, or is refused in the server's words."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import CHANNEL, GROUP, OLGA, Town, in_town

from sandbox.networks import Wrong

INLINE = [
    {"text": "Сайт", "url": "https://a.ru/x?y=1"},
    {"text": "Человек", "url": "tg://user?id=5"},
    {"text": "Да", "callback_data": "y", "style": "success", "icon_custom_emoji_id": "5"},
    {"text": "Вход", "login_url": {"url": "https://a.ru", "forward_text": "Войти", "request_write_access": True}},
    {"text": "Окно", "web_app": {"url": "https://a.ru/app"}},
    {"text": "Искать", "switch_inline_query": ""},
    {"text": "Здесь", "switch_inline_query_current_chat": "x"},
    {"text": "Где", "switch_inline_query_chosen_chat": {"query": "x", "allow_group_chats": True}},
    {"text": "Код", "copy_text": {"text": "А-1"}},
]  # fmt: skip


def test_every_inline_button_comes_back_as_it_was_sent() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        markup = {"inline_keyboard": [[button] for button in INLINE]}
        sent = await town.call("sendMessage", chat_id=OLGA, text="?", reply_markup=markup)
        assert sent["reply_markup"] == markup
        pressed = [
            await town.side.press(chat, OLGA, sent["message_id"], row, 0)
            for row, button in enumerate(INLINE)
            if "callback_data" not in button
        ]
        still = {"text": "", "alert": False}
        assert pressed == [
            {"url": "https://a.ru/x?y=1"}, {"url": "tg://user?id=5"}, {"url": "https://a.ru"},
            {"url": "https://a.ru/app"}, still, still, still, {**still, "copied": "А-1"},
        ]  # fmt: skip
        assert await town.updates() == []

    in_town(story)


BUTTON = "can't parse inline keyboard button: "


@pytest.mark.careless("buttons that are none")
@pytest.mark.parametrize(
    ("chat", "button", "says"),
    [
        (OLGA, 5, f"{BUTTON}InlineKeyboardButton must be an Object"),
        (OLGA, {"url": "https://a.ru"}, f'{BUTTON}Can\'t find field "text"'),
        (OLGA, {"text": 5, "url": "https://a.ru"}, f'{BUTTON}Field "text" must be of type String'),
        (OLGA, {"text": " ", "url": "https://a.ru"}, "inline keyboard button text must be non-empty"),
        (OLGA, {"text": "x"}, f"{BUTTON}Text buttons are unallowed in the inline keyboard"),
        (OLGA, {"text": "x", "url": "ftp://a.ru"}, "inline keyboard button URL 'ftp://a.ru' is invalid: Unsupported URL protocol"),
        (OLGA, {"text": "x", "url": "https://"}, "inline keyboard button URL 'https://' is invalid: Wrong HTTP URL"),
        (OLGA, {"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        (OLGA, {"text": "x", "callback_data": "y", "style": "pink"}, f"{BUTTON}Invalid button style specified"),
        (OLGA, {"text": "x", "login_url": {"url": "http://a.ru"}}, "inline keyboard button login URL 'http://a.ru' is invalid: Only HTTPS links are allowed"),
        (OLGA, {"text": "x", "web_app": {}}, f'{BUTTON}Can\'t find field "url"'),
        (OLGA, {"text": "x", "web_app": "a.ru"}, f'{BUTTON}Field "web_app" must be of type Object'),
        (GROUP, {"text": "x", "web_app": {"url": "https://a.ru"}}, "BUTTON_TYPE_INVALID"),
        (OLGA, {"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        (OLGA, {"text": "x", "copy_text": {"text": "я" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        (OLGA, {"text": "x", "pay": True}, "BUTTON_TYPE_INVALID"),
        (OLGA, {"text": "x", "callback_game": {}}, "BUTTON_TYPE_INVALID"),
        (CHANNEL, {"text": "x", "switch_inline_query": "y"},
         "can't use switch_inline_query button in a channel chat, because users will not be able to use the button without knowing bot's username"),
    ],
)  # fmt: skip
def test_an_inline_button_that_cannot_be_is_refused(chat: int, button: Any, says: str) -> None:
    async def story(town: Town) -> None:
        await town.started()
        markup = {"inline_keyboard": [[button]]}
        refused = await town.refused("sendMessage", chat_id=chat, text="x", reply_markup=markup)
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


@pytest.mark.careless("keyboards that are none")
@pytest.mark.parametrize(
    ("chat", "markup", "says"),
    [
        (OLGA, "[]", "object expected as reply markup"),
        (OLGA, "{", "can't parse reply keyboard markup JSON object"),
        (OLGA, {"inline_keyboard": 5}, 'field "inline_keyboard" must be of type Array'),
        (OLGA, {"inline_keyboard": [{"text": "x"}]}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        (OLGA, {"keyboard": [5]}, 'field "keyboard" must be an Array of Arrays'),
        (OLGA, {"inline_keyboard": [[{"text": "x", "callback_data": "y"}] * 101]}, "reply markup is too long"),
        (OLGA, {"keyboard": [[5]]}, "can't parse keyboard button: KeyboardButton must be a String or an Object"),
        (OLGA, {"keyboard": [[{}]]}, 'can\'t parse keyboard button: Can\'t find field "text"'),
        (OLGA, {"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
        (OLGA, {"keyboard": [["x"]], "input_field_placeholder": "я" * 65}, "REPLY_MARKUP_INVALID"),
        (OLGA, {"force_reply": True, "input_field_placeholder": "я" * 65}, "REPLY_MARKUP_INVALID"),
        (OLGA, {"keyboard": [[{"text": "x", "request_users": {}}]]}, 'can\'t parse keyboard button: Can\'t find field "request_id"'),
        (OLGA, {"keyboard": [[{"text": "x", "web_app": {"url": "http://a.ru"}}]]},
         "keyboard button Web App URL 'http://a.ru' is invalid: Only HTTPS links are allowed"),
        (GROUP, {"keyboard": [[{"text": "x", "request_contact": True}]]}, "phone number can be requested in private chats only"),
        (GROUP, {"keyboard": [[{"text": "x", "request_location": True}]]}, "location can be requested in private chats only"),
        (GROUP, {"keyboard": [[{"text": "x", "request_poll": {}}]]}, "poll can be requested in private chats only"),
        (GROUP, {"keyboard": [[{"text": "x", "web_app": {"url": "https://a.ru"}}]]}, "web App buttons can be used in private chats only"),
        (GROUP, {"keyboard": [[{"text": "x", "request_users": {"request_id": 1}}]]}, "users can be requested in private chats only"),
        (GROUP, {"keyboard": [[{"text": "x", "request_chat": {"request_id": 1}}]]}, "chats can be requested in private chats only"),
        (CHANNEL, {"keyboard": [["x"]]}, "inline keyboard expected"),
        (CHANNEL, {"remove_keyboard": True}, "inline keyboard expected"),
        (CHANNEL, {"force_reply": True}, "inline keyboard expected"),
    ],
)  # fmt: skip
def test_a_keyboard_that_cannot_be_is_refused(chat: int, markup: Any, says: str) -> None:
    async def story(town: Town) -> None:
        await town.started()
        refused = await town.refused("sendMessage", chat_id=chat, text="x", reply_markup=markup)
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


def test_a_reply_keyboard_keeps_its_looks_and_its_requests() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        row = [
            {"text": "Люди", "request_users": {"request_id": 1, "max_quantity": 2}},
            {"text": "Чат", "request_chat": {"request_id": 2, "chat_is_channel": False}},
            {"text": "Окно", "web_app": {"url": "https://a.ru"}},
            {"text": "Красная", "style": "danger"},
        ]
        look = {
            "is_persistent": True,
            "one_time_keyboard": True,
            "input_field_placeholder": "Выберите",
        }
        markup = {"keyboard": [row], **look, "resize_keyboard": False}
        sent = await town.call("sendMessage", chat_id=OLGA, text="?", reply_markup=markup)
        assert "reply_markup" not in sent
        message = chat.messages[-1]
        assert message.extra["keyboard_look"] == look
        assert message.keyboard is not None
        assert [{"text": b.text, **b.extra} for b in message.keyboard[0]] == row
        with pytest.raises(Wrong, match="request_users"):
            await town.side.press(chat, OLGA, message.id, 0, 0)
        forced = {"force_reply": True, "input_field_placeholder": "Имя"}
        await town.call("sendMessage", chat_id=OLGA, text="?", reply_markup=forced)
        assert chat.messages[-1].extra["keyboard_look"] == forced
        assert chat.messages[-1].keyboard is None

    in_town(story)
