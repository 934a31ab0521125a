"""Every object of an answer has the fields and types of the published Bot API, where its description is at hand.

The description is the JSON of github.com/PaulSonOfLars/telegram-bot-api-spec; TELEGRAM_API_JSON names the file.
"""

from __future__ import annotations

import asyncio
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from telegram_town import CHANNEL, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.telegram.methods import METHODS

SPEC = Path(os.environ.get("TELEGRAM_API_JSON", "/work/shared/specs/telegram/api.json"))
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="no description of the Bot API here")
NEWER = {"can_send_welcome_messages"}  # required since Bot API 10.3; the description is of 10.1
PLAIN: dict[str, Any] = {
    "Integer": int,
    "String": str,
    "Boolean": bool,
    "True": bool,
    "Float": (int, float),
}


@cache
def spec() -> Any:
    return json.loads(SPEC.read_text())


def faults(value: Any, kind: str, path: str = "") -> list[str]:
    """Return what is wrong with a value that is to be of a type of the Bot API."""
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{path}: {value!r} is no array"]
        inner = kind.removeprefix("Array of ")
        return [
            fault for n, item in enumerate(value) for fault in faults(item, inner, f"{path}[{n}]")
        ]
    if kind in PLAIN:
        fits = isinstance(value, PLAIN[kind]) and (
            kind == "Boolean" or kind == "True" or not isinstance(value, bool)
        )
        return [] if fits else [f"{path}: {value!r} is no {kind}"]
    described = spec()["types"][kind]
    if "subtypes" in described:
        tries = [faults(value, name, path) for name in described["subtypes"]]
        return min(tries, key=len)
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no {kind}"]
    fields = {field["name"]: field for field in described.get("fields", [])}
    found = [
        f"{path}: {kind} has no {name}"
        for name in value
        if name not in fields and name not in NEWER
    ]
    for name, field in fields.items():
        if name in value:
            found += min(
                (faults(value[name], t, f"{path}.{name}") for t in field["types"]), key=len
            )
        elif field["required"]:
            found.append(f"{path}: {kind} lacks {name}")
    return found


def test_the_check_itself_sees_what_is_wrong() -> None:
    assert faults({"id": 1, "is_bot": False, "first_name": "x"}, "User") == []
    assert faults({"id": "1", "is_bot": False, "age": 5}, "User", "u") == [
        "u: User has no age",
        "u.id: '1' is no Integer",
        "u: User lacks first_name",
    ]


async def updates_of_a_busy_day(town: Town) -> list[dict[str, Any]]:
    """Let one update of every kind come and return them."""
    kinds = ["message", "edited_message", "channel_post", "edited_channel_post", "callback_query"]
    await town.call("getUpdates", allowed_updates=[*kinds, "my_chat_member", "chat_member"])
    dialog, channel, group = (
        town.side.find_chat(ref, OLGA) for ref in ("vestnik", "Новости", "Завод")
    )
    await town.side.do(dialog, OLGA, "start", {"payload": "x"})
    media = [
        town.media(png()),
        town.media(b"mp4", "video", "v.mp4"),
        town.media(b"ogg", "voice", "v.ogg"),
    ]
    await town.side.say(dialog, OLGA, text="Три", media=media, album=True)
    await town.side.say(
        dialog,
        OLGA,
        text="Файл",
        media=[town.media(b"%PDF", "document", "у.pdf")],
        forward_from={"person": IVAN},
    )
    for chat in (dialog, channel):
        (number,) = await town.side.say(chat, OLGA, text="Раз https://a.ru #тег")
        await town.side.do(chat, OLGA, "edit", {"message": number, "text": "Два"})
    topic = await town.side.do(group, OLGA, "create_topic", {"name": "Быт"})
    await town.side.say(group, IVAN, text="в теме", topic=topic["topic"])
    await town.side.do(group, OLGA, "close_topic", topic)
    await town.side.do(group, IVAN, "leave", {})
    await town.side.do(group, IVAN, "join", {})
    await town.side.do(town.side.find_chat("Цех", None), OLGA, "migrate", {})
    for what in ("stop", "unblock"):
        await town.side.do(dialog, OLGA, what, {})
    for what, rights in (
        ("demote_bot", None),
        ("restrict_bot", ["can_send_messages"]),
        ("promote_bot", None),
    ):
        await town.side.do(group, OLGA, what, {"account": "vestnik", "rights": rights})
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
    sent = await town.call("sendMessage", chat_id=OLGA, text="?", reply_markup=keyboard)
    press = asyncio.create_task(town.side.press(dialog, OLGA, sent["message_id"], 0, 0))
    await asyncio.sleep(0)
    got = await town.updates()
    press.cancel()
    assert {name for update in got for name in update} == {
        *kinds,
        "my_chat_member",
        "chat_member",
        "update_id",
    }
    return got


