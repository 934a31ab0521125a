"""Every answer and update of the sandbox's Bot API has the shape that is published."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.telegram.methods import METHODS
from tests.conformance.telegram_story import AREAS
from tests.conformance.told import NEEDS_SPECS, Watch
from tests.sandbox.telegram_town import ANNA, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

pytestmark = NEEDS_SPECS


def test_every_method_answers_as_published() -> None:
    async def story(town: Town) -> None:
        watch = Watch()
        town.gate.inspector = watch.inspector
        for person in (OLGA, IVAN):
            await town.started(person)
        for area in AREAS:
            await area(town)
        watch.nothing_wrong()
        assert watch.seen("telegram") == {method.name for method in METHODS.values()}

    in_town(story)


KINDS = [
    "message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member",
    "chat_member", "chat_join_request", "poll", "poll_answer", "message_reaction",
]  # fmt: skip


async def in_a_dialog(town: Town) -> None:
    """Everything a person can send, edit and do in a dialog."""
    dialog, do = town.dialog(), town.side.do
    await do(dialog, OLGA, "start", {"payload": "x"})
    kinds: tuple[tuple[Any, bytes, str], ...] = (
        ("photo", png(), "фото.png"),
        ("video", b"mp4", "v.mp4"),
        ("voice", b"ogg", "v.ogg"),
        ("document", b"%PDF", "у.pdf"),
        ("audio", b"mp3", "а.mp3"),
        ("animation", b"gif", "а.gif"),
        ("sticker", b"webp", "с.webp"),
        ("video_note", b"mp4", "к.mp4"),
    )
    for kind, content, name in kinds:
        await town.side.say(dialog, OLGA, media=[town.media(content, kind, name)])
    album = [town.media(png()), town.media(png(50, 50))]
    await town.side.say(dialog, OLGA, text="Два", media=album, album=True)
    for source in ({"person": IVAN}, {"name": "Кто-то"}, {"chat": "Новости", "message": 1}):
        await town.side.say(dialog, OLGA, text="Чужое", forward_from=source)
    await do(dialog, OLGA, "send_location", {"latitude": 55.7, "longitude": 37.6})
    await do(dialog, OLGA, "send_contact", {})
    for what in ("stop", "unblock"):
        await do(dialog, OLGA, what, {})


async def in_groups(town: Town) -> None:
    """What people do in a group, and to each other and the bot there."""
    group, do = town.side.find_chat("Завод", OLGA), town.side.do
    link = await town.call("createChatInviteLink", chat_id=SUPERGROUP, creates_join_request=True)
    await do(group, ANNA, "join", {"link": link["invite_link"]})
    poll = {"question": "Идём?", "options": [{"text": "Да"}, {"text": "Нет"}]}
    sent = await town.call("sendPoll", chat_id=SUPERGROUP, is_anonymous=False, **poll)
    await do(group, IVAN, "vote", {"message": sent["message_id"], "options": [0]})
    await do(group, IVAN, "react", {"message": sent["message_id"], "emoji": "👍"})
    await do(group, OLGA, "pin", {"message": sent["message_id"]})
    topic = await do(group, OLGA, "create_topic", {"name": "Быт"})
    await town.side.say(group, IVAN, text="в теме", topic=topic["topic"])
    await do(group, OLGA, "close_topic", topic)
    await do(group, OLGA, "reopen_topic", topic)
    for what in ("restrict", "promote", "demote", "ban", "unban"):
        await do(group, OLGA, what, {"person": IVAN})
    await do(group, IVAN, "join", {})
    await do(group, OLGA, "set_title", {"title": "Цех № 1"})
    await do(group, IVAN, "leave", {})
    await do(town.side.find_chat(str(GROUP), OLGA), OLGA, "migrate", {})
    for what, rights in (
        ("demote_bot", None),
        ("restrict_bot", ["can_send_messages"]),
        ("promote_bot", None),
    ):
        await do(group, OLGA, what, {"account": "vestnik", "rights": rights})


def test_updates_of_every_kind_are_shaped_as_published() -> None:
    async def story(town: Town) -> None:
        watch = Watch()
        town.gate.inspector = watch.inspector
        await town.call("getUpdates", allowed_updates=KINDS)
        channel = town.side.find_chat("Новости", OLGA)
        await in_a_dialog(town)
        await in_groups(town)
        for chat in (town.dialog(), channel):
            (number,) = await town.side.say(chat, OLGA, text="Раз https://a.ru #тег")
            await town.side.do(chat, OLGA, "edit", {"message": number, "text": "Два"})
        keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
        sent = await town.call("sendMessage", chat_id=OLGA, text="?", reply_markup=keyboard)
        press = asyncio.create_task(town.side.press(town.dialog(), OLGA, sent["message_id"], 0, 0))
        await asyncio.sleep(0)
        got: list[dict[str, Any]] = []
        while more := await town.updates(limit=100):
            got += more
        press.cancel()
        watch.nothing_wrong()
        assert {name for update in got for name in update} == {*KINDS, "update_id"}

    in_town(story)
