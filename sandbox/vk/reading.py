"""Methods that look messages and dialogs up, and those that only show that somebody is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.vk import dialogs, objects
from sandbox.vk.ask import Ask
from sandbox.vk.errors import missing, refuse
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Message


def history(ask: Ask) -> dict[str, Any]:
    """messages.getHistory: newest first, or oldest first with rev=1; none for a dialog that is not there."""
    peer = ask.params.whole("peer_id") or ask.params.whole("user_id")
    if peer is None:
        raise missing("peer_id")
    _known(ask, peer)
    chat = ask.world.dialog(ask.account, peer)
    said = dialogs.seen(chat) if chat else []
    ordered = said if ask.params.flag("rev") else said[::-1]
    start = ask.params.whole("start_message_id")
    if start is not None and start > 0:
        ordered = [
            one
            for one in ordered
            if (one.global_id >= start) is ask.params.flag("rev") or one.global_id == start
        ]
    offset, count = ask.params.page(200, 20)
    pairs = [(chat, one) for one in ordered[offset : offset + count] if chat]
    return _found(ask, pairs, total=len(said))


def by_number(ask: Ask) -> dict[str, Any]:
    """messages.getByConversationMessageId: those of the asked messages that are still there."""
    peer = ask.params.need_whole("peer_id")
    ask.params.need_text("conversation_message_ids")
    numbers = ask.params.wholes("conversation_message_ids", 100)
    return _found(ask, _numbered(ask, peer, numbers))


def by_id(ask: Ask) -> dict[str, Any]:
    """messages.getById: by message_ids, or by peer_id and cmids."""
    if ask.params.given("cmids"):
        return _found(
            ask, _numbered(ask, ask.params.need_whole("peer_id"), ask.params.wholes("cmids", 100))
        )
    ask.params.need_text("message_ids")
    ids = ask.params.wholes("message_ids", 100)
    found = (dialogs.by_global_id(ask.world, ask.account, id_) for id_ in ids)
    return _found(ask, [pair for pair in found if pair and not pair[1].extra.get("hidden")])


def conversations(ask: Ask) -> dict[str, Any]:
    """messages.getConversations: all dialogs, the one with the newest message first."""
    chats = [chat for chat in dialogs.of_account(ask.world, ask.account) if dialogs.seen(chat)]
    chats.sort(key=lambda chat: chat.messages[-1].global_id, reverse=True)
    offset, count = ask.params.page(200, 20)
    items = [
        {
            "conversation": objects.conversation(ask.account, chat, dialogs.barrier(chat)),
            "last_message": objects.message(ask.account, chat, dialogs.seen(chat)[-1]),
        }
        for chat in chats[offset : offset + count]
    ]
    answer = {"count": len(chats), "unread_count": 0, "items": items}
    return answer | _extended(ask, chats[offset : offset + count])


def conversations_by_id(ask: Ask) -> dict[str, Any]:
    """messages.getConversationsById: also for people who never wrote (can_write says why not)."""
    ask.params.need_text("peer_ids")
    peers = ask.params.wholes("peer_ids", 100)
    items, chats = [], []
    for peer in peers:
        _known(ask, peer)
        chat = ask.world.dialog(ask.account, peer)
        shown = chat or Chat(peer, "vk", "private", "", ask.account.name, peer)
        items.append(objects.conversation(ask.account, shown, dialogs.barrier(chat)))
        chats.append(shown)
    return {"count": len(items), "items": items} | _extended(ask, chats)


def is_allowed(ask: Ask) -> dict[str, int]:
    """messages.isMessagesFromGroupAllowed: whether the community may write to a person."""
    account = ask.community(needed=True)
    person = ask.params.need_whole("user_id")
    return {"is_allowed": int(not dialogs.barrier(ask.world.dialog(account, person)))}


def mark_read(ask: Ask) -> int:
    """messages.markAsRead: the dialog is read up to its newest message."""
    peer = ask.params.need_whole("peer_id")
    chat = ask.world.dialog(ask.account, peer)
    if chat is None:
        raise refuse(917)
    newest = chat.messages[-1].global_id if chat.messages else 0
    if chat.extra.get("read_to") != newest:
        chat.extra["read_to"] = newest
        ask.changed(chat)
    return 1


def show_activity(ask: Ask) -> int:
    """messages.setActivity: nobody here watches somebody type, so it changes nothing."""
    peer = ask.params.whole("peer_id") or ask.params.whole("user_id")
    if peer is None:
        raise missing("peer_id")
    _known(ask, peer)
    return 1


def _known(ask: Ask, peer: int) -> None:
    if peer not in ask.world.people:
        raise refuse(936)


def _numbered(ask: Ask, peer: int, numbers: Sequence[int]) -> list[tuple[Chat, Message]]:
    chat = ask.world.dialog(ask.account, peer)
    if chat is None:
        return []
    there = {said.id: said for said in dialogs.seen(chat)}
    return [(chat, there[number]) for number in numbers if number in there]


def _found(
    ask: Ask, pairs: Sequence[tuple[Chat, Message]], total: int | None = None
) -> dict[str, Any]:
    items = [objects.message(ask.account, chat, said) for chat, said in pairs]
    answer: dict[str, Any] = {"count": len(items) if total is None else total, "items": items}
    return answer | _extended(ask, [chat for chat, _ in pairs])


def _extended(ask: Ask, chats: Sequence[Chat]) -> dict[str, Any]:
    if not ask.params.flag("extended"):
        return {}
    fields = ask.params.words("fields")
    people = {chat.person for chat in chats}
    return {
        "profiles": [
            objects.user(p, fields) for id_, p in ask.world.people.items() if id_ in people
        ],
        "groups": [objects.group(ask.account, fields, 0)],
    }


METHODS = {
    "messages.getByConversationMessageId": method(
        by_number, COMMUNITY, "peer_id conversation_message_ids extended fields group_id"
    ),
    "messages.getById": method(by_id, COMMUNITY, "message_ids cmids peer_id extended fields group_id"),
    "messages.getConversations": method(
        conversations, COMMUNITY, "offset count extended start_message_id fields group_id"
    ),
    "messages.getConversationsById": method(conversations_by_id, COMMUNITY, "peer_ids extended fields group_id"),
    "messages.getHistory": method(
        history, COMMUNITY, "offset count user_id peer_id start_message_id rev extended fields group_id"
    ),
    "messages.isMessagesFromGroupAllowed": method(is_allowed, COMMUNITY, "group_id user_id"),
    "messages.markAsRead": method(mark_read, COMMUNITY, "message_ids peer_id start_message_id group_id"),
    "messages.setActivity": method(show_activity, COMMUNITY, "user_id peer_id group_id"),
}  # fmt: skip
