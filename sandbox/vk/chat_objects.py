"""Dialogs and group conversations in the shapes of API 5.199."""

from __future__ import annotations

from typing import Any

from sandbox.vk import conversations, dialogs, objects
from sandbox.vk.conversations import CHATS_FROM
from sandbox.world import Account, Chat, Message


def conversation(account: Account, chat: Chat, can_write: int) -> dict[str, Any]:
    """Return a dialog or conversation; `can_write` is 0 or the error code that stands in the way."""
    last = chat.messages[-1] if chat.messages else None
    number, global_id = (last.id, last.global_id) if last else (0, 0)
    is_chat = chat.kind == "chat"
    shown: dict[str, Any] = {
        "peer": {
            "id": chat.id,
            "type": "chat" if is_chat else "user",
            "local_id": chat.id - CHATS_FROM if is_chat else chat.id,
        },
        "last_message_id": global_id,
        "last_conversation_message_id": number,
        "in_read": _id_at(chat, read_to(account, chat)),
        "out_read": _id_at(chat, int(chat.extra.get("read_by_person", 0))),
        "unread_count": unread(account, chat),
        "version": 10_000_000 + chat.version,
        "sort_id": {"major_id": 0, "minor_id": global_id or number},
        "is_marked_unread": False,
        "important": account.name in chat.extra.get("important", ()),
        "unanswered": unanswered(account, chat),
        "can_write": {"allowed": not can_write},
    }
    if can_write:
        shown["can_write"]["reason"] = can_write
    keyboard = chat.extra.get("keyboard")
    if keyboard:
        by = chat.extra.get("keyboard_by", -account.id)
        shown["current_keyboard"] = {**keyboard, "author_id": by}
    if is_chat:
        shown["chat_settings"] = chat_settings(account, chat)
    return shown


def chat_settings(account: Account, chat: Chat) -> dict[str, Any]:
    """Return title, owner and rules of a conversation, and what the community may do in it."""
    present = conversations.present(chat)
    rules = conversations.rules(chat, -account.id)
    member = chat.members.get(-account.id)
    states = {"kicked": "kicked", "left": "left"}
    shown: dict[str, Any] = {
        "owner_id": conversations.owner(chat),
        "title": chat.title,
        "state": states.get(member.status, "in") if member else "out",
        "members_count": len(present),
        "friends_count": 0,
        "pinned_messages_count": len(chat.pinned),
        "admin_ids": [who for who in present if conversations.rules(chat, who)],
        "active_ids": present[:4],
        "is_group_channel": False,
        "acl": {
            "can_change_info": rules,
            "can_change_invite_link": rules,
            "can_change_pin": rules,
            "can_invite": rules,
            "can_promote_users": False,
            "can_see_invite_link": rules,
            "can_moderate": rules,
            "can_copy_chat": False,
            "can_call": False,
            "can_use_mass_mentions": rules,
            "can_change_service_type": False,
        },
    }
    pinned = chat.find(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        shown["pinned_message"] = pinned_message(chat, pinned)
    return shown


def pinned_message(chat: Chat, said: Message) -> dict[str, Any]:
    """Return a message as it hangs above a conversation."""
    return {**objects.quoted(chat, said), "fwd_messages": said.extra.get("fwd", [])}


def member(account: Account, chat: Chat, who: int) -> dict[str, Any]:
    """Return somebody's place in a conversation."""
    by, at = chat.extra.get("joined", {}).get(str(who), [who, 0])
    rules = conversations.rules(chat, who)
    shown: dict[str, Any] = {
        "member_id": who,
        "invited_by": by,
        "join_date": at,
        "is_admin": rules,
        "is_owner": conversations.owner(chat) == who,
        "can_kick": conversations.rules(chat, -account.id) and not rules,
    }
    return shown


def read_to(account: Account, chat: Chat) -> int:
    """Return the number within the chat up to which the community has read."""
    return int(chat.extra.get("read", {}).get(account.name, 0))


def unread(account: Account, chat: Chat) -> int:
    """Count what came to the community since it last read or wrote."""
    count, read = 0, read_to(account, chat)
    for said in reversed(chat.messages):
        if said.id <= read:
            break
        own = said.by_account and said.sender == account.id
        count += not own and not dialogs.is_hidden(account, said)
    return count


def unanswered(account: Account, chat: Chat) -> bool:
    """Tell whether the last word in a dialog is the person's and was not marked as answered."""
    last = chat.messages[-1] if chat.messages else None
    if last is None or chat.kind == "chat" or last.by_account:
        return False
    return last.id > int(chat.extra.get("answered", 0))


def _id_at(chat: Chat, number: int) -> int:
    """Return the message id of the last message up to a number within the chat."""
    found = (said.global_id for said in reversed(chat.messages) if said.id <= number)
    return next(found, 0)
