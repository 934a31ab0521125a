"""getChat, getChatMember, getChatAdministrators, getChatMemberCount, leaveChat, sendChatAction."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.access import chat_for, is_admin, is_present, may_write
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, integer, text
from sandbox.telegram.people import set_member
from sandbox.telegram.spec import spec
from sandbox.telegram.wire import bot_by_id, bot_user, chat_object, member_object, message_object
from sandbox.world import Chat, Member

_ACTIONS = frozenset((
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio",
    "upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
))  # fmt: skip
_NO_GIFTS = {
    "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
    "premium_subscription": False, "gifts_from_channels": False,
}  # fmt: skip


async def get_chat(ask: Ask) -> Any:
    """getChat."""
    chat = _known(ask)
    shown = chat_object(ask.world, chat)
    shown |= {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": _NO_GIFTS,
    }
    if chat.username:
        shown["active_usernames"] = [chat.username]
    if chat.extra.get("description"):
        shown["description"] = chat.extra["description"]
    pinned = chat.find(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        shown["pinned_message"] = message_object(ask.world, ask.account, chat, pinned)
    return shown


async def get_chat_member(ask: Ask) -> Any:
    """getChatMember."""
    chat = _known(ask)
    user_id = integer(ask.params, "user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    if user_id not in ask.world.people and bot_by_id(ask.world, user_id) is None:
        raise bad("user not found")
    if chat.kind == "private":
        present = user_id in (chat.person, ask.account.id)
        return member_object(ask.world, chat, user_id, Member("member" if present else "left"))
    if user_id != ask.account.id:
        _lists_members(ask, chat)
    return member_object(ask.world, chat, user_id, chat.members.get(user_id))


async def get_chat_administrators(ask: Ask) -> Any:
    """getChatAdministrators: people and the asking bot itself; other bots are left out."""
    chat = _group(ask)
    _lists_members(ask, chat)
    return [
        member_object(ask.world, chat, user_id, member)
        for user_id, member in chat.members.items()
        if is_admin(member) and (user_id in ask.world.people or user_id == ask.account.id)
    ]


async def get_chat_member_count(ask: Ask) -> int:
    """getChatMemberCount."""
    chat = _known(ask)
    return 2 if chat.kind == "private" else sum(map(is_present, chat.members.values()))


async def leave_chat(ask: Ask) -> bool:
    """leaveChat."""
    chat = _group(ask)
    set_member(ask.world, ask.updates, chat, ask.account.id, Member("left"), bot_user(ask.account))
    ask.done(chat)
    return True


async def send_chat_action(ask: Ask) -> bool:
    """sendChatAction: checked like a message, seen by nobody."""
    chat = ask.chat()
    if text(ask.params, "action").lower() not in _ACTIONS:
        raise bad("wrong parameter action in request")
    may_write(ask.account, chat, "text")
    return True


def _known(ask: Ask) -> Chat:
    """Return the chat; one's own dialog with somebody who blocked the bot counts as known."""
    return chat_for(ask.world, ask.account, ask.call.chats[0] if ask.call.chats else None)


def _group(ask: Ask) -> Chat:
    chat = _known(ask)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    return chat


def _lists_members(ask: Ask, chat: Chat) -> None:
    if chat.kind == "channel" and not is_admin(chat.members.get(ask.account.id)):
        raise bad("member list is inaccessible")


SPECS = (
    spec("getChat", get_chat, "chat_id"),
    spec("getChatMember", get_chat_member, "chat_id user_id"),
    spec("getChatAdministrators", get_chat_administrators, "chat_id"),
    spec("getChatMemberCount", get_chat_member_count, "chat_id"),
    spec("leaveChat", leave_chat, "chat_id"),
    spec("sendChatAction", send_chat_action, "chat_id message_thread_id action"),
)
