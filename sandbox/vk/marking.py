"""Methods that leave words as they are: read marks, answered, important, typing, reactions."""

from __future__ import annotations

from typing import Any

from sandbox.vk import dialogs, objects, peers, reactions
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Message

_ACTIVITIES = ("audiomessage", "file", "photo", "typing", "video")


def mark_read(ask: Ask) -> int:
    """messages.markAsRead: the dialog is read up to its newest message."""
    chat = peers.to_change(ask, ask.params.need_whole("peer_id"))
    if dialogs.mark_read(ask.account, chat):
        ask.changed(chat)
    return 1


def mark_answered(ask: Ask) -> int:
    """messages.markAsAnsweredConversation: the dialog waits for no answer, until the person writes again."""
    chat = peers.to_change(ask, ask.params.need_whole("peer_id"))
    answered = not ask.params.given("answered") or ask.params.flag("answered")
    chat.extra["answered"] = chat.last_id if answered else 0
    ask.changed(chat)
    return 1


def mark_important(ask: Ask) -> int:
    """messages.markAsImportantConversation."""
    chat = peers.to_change(ask, ask.params.need_whole("peer_id"))
    important = not ask.params.given("important") or ask.params.flag("important")
    others = [name for name in chat.extra.get("important", ()) if name != ask.account.name]
    chat.extra["important"] = [*others, ask.account.name] if important else others
    ask.changed(chat)
    return 1


def show_activity(ask: Ask) -> int:
    """messages.setActivity: nobody here watches somebody type, so it changes nothing."""
    peer = ask.params.whole("peer_id") or ask.params.whole("user_id")
    if peer is None:
        raise missing("peer_id")
    if (ask.params.text("type") or "typing") not in _ACTIVITIES:
        raise invalid("type")
    peers.to_read(ask, peer)
    return 1


def react(ask: Ask) -> int:
    """messages.sendReaction: the community's one reaction to a message; 1009 for an unknown one."""
    chat, said = _meant(ask)
    number = ask.params.need_whole("reaction_id")
    if number not in reactions.SIGNS:
        raise refuse(1009)
    reactions.set_one(said, -ask.account.id, number)
    ask.changed(chat, said.id)
    return 1


def take_back(ask: Ask) -> int:
    """messages.deleteReaction."""
    chat, said = _meant(ask)
    reactions.set_one(said, -ask.account.id, 0)
    ask.changed(chat, said.id)
    return 1


def reacted(ask: Ask) -> dict[str, Any]:
    """messages.getReactedPeers: who reacted how, of one reaction only if `reaction_id` names it."""
    _, said = _meant(ask)
    wanted = ask.params.whole("reaction_id")
    if wanted is not None and wanted not in reactions.SIGNS:
        raise refuse(1009)
    chosen = [one for one in reactions.chosen(said) if wanted in (None, one[1])]
    people = [ask.world.people[who] for who, _ in chosen if who in ask.world.people]
    return {
        "count": len(chosen),
        "reactions": [{"user_id": who, "reaction_id": number} for who, number in chosen],
        "counters": reactions.counted(said),
        "profiles": [objects.user(person, ()) for person in people],
        "groups": [],
    }


def counters(ask: Ask) -> dict[str, Any]:
    """messages.getMessagesReactions: the counters of those of the messages that are there."""
    chat = peers.to_change(ask, ask.params.need_whole("peer_id"))
    ask.params.need_text("cmids")
    found = [chat.find(number) for number in ask.params.wholes("cmids", 100)]
    items = [{"cmid": said.id, "counters": reactions.counted(said)} for said in found if said]
    return {"items": items}


def _meant(ask: Ask) -> tuple[Chat, Message]:
    chat = peers.to_change(ask, ask.params.need_whole("peer_id"))
    said = chat.find(ask.params.need_whole("cmid"))
    if said is None or dialogs.is_hidden(ask.account, said):
        raise invalid("cmid")
    return chat, said


METHODS = {
    "messages.deleteReaction": method(take_back, COMMUNITY, "peer_id cmid"),
    "messages.getMessagesReactions": method(counters, COMMUNITY, "peer_id cmids"),
    "messages.getReactedPeers": method(reacted, COMMUNITY, "peer_id cmid reaction_id"),
    "messages.markAsAnsweredConversation": method(mark_answered, COMMUNITY, "peer_id answered group_id"),
    "messages.markAsImportantConversation": method(mark_important, COMMUNITY, "peer_id important group_id"),
    "messages.markAsRead": method(
        mark_read, COMMUNITY, "peer_id message_ids start_message_id group_id",
        missing="always up to the newest message; message_ids without peer_id",
    ),
    "messages.sendReaction": method(react, COMMUNITY, "peer_id cmid reaction_id"),
    "messages.setActivity": method(show_activity, COMMUNITY, "user_id peer_id type group_id", missing="shown to nobody"),
}  # fmt: skip