def test_updates_are_shaped_as_published() -> None:
    async def story(town: Town) -> None:
        got = await updates_of_a_busy_day(town)
        assert faults(got, "Array of Update") == []

    in_town(story)


def test_results_are_shaped_as_published() -> None:
    async def story(town: Town) -> None:
        await town.started()
        shown: dict[str, list[Any]] = {}

        def check(method: str, result: Any) -> Any:
            kinds = spec()["methods"][method]["returns"]
            shown[method] = min((faults(result, kind) for kind in kinds), key=len)
            return result

        async def call(method: str, **params: Any) -> Any:
            return check(method, await town.call(method, **params))

        buttons = {
            "inline_keyboard": [
                [{"text": "Да", "callback_data": "y"}, {"text": "→", "url": "http://a.ru"}]
            ]
        }
        preview = {"is_disabled": True}
        await call(
            "sendMessage",
            chat_id=CHANNEL,
            text="@novosti",
            reply_markup=buttons,
            link_preview_options=preview,
        )
        await call(
            "editMessageText",
            chat_id=CHANNEL,
            message_id=1,
            text="<pre>x</pre>",
            parse_mode="HTML",
            reply_markup=buttons,
        )
        await call("editMessageReplyMarkup", chat_id=CHANNEL, message_id=1)
        above = {"show_caption_above_media": True, "has_spoiler": True, "protect_content": True}
        form = {"chat_id": CHANNEL, "caption": "x", **above}
        photo = check(
            "sendPhoto", await town.upload("sendPhoto", {"photo": ("1.png", png(900, 500))}, **form)
        )
        check(
            "sendDocument",
            await town.upload("sendDocument", {"document": ("1.pdf", b"x")}, chat_id=OLGA),
        )
        film = {"chat_id": OLGA, "width": 640, "height": 360, "duration": 5}
        check("sendVideo", await town.upload("sendVideo", {"video": ("1.mp4", b"x")}, **film))
        file_id = photo["photo"][-1]["file_id"]
        items = [
            {"type": "photo", "media": file_id, "caption": "x"},
            {"type": "photo", "media": file_id},
        ]
        await call(
            "sendMediaGroup",
            chat_id=SUPERGROUP,
            media=items,
            reply_parameters={"message_id": 99, "allow_sending_without_reply": True},
        )
        await call("editMessageCaption", chat_id=CHANNEL, message_id=2, caption="y")
        await call(
            "editMessageMedia",
            chat_id=CHANNEL,
            message_id=2,
            media={"type": "photo", "media": file_id},
        )
        await call("getFile", file_id=file_id)
        await call("getMe")
        await call("getUpdates")
        await call("getWebhookInfo")
        await call("setWebhook", url="")
        await call("deleteWebhook")
        await call("setMyCommands", commands=[{"command": "help", "description": "Помощь"}])
        assert await call("getMyCommands") == [{"command": "help", "description": "Помощь"}]
        await call("deleteMyCommands")
        for chat in (OLGA, CHANNEL, SUPERGROUP):
            await call("getChat", chat_id=chat)
            await call("getChatMember", chat_id=chat, user_id=OLGA)
            assert await call("getChatMemberCount", chat_id=chat) >= 2
        for person in (IVAN, 7000000001, 7000000002):
            await call("getChatMember", chat_id=CHANNEL, user_id=person)
        assert len(await call("getChatAdministrators", chat_id=CHANNEL)) == 2
        await call("sendChatAction", chat_id=OLGA, action="typing")
        await call("deleteMessages", chat_id=CHANNEL, message_ids=[1])
        await call("deleteMessage", chat_id=CHANNEL, message_id=2)
        query_id, query = town.side.queries.ask(town.bot)
        await call(
            "answerCallbackQuery",
            callback_query_id=query_id,
            url="https://t.me/vestnik_bot?start=x",
        )
        assert query.answer == {"url": "https://t.me/vestnik_bot?start=x"}
        await call("leaveChat", chat_id=SUPERGROUP)
        assert {method: wrong for method, wrong in shown.items() if wrong} == {}
        assert set(shown) == {method.name for method in METHODS.values()}

    in_town(story)


def test_the_parameters_a_method_reads_are_published_ones() -> None:
    older = {"reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview"}
    for method in METHODS.values():
        published = {field["name"] for field in spec()["methods"][method.name].get("fields", [])}
        assert method.reads <= published | older, method.name
