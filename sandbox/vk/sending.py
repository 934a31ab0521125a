"""messages.send: to one or to a hundred, once per random_id."""

from __future__ import annotations

import json
from typing import Any

from sandbox.api import Refusal
from sandbox.vk import dialogs, keyboard, media, objects
from sandbox.vk.ask import Ask
from sandbox.vk.dialogs import Words
from sandbox.vk.errors import invalid, refuse
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Media, Message

MAX_PEERS, MAX_ATTACHMENTS, MAX_PAYLOAD, MAX_FORWARDS = 100, 10, 1000, 1000
USUAL_TEXT, LONGEST_TEXT = 4096, 9000  # characters: what VK's apps show, what the schema allows
CHATS_FROM = 2_000_000_000  # peer ids of group conversations
_NOT_PLAYED = ("template", "sticker_id", "lat", "long")


def send(ask: Ask) -> Any:
    """messages.send: a message id for one peer, a list with an entry per peer for several."""
    if not ask.params.given("random_id"):
        raise refuse(100, "random_id is a required parameter")
    random_id = ask.params.need_whole("random_id")
    several = "peer_ids" if ask.params.given("peer_ids") else "user_ids"
    if ask.params.given(several):
        peers = ask.params.wholes(several, MAX_PEERS)
        words = _words(ask, 0)
        _note(ask, words, random_id)
        return [_outcome(ask, peer, words, random_id) for peer in peers]
    peer = _peer(ask)
    words = _words(ask, peer)
    _note(ask, words, random_id)
    return _deliver(ask, peer, words, random_id)[0]


def text_of(ask: Ask) -> str:
    """Return the parameter `message`; raises Refusal 914 for one that is too long.

    The limit is `settings["max_text"]` of the community, 4096 characters if not set.
    """
    text = ask.params.text("message")
    if len(text) > min(LONGEST_TEXT, int(ask.account.settings.get("max_text", USUAL_TEXT))):
        raise refuse(914)
    return text


def attachments_of(ask: Ask, name: str = "attachment") -> list[Media]:
    """Return the files that a parameter names, at most ten (VK's apps; the schema has no number)."""
    named = ask.params.words(name)
    if len(named) > MAX_ATTACHMENTS:
        raise refuse(100, "too many attachments")
    return media.attached(ask.account, named)


def keyboard_of(ask: Ask) -> keyboard.Keyboard | None:
    """Return the parameter `keyboard`, None if it did not come."""
    return keyboard.read(ask.params.text("keyboard")) if ask.params.given("keyboard") else None


def _peer(ask: Ask) -> int:
    params = ask.params
    for name in ("peer_id", "user_id"):
        id_ = params.whole(name)
        if id_ is not None:
            return id_
    number = params.whole("chat_id")
    if number is not None:
        return CHATS_FROM + number
    domain = params.text("domain")
    if domain.startswith("id") and domain[2:].isdigit():
        return int(domain[2:])
    if domain:
        raise invalid("domain")
    raise refuse(100, "you should specify peer_id, user_id, domain, chat_id or user_ids param")


def _words(ask: Ask, peer: int) -> Words:
    text = text_of(ask)
    shown = keyboard_of(ask)
    files = attachments_of(ask)
    reply_to, fwd = _quotes(ask, peer)
    extra = {}
    if ask.params.given("payload"):
        extra["payload"] = _payload(ask.params.text("payload"))
    for name in _NOT_PLAYED:
        if ask.params.given(name):
            raise refuse(100, f"{name} is not supported by the sandbox")
    if not text and not files and not fwd:
        raise refuse(100, "message is empty or invalid")
    return Words(text, files, reply_to, fwd, shown, extra)


def _payload(text: str) -> str:
    try:
        json.loads(text)
    except ValueError:
        raise invalid("payload") from None
    if len(text) > MAX_PAYLOAD:
        raise invalid("payload")
    return text


