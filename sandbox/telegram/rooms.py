"""What a bot learns of a chat: getChat, getChatMember, getChatAdministrators…; leaveChat, sendChatAction."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.access import chat_for, has_right, is_admin, is_present, may_write
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.happenings import by_bot, service, set_member
from sandbox.telegram.chats.info import chat_photo
from sandbox.telegram.chats.links import primary_link
from sandbox.telegram.chats.members import user_id_of
from sandbox.telegram.chats.seats import permissions_of
from sandbox.telegram.params import bad, text
from sandbox.telegram.spec import spec
from sandbox.telegram.wire import bot_by_id, chat_object, member_object, message_object
from sandbox.world import Chat, Member

_ACTIONS = frozenset((
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio",
    "upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note", "cancel", "pick_up_location",
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
    if (photo := chat_photo(ask.account, chat)) is not None:
        shown["photo"] = photo
    if chat.kind in ("group", "supergroup"):
        shown["permissions"] = permissions_of(chat)
    if chat.kind == "supergroup":
        settings = (("slow_mode", "slow_mode_delay"), ("join_by_request", "join_by_request"))
        shown |= {field: chat.extra[name] for name, field in settings if chat.extra.get(name)}
    pinned = chat.find(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        shown["pinned_message"] = message_object(ask.world, ask.account, chat, pinned)
    return {**shown, **_for_administrators(ask, chat)}


async def get_chat_member(ask: Ask) -> Any:
    """getChatMember."""
    user_id, chat = user_id_of(ask), _known(ask)
    if user_id not in ask.world.people and bot_by_id(ask.world, user_id) is None:
        raise bad("member not found")
    if chat.kind == "private":
        present = user_id in (chat.person, ask.account.id)
        return member_object(ask.world, chat, user_id, Member("member" if present else "left"))
    if user_id != ask.account.id:
        _lists_members(ask, chat)
    member, viewer = chat.members.get(user_id), ask.account.id
    return member_object(ask.world, chat, user_id, member, viewer=viewer)


async def get_chat_administrators(ask: Ask) -> Any:
    """getChatAdministrators: people and the asking bot itself; other bots are left out."""
    chat = _known(ask)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    _lists_members(ask, chat)
    return [
        member_object(ask.world, chat, user_id, member, viewer=ask.account.id)
        for user_id, member in chat.members.items()
        if is_admin(member) and (user_id in ask.world.people or user_id == ask.account.id)
    ]


async def get_chat_member_count(ask: Ask) -> int:
    """getChatMemberCount."""
    chat = _known(ask)
    return 2 if chat.kind == "private" else sum(map(is_present, chat.members.values()))


async def leave_chat(ask: Ask) -> bool:
    """leaveChat."""
    chat = ask.chat()
    if chat.kind == "private":
        raise bad("can't leave private chats")
    cause = by_bot(ask.account)
    set_member(ask.world, ask.updates, chat, ask.account.id, Member("left"), cause)
    if chat.kind != "channel":
        service(ask.world, ask.updates, chat, cause, {"left_chat_member": cause.user})
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
    """Return the chat, which may be one that the bot only knows: somebody met, a public channel."""
    ref = ask.call.chats[0] if ask.call.chats else None
    return chat_for(ask.world, ask.account, ref, reading=True)


def _for_administrators(ask: Ask, chat: Chat) -> dict[str, Any]:
    me = chat.members.get(ask.account.id)
    shown: dict[str, Any] = {}
    if chat.kind != "private" and has_right(me, "can_invite_users"):
        known = len(chat.extra.get("links", {}))
        shown["invite_link"] = primary_link(ask.world, chat, ask.account.id)
        if len(chat.extra["links"]) > known:  # asking made it
            ask.world.touch(chat)
    if chat.kind == "supergroup" and is_admin(me):
        shown["has_visible_history"] = True
    return shown


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
