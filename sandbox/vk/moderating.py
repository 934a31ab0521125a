"""What a community does in group conversations: make, rename, pin, invite by link, remove."""

from __future__ import annotations

from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import chat_objects, conversations, dialogs, peers
from sandbox.vk.ask import Ask
from sandbox.vk.conversations import CHATS_FROM
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Message


def create(ask: Ask) -> dict[str, Any]:
    """messages.createChat: of the named people only those come in whom the community may write to."""
    people = ask.params.wholes("user_ids", 500)
    reachable = [who for who in people if not dialogs.barrier(ask.world.dialog(ask.account, who))]
    try:
        chat = conversations.make(ask.world, ask.params.text("title"), bots=[ask.account])
    except Wrong:
        raise invalid("title") from None
    for who in reachable:
        conversations.add(ask.world, chat, who, by=-ask.account.id)
    conversations.tell(ask.world, chat, -ask.account.id, "chat_create", text=chat.title)
    ask.changed(chat)
    return {"chat_id": chat.id - CHATS_FROM, "peer_ids": reachable}


def rename(ask: Ask) -> int:
    """messages.editChat."""
    chat = _ruled(ask, _by_chat_id(ask))
    title = ask.params.need_text("title")
    if len(title) > conversations.MAX_TITLE:
        raise invalid("title")
    said = conversations.rename(ask.world, chat, -ask.account.id, title)
    ask.changed(chat, said.id)
    return 1


def remove(ask: Ask) -> int:
    """messages.removeChatUser: oneself always; others as an administrator (925), who are in it (935) and none (15)."""
    chat = _entered(ask, _by_chat_id(ask))
    who = ask.params.whole("member_id") or ask.params.whole("user_id")
    if who is None:
        raise missing("member_id")
    me = -ask.account.id
    if who != me and not conversations.rules(chat, me):
        raise refuse(925)
    if not dialogs.is_in(chat, who):
        raise refuse(935)
    if who != me and conversations.rules(chat, who):
        raise refuse(15, "can't remove this user")
    said = conversations.remove(ask.world, chat, me, who)
    ask.changed(chat, said.id)
    return 1


def invite_link(ask: Ask) -> dict[str, str]:
    """messages.getInviteLink: 919 for who is no administrator, 931 with reset=1."""
    chat = _entered(ask, ask.params.need_whole("peer_id"))
    reset = ask.params.flag("reset")
    if not conversations.rules(chat, -ask.account.id):
        raise refuse(931 if reset else 919)
    known = chat.extra.get("link")
    link = conversations.link(chat, reset=reset)
    if link != known:
        ask.changed(chat)
    return {"link": link}


def pin(ask: Ask) -> dict[str, Any]:
    """messages.pin: the message, which hangs above the conversation from now on."""
    chat = _ruled(ask, ask.params.need_whole("peer_id"))
    said = _pinnable(ask, chat)
    told = conversations.pin(ask.world, chat, -ask.account.id, said)
    ask.changed(chat, told.id)
    return chat_objects.pinned_message(chat, said)


def unpin(ask: Ask) -> int:
    """messages.unpin."""
    chat = _ruled(ask, ask.params.need_whole("peer_id"))
    told = conversations.unpin(ask.world, chat, -ask.account.id)
    if told is not None:
        ask.changed(chat, told.id)
    return 1


def forget(ask: Ask) -> dict[str, int]:
    """messages.deleteConversation: all that was said goes from the community's own sight."""
    peer = ask.params.whole("peer_id") or ask.params.whole("user_id")
    if peer is None:
        raise missing("peer_id")
    chat = peers.to_read(ask, peer)
    gone = dialogs.seen(ask.account, chat) if chat else []
    for said in gone:
        dialogs.hide(ask.account, said)
    if chat is not None and gone:
        ask.changed(chat, *(said.id for said in gone))
    return {"last_deleted_id": gone[-1].global_id if gone else 0}


def _by_chat_id(ask: Ask) -> int:
    number = ask.params.need_whole("chat_id")
    if not 0 < number <= 100_000_000:
        raise invalid("chat_id")
    return CHATS_FROM + number


def _entered(ask: Ask, peer: int) -> Chat:
    """Return a conversation that the community is in; raises Refusal 100, 917, 922, 912, 945 or 946."""
    if peer <= CHATS_FROM:
        raise invalid("peer_id")
    return peers.to_change(ask, peer)


def _ruled(ask: Ask, peer: int) -> Chat:
    chat = _entered(ask, peer)
    conversations.must_rule(ask.account, chat)
    return chat


def _pinnable(ask: Ask, chat: Chat) -> Message:
    """Return the message that cmid names: messages of a conversation have no other id for a community."""
    number = ask.params.whole("cmid")
    if number is None:
        raise missing("cmid")
    said = chat.find(number)
    if said is None or "action" in said.extra or dialogs.is_hidden(ask.account, said):
        raise invalid("cmid")
    return said


METHODS = {
    "messages.createChat": method(create, COMMUNITY, "user_ids title group_id"),
    "messages.deleteConversation": method(forget, COMMUNITY, "user_id peer_id group_id"),
    "messages.editChat": method(rename, COMMUNITY, "chat_id title", missing="the description and the rules of a conversation"),
    "messages.getInviteLink": method(invite_link, COMMUNITY, "peer_id reset group_id", missing="the page behind the link"),
    "messages.pin": method(pin, COMMUNITY, "peer_id message_id cmid", missing="one message at a time; none in a dialog"),
    "messages.removeChatUser": method(remove, COMMUNITY, "chat_id user_id member_id"),
    "messages.unpin": method(unpin, COMMUNITY, "peer_id group_id"),
}  # fmt: skip
