"""A day in which every method of the Bot API is called with success, told area by area."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.sandbox.telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, png

BUTTONS = {
    "inline_keyboard": [
        [{"text": "Да", "callback_data": "y"}, {"text": "→", "url": "http://a.ru"}],
        [{"text": "Копия", "copy_text": {"text": "x"}}],
    ]
}
KEYBOARD = {
    "keyboard": [
        [{"text": "Номер", "request_contact": True}],
        [{"text": "Место", "request_location": True}],
    ],
    "resize_keyboard": True,
    "one_time_keyboard": True,
    "input_field_placeholder": "Что?",
}


async def own(town: Town) -> None:
    """The bot itself: who it is, its commands, texts, menus and rights."""
    call = town.call
    await call("getMe")
    commands = [{"command": "help", "description": "Помощь"}]
    scope = {"type": "chat", "chat_id": OLGA}
    await call("setMyCommands", commands=commands, scope=scope, language_code="ru")
    assert await call("getMyCommands", scope=scope, language_code="ru") == commands
    await call("deleteMyCommands", scope=scope, language_code="ru")
    for what, text in (("Name", "name"), ("Description", "description")):
        await call(f"setMy{what}", **{text: "Вестник", "language_code": "ru"})
        assert await call(f"getMy{what}", language_code="ru") == {text: "Вестник"}
    await call("setMyShortDescription", short_description="Новости")
    assert await call("getMyShortDescription") == {"short_description": "Новости"}
    app = {"type": "web_app", "text": "Открыть", "web_app": {"url": "https://a.ru"}}
    for button in (app, {"type": "commands"}, {"type": "default"}):
        await call("setChatMenuButton", chat_id=OLGA, menu_button=button)
        await call("getChatMenuButton", chat_id=OLGA)
    rights = await call("getMyDefaultAdministratorRights", for_channels=True)
    await call("setMyDefaultAdministratorRights", rights=rights, for_channels=True)
    await call("getMyDefaultAdministratorRights")


async def sending(town: Town) -> None:
    """A message of every kind, in a dialog, a channel and a group."""
    call, upload = town.call, town.upload
    preview = {"is_disabled": True}
    more = {"reply_markup": BUTTONS, "protect_content": True}
    for chat in (OLGA, CHANNEL, SUPERGROUP):
        first = await call(
            "sendMessage", chat_id=chat, text="@novosti #раз", link_preview_options=preview, **more
        )
        reply = {"message_id": first["message_id"], "quote": "раз"}
        await call(
            "sendMessage", chat_id=chat, text="<b>x</b>", parse_mode="HTML", reply_parameters=reply
        )
        await call(
            "sendLocation", chat_id=chat, latitude=55.7, longitude=37.6, live_period=600, **more
        )
        venue = {"title": "Дом", "address": "Ленина, 1"}
        await call("sendVenue", chat_id=chat, latitude=55.7, longitude=37.6, **venue)
        await call("sendContact", chat_id=chat, phone_number="+79990000000", first_name="Ольга")
        await call("sendDice", chat_id=chat, emoji="🎯")
    await call("sendMessage", chat_id=OLGA, text="Кнопки", reply_markup=KEYBOARD)
    await call("sendMessage", chat_id=OLGA, text="Нет", reply_markup={"remove_keyboard": True})
    await call("sendMessage", chat_id=OLGA, text="А?", reply_markup={"force_reply": True})
    above = {"show_caption_above_media": True, "has_spoiler": True, "protect_content": True}
    photo = await upload(
        "sendPhoto", {"photo": ("1.png", png(900, 500))}, chat_id=CHANNEL, caption="x", **above
    )
    film = {"width": 640, "height": 360, "duration": 5}
    song = {"duration": 5, "performer": "Хор", "title": "Гимн"}
    kinds: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("sendDocument", "document", "1.pdf", {"caption": "x"}),
        ("sendVideo", "video", "1.mp4", film),
        ("sendAnimation", "animation", "1.gif", film),
        ("sendAudio", "audio", "1.mp3", song),
        ("sendVoice", "voice", "1.ogg", {"duration": 5}),
        ("sendVideoNote", "video_note", "1.mp4", {"duration": 5, "length": 240}),
    )
    for method, name, file_name, fields in kinds:
        await upload(method, {name: (file_name, b"x" * 9)}, chat_id=OLGA, **fields)
    await upload("sendSticker", {"sticker": ("1.webp", _webp())}, chat_id=OLGA, emoji="😀")
    file_id = photo["photo"][-1]["file_id"]
    album = [
        {"type": "photo", "media": file_id, "caption": "x"},
        {"type": "photo", "media": file_id},
    ]
    lost = {"message_id": 9999, "allow_sending_without_reply": True}
    await call("sendMediaGroup", chat_id=SUPERGROUP, media=album, reply_parameters=lost)
    await call("getFile", file_id=file_id)
    await call("sendChatAction", chat_id=OLGA, action="typing")
    await call("getUserProfilePhotos", user_id=OLGA)


async def changing(town: Town) -> None:
    """Edits, copies, forwards, reactions, pins, deletions."""
    call = town.call
    text = (await call("sendMessage", chat_id=CHANNEL, text="Раз", reply_markup=BUTTONS))[
        "message_id"
    ]
    fields = {"chat_id": CHANNEL, "message_id": text}
    await call("editMessageText", text="<pre>x</pre>", parse_mode="HTML", **fields)
    await call("editMessageReplyMarkup", reply_markup=BUTTONS, **fields)
    picture = await town.upload("sendPhoto", {"photo": ("1.png", png())}, chat_id=CHANNEL)
    fields = {"chat_id": CHANNEL, "message_id": picture["message_id"]}
    await call("editMessageCaption", caption="y", **fields)
    media = {"type": "photo", "media": picture["photo"][-1]["file_id"]}
    await call("editMessageMedia", media=media, **fields)
    spot = await call("sendLocation", chat_id=CHANNEL, latitude=55, longitude=37, live_period=900)
    fields = {"chat_id": CHANNEL, "message_id": spot["message_id"]}
    await call("editMessageLiveLocation", latitude=55.5, longitude=37.5, heading=90, **fields)
    await call("stopMessageLiveLocation", **fields)
    source = {"chat_id": OLGA, "from_chat_id": CHANNEL}
    await call("forwardMessage", message_id=text, **source)
    await call("forwardMessages", message_ids=[text, picture["message_id"]], **source)
    await call("copyMessage", message_id=picture["message_id"], caption="z", **source)
    await call("copyMessages", message_ids=[text, picture["message_id"]], **source)
    heart = [{"type": "emoji", "emoji": "❤"}]
    await call("setMessageReaction", chat_id=CHANNEL, message_id=text, reaction=heart)
    for chat in (CHANNEL, SUPERGROUP):
        number = (await call("sendMessage", chat_id=chat, text="Важно"))["message_id"]
        await call("pinChatMessage", chat_id=chat, message_id=number)
        await call("getChat", chat_id=chat)
        await call("unpinChatMessage", chat_id=chat, message_id=number)
        await call("unpinAllChatMessages", chat_id=chat)
        await call("deleteMessage", chat_id=chat, message_id=number)
    await call("deleteMessages", chat_id=CHANNEL, message_ids=[text, 9999])


async def polls(town: Town) -> None:
    """Polls and quizzes, and what comes when people vote."""
    options = [{"text": "Да"}, {"text": "Нет"}]
    quiz = {"type": "quiz", "correct_option_ids": [0], "explanation": "<b>так</b>"}
    group = town.side.find_chat("Завод", None)
    for fields in ({"is_anonymous": False}, {**quiz, "explanation_parse_mode": "HTML"}):
        sent = await town.call(
            "sendPoll",
            chat_id=SUPERGROUP,
            question="Идём?",
            options=options,
            open_period=60,
            **fields,
        )
        vote = {"message": sent["message_id"], "options": [0]}
        await town.side.do(group, IVAN, "vote", vote)
        await town.call("stopPoll", chat_id=SUPERGROUP, message_id=sent["message_id"])


async def members(town: Town) -> None:
    """People in groups: asked about, restricted, promoted, banned."""
    call = town.call
    for chat in (OLGA, CHANNEL, GROUP, SUPERGROUP):
        await call("getChat", chat_id=chat)
        await call("getChatMember", chat_id=chat, user_id=OLGA)
        assert await call("getChatMemberCount", chat_id=chat) >= 2
    for person in (IVAN, ANNA, town.bot.id, town.account("second").id):
        await call("getChatMember", chat_id=CHANNEL, user_id=person)
    assert len(await call("getChatAdministrators", chat_id=CHANNEL)) == 2
    who = {"chat_id": SUPERGROUP, "user_id": IVAN}
    await call("restrictChatMember", permissions={"can_send_messages": True}, **who)
    await call("getChatMember", **who)
    await call("promoteChatMember", can_manage_chat=True, can_invite_users=True, **who)
    await call("setChatAdministratorCustomTitle", custom_title="Профорг", **who)
    await call("getChatMember", **who)
    await call("getChatAdministrators", chat_id=SUPERGROUP)
    await call("banChatMember", revoke_messages=True, **who)
    await call("getChatMember", **who)
    await call("unbanChatMember", only_if_banned=True, **who)
    await call("banChatSenderChat", chat_id=SUPERGROUP, sender_chat_id=CHANNEL)
    await call("unbanChatSenderChat", chat_id=SUPERGROUP, sender_chat_id=CHANNEL)


async def rooms(town: Town) -> None:
    """Chats themselves: title, description, photo, permissions, ways in."""
    call = town.call
    await call("setChatTitle", chat_id=SUPERGROUP, title="Цех № 2")
    await call("setChatDescription", chat_id=SUPERGROUP, description="О деле")
    await town.upload("setChatPhoto", {"photo": ("1.png", png(200, 200))}, chat_id=SUPERGROUP)
    await call("getChat", chat_id=SUPERGROUP)
    await call("deleteChatPhoto", chat_id=SUPERGROUP)
    permissions = {"can_send_messages": True, "can_send_polls": True}
    await call("setChatPermissions", chat_id=SUPERGROUP, permissions=permissions)
    await call("exportChatInviteLink", chat_id=SUPERGROUP)
    made = await call(
        "createChatInviteLink", chat_id=SUPERGROUP, name="Чат", creates_join_request=True
    )
    link = {"chat_id": SUPERGROUP, "invite_link": made["invite_link"]}
    await call("editChatInviteLink", name="Для своих", creates_join_request=True, **link)
    group = town.side.find_chat(str(SUPERGROUP), None)
    for method in ("declineChatJoinRequest", "approveChatJoinRequest"):
        await town.side.do(group, ANNA, "join", {"link": made["invite_link"]})
        await call(method, chat_id=SUPERGROUP, user_id=ANNA)
    await call("getChat", chat_id=SUPERGROUP)
    await call("revokeChatInviteLink", **link)


async def topics(town: Town) -> None:
    """A forum: its topics made, changed, closed, opened and deleted."""
    call = town.call
    await town.side.do(town.side.find_chat(str(SUPERGROUP), None), OLGA, "make_forum", {})
    (icon, *_) = await call("getForumTopicIconStickers")
    made = await call("createForumTopic", chat_id=SUPERGROUP, name="Быт", icon_color=7322096)
    topic = {"chat_id": SUPERGROUP, "message_thread_id": made["message_thread_id"]}
    await call("sendMessage", text="в теме", **topic)
    await call("editForumTopic", name="Дом", icon_custom_emoji_id=icon["custom_emoji_id"], **topic)
    for method in (
        "closeForumTopic",
        "reopenForumTopic",
        "unpinAllForumTopicMessages",
        "deleteForumTopic",
    ):
        await call(method, **topic)
    await call("editGeneralForumTopic", chat_id=SUPERGROUP, name="Всё")
    for what in ("close", "reopen", "hide", "unhide"):
        await call(f"{what}GeneralForumTopic", chat_id=SUPERGROUP)
    await call("unpinAllGeneralForumTopicMessages", chat_id=SUPERGROUP)
    await call("getChat", chat_id=SUPERGROUP)


async def presses(town: Town) -> None:
    """A press, answered."""
    query_id, query = town.side.queries.ask(town.bot)
    url = "https://t.me/vestnik_bot?start=x"
    await town.call("answerCallbackQuery", callback_query_id=query_id, url=url)
    assert query.answer == {"url": url}


async def leaving(town: Town) -> None:
    """Webhooks come and go, the bot leaves, closes and logs out."""
    call = town.call
    await call(
        "setWebhook", url=f"{town.sandbox.url}/hook", secret_token="x" * 9, max_connections=3
    )
    await call("getWebhookInfo")
    await call("deleteWebhook", drop_pending_updates=True)
    await call("getUpdates", allowed_updates=["message"])
    await call("leaveChat", chat_id=SUPERGROUP)
    town.world.clock.set(mode="manual", advance_s=3600)
    await call("close")
    await call("logOut")


def _webp() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (512, 512), "red").save(out, "WEBP")
    return out.getvalue()


AREAS = (own, sending, changing, polls, members, rooms, topics, presses, leaving)
