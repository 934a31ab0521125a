"""Methods that look messages and dialogs up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.vk import chat_objects, conversations, dialogs, objects, peers
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Message


def history(ask: Ask) -> dict[str, Any]:
    """messages.getHistory: newest first, or oldest first with rev=1; none for a dialog that is not there."""
    peer = ask.params.whole("peer_id") or ask.params.whole("user_id")
    if peer is None:
        raise missing("peer_id")
    chat = peers.to_read(ask, peer)
    said = dialogs.seen(ask.account, chat) if chat else []
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
    return _found(
        ask, [pair for pair in found if pair and not dialogs.is_hidden(ask.account, pair[1])]
    )


def search(ask: Ask) -> dict[str, Any]:
    """messages.search: messages with these words in them, whatever their case, newest first."""
    wanted, peer = ask.params.text("q").casefold(), ask.params.whole("peer_id")
    before = ask.params.whole("date")
    chats = dialogs.of_account(ask.world, ask.account)
    if peer is not None:
        chat = peers.to_read(ask, peer)
        chats = [chat] if chat else []
    pairs = [
        (chat, said)
        for chat in chats
        for said in dialogs.seen(ask.account, chat)
        if wanted in said.text.casefold() and (before is None or said.at < before)
    ]
    pairs.sort(key=lambda pair: (pair[1].at, pair[1].global_id, pair[1].id), reverse=True)
    offset, count = ask.params.page(100, 20)
    return _found(ask, pairs[offset : offset + count], total=len(pairs))


def conversations_list(ask: Ask) -> dict[str, Any]:
    """messages.getConversations: all dialogs, the one with the newest message first."""
    account = ask.account
    every = dialogs.of_account(ask.world, account)
    newest = {chat.id: said for chat in every if (said := dialogs.last_seen(account, chat))}
    chats = [chat for chat in every if chat.id in newest]
    unread = sum(1 for chat in chats if chat_objects.unread(account, chat))
    chats = [chat for chat in chats if _passes(ask, chat)]
    chats.sort(key=lambda chat: (newest[chat.id].at, newest[chat.id].global_id), reverse=True)
    offset, count = ask.params.page(200, 20)
    page = chats[offset : offset + count]
    items = [
        {
            "conversation": _conversation(ask, chat),
            "last_message": objects.message(account, chat, newest[chat.id]),
        }
        for chat in page
    ]
    answer = {"count": len(chats), "unread_count": unread, "items": items}
    return answer | _extended(ask, page)


def conversations_by_id(ask: Ask) -> dict[str, Any]:
    """messages.getConversationsById: also for people who never wrote (can_write says why not).

    A conversation that the community does not administer is left out, as VK does.
    """
    ask.params.need_text("peer_ids")
    chats = []
    for peer in ask.params.wholes("peer_ids", 100):
        chat = peers.to_read(ask, peer)
        shown = chat or Chat(peer, "vk", "private", "", ask.account.name, peer)
        if shown.kind != "chat" or conversations.rules(shown, -ask.account.id):
            chats.append(shown)
    items = [_conversation(ask, chat) for chat in chats]
    return {"count": len(items), "items": items} | _extended(ask, chats)


def members(ask: Ask) -> dict[str, Any]:
    """messages.getConversationMembers: of a conversation only for its administrators (else 917)."""
    peer = ask.params.need_whole("peer_id")
    chat = peers.to_read(ask, peer)
    if chat is not None and chat.kind == "chat":
        if not conversations.rules(chat, -ask.account.id):
            raise refuse(917)
        present = conversations.present(chat)
        items = [chat_objects.member(ask.account, chat, who) for who in present]
    else:
        present = [peer, -ask.account.id]
        items = [{"member_id": who} for who in present]
    if ask.params.given("member_ids"):
        wanted = ask.params.wholes("member_ids", 1000)
        items = [item for item in items if item["member_id"] in wanted]
        present = [who for who in present if who in wanted]
    offset, count = ask.params.page(1000, 1000)
    people = [who for who in present[offset : offset + count] if who > 0]
    fields = ask.params.words("fields")
    return {
        "count": len(items),
        "items": items[offset : offset + count],
        "profiles": [objects.user(ask.world.people[who], fields) for who in people],
        "groups": _groups(ask, present[offset : offset + count]),
    }


def is_allowed(ask: Ask) -> dict[str, int]:
    """messages.isMessagesFromGroupAllowed: whether the community may write to a person."""
    account = ask.community(needed=True)
    person = ask.params.need_whole("user_id")
    return {"is_allowed": int(not dialogs.barrier(ask.world.dialog(account, person)))}


def _passes(ask: Ask, chat: Chat) -> bool:
    """Tell whether the parameter `filter` of messages.getConversations lets a dialog through."""
    account, wanted = ask.account, ask.params.text("filter") or "all"
    tests = {
        "all": True,
        "unread": chat_objects.unread(account, chat) > 0,
        "unanswered": chat_objects.unanswered(account, chat),
        "important": account.name in chat.extra.get("important", ()),
        "sorted_chats": chat.kind == "chat",
        "archive": False,
    }
    if wanted not in tests:
        raise invalid("filter")
    return tests[wanted]


def _conversation(ask: Ask, chat: Chat) -> dict[str, Any]:
    known = chat if chat.kind == "chat" else ask.world.dialog(ask.account, chat.id)
    return chat_objects.conversation(ask.account, chat, peers.obstacle(ask.account, known))


def _numbered(ask: Ask, peer: int, numbers: Sequence[int]) -> list[tuple[Chat, Message]]:
    chat = peers.to_read(ask, peer)
    if chat is None:
        return []
    there = {said.id: said for said in dialogs.seen(ask.account, chat)}
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
    who = {chat.person or 0 for chat in chats} | {-ask.account.id}
    who |= {one for chat in chats if chat.kind == "chat" for one in conversations.present(chat)}
    fields = ask.params.words("fields")
    people = [person for id_, person in ask.world.people.items() if id_ in who]
    profiles = [objects.user(person, fields) for person in people]
    return {"profiles": profiles, "groups": _groups(ask, who)}


def _groups(ask: Ask, who: Iterable[int]) -> list[dict[str, Any]]:
    wanted, fields = set(who), ask.params.words("fields")
    return [
        objects.group(account, fields, 0)
        for account in ask.world.accounts.values()
        if account.network == "vk" and -account.id in wanted
    ]


METHODS = {
    "messages.getByConversationMessageId": method(
        by_number, COMMUNITY, "peer_id conversation_message_ids extended fields group_id"
    ),
    "messages.getById": method(by_id, COMMUNITY, "message_ids cmids peer_id extended fields group_id"),
    "messages.getConversationMembers": method(
        members, COMMUNITY, "peer_id offset count member_ids extended fields group_id", missing="requests to join",
    ),
    "messages.getConversations": method(
        conversations_list, COMMUNITY, "offset count filter extended start_message_id fields group_id",
        missing="start_message_id has no effect; nothing is ever archived",
    ),
    "messages.getConversationsById": method(
        conversations_by_id, COMMUNITY, "peer_ids extended fields group_id",
        missing="pictures, folders and notification settings; ids of conversations are the same for every community",
    ),
    "messages.getHistory": method(
        history, COMMUNITY, "offset count user_id peer_id start_message_id rev extended fields group_id",
        missing="a community sees what was said in a conversation before it came, too",
    ),
    "messages.isMessagesFromGroupAllowed": method(is_allowed, COMMUNITY, "group_id user_id"),
    "messages.search": method(
        search, COMMUNITY, "q peer_id date offset count extended fields group_id", missing="word forms",
    ),
}  # fmt: skip
