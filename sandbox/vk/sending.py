"""messages.send: to one or to a hundred, once per random_id."""

from __future__ import annotations

from typing import Any

from sandbox.api import Refusal
from sandbox.values import whole
from sandbox.vk import contents, dialogs, media, peers
from sandbox.vk.ask import Ask
from sandbox.vk.conversations import CHATS_FROM
from sandbox.vk.dialogs import Words
from sandbox.vk.errors import invalid, refuse
from sandbox.vk.spec import COMMUNITY, method

MAX_PEERS = 100
_INT32 = 2**31


def send(ask: Ask) -> Any:
    """messages.send: a message id for one peer (0 in a conversation), a list with an entry per peer for several."""
    random_id = _random_id(ask)
    several = "peer_ids" if ask.params.words("peer_ids") else "user_ids"
    if ask.params.words(several):
        peer_ids = ask.params.wholes(several, MAX_PEERS)
        # A reply needs its dialog: with one peer in the list it is known.
        words = contents.read(ask, peer_ids[0] if len(peer_ids) == 1 else 0)
        _note(ask, words, random_id)
        return [_outcome(ask, peer, words, random_id) for peer in peer_ids]
    peer = _peer(ask)
    words = contents.read(ask, peer)
    _note(ask, words, random_id)
    return _deliver(ask, peer, words, random_id)[0]


def _random_id(ask: Ask) -> int:
    """Return the int32 that must come since 5.90."""
    if not ask.params.given("random_id"):
        raise refuse(100, "random_id is a required parameter")
    random_id = ask.params.need_whole("random_id")
    if not -_INT32 <= random_id < _INT32:
        raise invalid("random_id")
    return random_id


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
    if domain:
        person = whole(domain.removeprefix("id"))
        if person is None or not domain.startswith("id"):
            raise invalid("domain")
        return person
    raise refuse(100, "you should specify peer_id, user_id, domain, chat_id or user_ids param")


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
    chat = peers.to_write(ask, peer)
    before = dialogs.sent_before(ask.account, chat, random_id, ask.now) if random_id else None
    if before is not None:
        ask.call.messages.append(before[1])
        return before
    if chat.kind == "private":
        _spare(ask, peer)
    said = dialogs.add(ask.world, ask.account, chat, words, person=None, key=str(random_id))
    if random_id:
        dialogs.remember(ask.account, chat, random_id, said)
    dialogs.tell_new(ask.world, chat, said)
    ask.changed(chat, said.id)
    return said.global_id, said.id


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
        "sticker_id group_id keyboard template payload format_data lat long intent expire_ttl",
        missing="messages that vanish (expire_ttl); intents but the default (943); shapes and sizes of a carousel's pictures; "
        "attachments that are goods, music or links",
    ),
}  # fmt: skip