def _quotes(ask: Ask, peer: int) -> tuple[Message | None, list[dict[str, Any]]]:
    """Return the message replied to and those forwarded."""
    params = ask.params
    reply_to = params.whole("reply_to")
    if reply_to is not None:
        found = dialogs.by_global_id(ask.world, ask.account, reply_to)
        if found is None or (peer and found[0].id != peer):
            raise invalid("reply_to")
        return found[1], []
    if params.given("forward"):
        return _forward(ask, params.text("forward"), peer)
    return None, [_quoted(ask, id_) for id_ in params.wholes("forward_messages", MAX_FORWARDS)]


def _forward(ask: Ask, text: str, peer: int) -> tuple[Message | None, list[dict[str, Any]]]:
    try:
        order = json.loads(text)
        source = int(order.get("peer_id", peer))
        numbers = order.get("conversation_message_ids") or order.get("cmids") or []
        ids = [int(number) for number in numbers]
        global_ids = [int(number) for number in order.get("message_ids") or []]
    except (ValueError, TypeError, AttributeError):
        raise invalid("forward") from None
    chat = ask.world.dialog(ask.account, source)
    found = [chat.find(id_) if chat else None for id_ in ids]
    if any(said is None for said in found) or not (ids or global_ids):
        raise refuse(921)
    if order.get("is_reply"):
        if len(found) != 1 or source != peer:
            raise invalid("forward")
        return found[0], []
    assert chat is not None or not found
    quoted = [objects.quoted(ask.account, chat, said) for said in found if chat and said]
    return None, quoted + [_quoted(ask, id_) for id_ in global_ids]


def _quoted(ask: Ask, global_id: int) -> dict[str, Any]:
    found = dialogs.by_global_id(ask.world, ask.account, global_id)
    if found is None:
        raise refuse(921)
    return objects.quoted(ask.account, *found)


def _note(ask: Ask, words: Words, random_id: int) -> None:
    ask.call.key = str(random_id)
    ask.call.digest = media.digest(words.text, words.media)


def _outcome(ask: Ask, peer: int, words: Words, random_id: int) -> dict[str, Any]:
    try:
        global_id, number = _deliver(ask, peer, words, random_id)
    except Refusal as refusal:
        return {"peer_id": peer, "error": {"code": refusal.code, "description": refusal.text}}
    return {"peer_id": peer, "message_id": global_id, "conversation_message_id": number}


def _deliver(ask: Ask, peer: int, words: Words, random_id: int) -> tuple[int, int]:
    """Send to one peer, or find what was sent before; return (message id, conversation message id)."""
    chat = _reached(ask, peer)
    before = dialogs.sent_before(chat, random_id, ask.now) if random_id else None
    if before is not None:
        ask.call.messages.append(before[1])
        return before
    _spare(ask, peer)
    said = dialogs.add(ask.world, ask.account, chat, words, person=None, key=str(random_id))
    if random_id:
        dialogs.remember(chat, random_id, said)
    dialogs.tell_new(ask.account, chat, said)
    ask.changed(chat, said.id)
    return said.global_id, said.id


def _reached(ask: Ask, peer: int) -> Chat:
    if peer >= CHATS_FROM:
        raise refuse(917)
    if peer <= 0:
        raise refuse(932)
    person = ask.world.people.get(peer)
    if person is None or "vk" not in person.messengers:
        raise refuse(936)
    chat = ask.world.dialog(ask.account, peer)
    code = dialogs.barrier(chat)
    if code or chat is None:
        raise refuse(code)
    return chat


def _spare(ask: Ask, peer: int) -> None:
    """Hold to the limit of messages an hour to one person (error 9)."""
    limits = ask.gate.limits
    rate = limits.rate("vk", "person")
    if rate is not None and limits.allow(
        ("vk", "person", ask.account.name, peer), rate.count, rate.per_s
    ):
        raise refuse(9, "too much messages sent to user")


METHODS = {
    "messages.send": method(
        send, COMMUNITY,
        "user_id user_ids random_id peer_id peer_ids domain chat_id message attachment reply_to forward_messages forward "
        "sticker_id group_id keyboard template payload format_data",
    ),
}  # fmt: skip
