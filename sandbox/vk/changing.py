"""messages.edit, messages.delete and the answer to a pressed callback button."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.api import Refusal
from sandbox.values import loaded
from sandbox.vk import contents, conversations, dialogs, media, peers
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Message

DAY = 86400  # seconds in which VK lets a message be edited, and be deleted for everybody
_ENTRIES_SINCE = (5, 199)
EVENT_LIVES = 60  # seconds in which a pressed button may be answered
MAX_EVENT_DATA = 1000  # characters
MAX_SNACKBAR = 90  # characters (dev.vk.com, keyboard)
_EVENT_DATA: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"show_snackbar": ("text",), "open_link": ("link",), "open_app": ("app_id",)}
)
_SHOWN = ("type", "text", "link", "app_id", "owner_id", "hash")


def edit(ask: Ask) -> int:
    """messages.edit: the community's own message gets a new text and attachments.

    Attachments that are not named again go; the keyboard stays unless a new one is given. Own messages
    can be edited for `settings["edit_s"]` seconds, a day if not set, for ever if 0; then error 909.
    Stickers and the grey lines of a conversation cannot (920).
    """
    chat = peers.to_change(ask, ask.params.need_whole("peer_id"))
    said = _meant(ask, chat)
    if not said.by_account or said.sender != ask.account.id:
        raise refuse(15, "message can not be edited")
    if "action" in said.extra or "sticker" in said.extra:
        raise refuse(920)
    lives = float(ask.account.settings.get("edit_s", DAY))
    if lives and ask.now - said.at > lives:
        raise refuse(909)
    text, (shown, carousel) = contents.text_of(ask), contents.buttons_of(ask)
    files, poll, extra = contents.attachments_of(ask)
    extra |= contents.place_of(ask)
    fwd = said.extra.get("fwd") if ask.params.flag("keep_forward_messages") else None
    if not (text or files or poll or fwd or extra):
        raise refuse(100, "message is empty or invalid")
    said.text, said.media, said.poll, said.entities = text, files, poll, []
    _replace(said, extra if not fwd else {**extra, "fwd": fwd})
    if shown is not None or carousel is not None:
        said.buttons = []
        said.extra.pop("template", None)
        dialogs.show_buttons(chat, said, shown, carousel)
    dialogs.tell_edited(ask.world, chat, said, ask.now)
    ask.call.digest = media.digest(text, files)
    ask.changed(chat, said.id)
    return 1


def _replace(said: Message, extra: dict[str, Any]) -> None:
    """Put what belongs to a message's words in the place of what belonged to the earlier ones."""
    for name in ("fwd", "posts", "location", "format_data"):
        said.extra.pop(name, None)
    said.extra |= extra


def delete(ask: Ask) -> Any:
    """messages.delete: an entry per message, 0 for one that is not there, its own error for one that may not go.

    Before API 5.199 message_ids are answered with a map {id: 1 or 0} (vknet/vk 1607, negezor/vk-io 566
    and the schema of 5.199), and one message that may not go keeps all from going. Without
    delete_for_all a message goes only from the community's own sight. In a conversation its
    administrators may delete others' messages for everybody too.
    """
    params = ask.params
    if params.given("cmids"):
        peer = params.need_whole("peer_id")
        numbers = params.wholes("cmids", 100)
        if any(number < 0 for number in numbers):
            raise invalid("cmids")
        return [_deleted_by_number(ask, peer, number) for number in numbers]
    if not params.given("message_ids"):
        raise missing("message_ids")
    ids = params.wholes("message_ids", 1000)
    found = {id_: dialogs.by_global_id(ask.world, ask.account, id_) for id_ in ids}
    if ask.version >= _ENTRIES_SINCE:
        return [_deleted(ask, {"message_id": id_}, pair) for id_, pair in found.items()]
    pairs = [pair for pair in found.values() if pair is not None]
    if not all(_deletable(ask, *pair) for pair in pairs):
        raise refuse(924)
    for pair in pairs:
        _remove(ask, *pair)
    return {str(id_): int(pair is not None) for id_, pair in found.items()}


def answer_event(ask: Ask) -> int:
    """messages.sendMessageEventAnswer: once per pressed button, within a minute."""
    params = ask.params
    event_id = params.need_text("event_id")
    person, peer = params.need_whole("user_id"), params.need_whole("peer_id")
    shown = _event_data(params.text("event_data"))
    pressed = ask.account.settings.get("pressed", {}).get(event_id)
    fits = pressed is not None and (pressed["user"], pressed["peer"]) == (person, peer)
    if not fits or "answer" in pressed or ask.now - pressed["at"] > EVENT_LIVES:
        raise invalid("event_id")
    pressed["answer"] = shown
    ask.changed(peers.to_change(ask, peer))
    return 1


def _meant(ask: Ask, chat: Chat) -> Message:
    """Return the message that cmid, conversation_message_id or message_id names in a dialog."""
    for name in ("cmid", "conversation_message_id", "message_id"):
        id_ = ask.params.whole(name)
        if id_ is not None:
            for said in dialogs.seen(ask.account, chat):
                if id_ and id_ == (said.global_id if name == "message_id" else said.id):
                    return said
            raise invalid(name)
    raise missing("message_id")


def _deletable(ask: Ask, chat: Chat, said: Message) -> bool:
    if not ask.params.flag("delete_for_all"):
        return True
    own = said.by_account and said.sender == ask.account.id
    if chat.kind == "chat" and conversations.rules(chat, -ask.account.id):
        return "action" not in said.extra
    return own and ask.now - said.at <= DAY


def _deleted_by_number(ask: Ask, peer: int, number: int) -> dict[str, Any]:
    chat = peers.find(ask.world, ask.account, peer)
    if chat is not None and chat.kind == "chat":
        conversations.must_enter(ask.account, chat)
    said = chat.find(number) if chat else None
    entry = {"peer_id": peer, "conversation_message_id": number}
    return _deleted(ask, entry, (chat, said) if chat and said else None)


def _deleted(ask: Ask, entry: dict[str, Any], found: tuple[Chat, Message] | None) -> dict[str, Any]:
    """Delete one message and return its entry in the answer."""
    if found is None or dialogs.is_hidden(ask.account, found[1]):
        return entry | {"response": 0}
    chat, said = found
    entry |= {"peer_id": chat.id, "message_id": said.global_id, "conversation_message_id": said.id}
    if not _deletable(ask, chat, said):
        reason: Refusal = refuse(924)
        return entry | {"error": {"code": reason.code, "description": reason.text}}
    _remove(ask, chat, said)
    return entry | {"response": 1}


def _remove(ask: Ask, chat: Chat, said: Message) -> None:
    if ask.params.flag("delete_for_all"):
        chat.messages.remove(said)
    else:
        dialogs.hide(ask.account, said)
    ask.changed(chat, said.id)


def _event_data(text: str) -> dict[str, Any]:
    """Return what the app is to show; empty when the button only stops turning."""
    if not text:
        return {}
    try:
        data = loaded(text)
    except ValueError:
        data = None
    kind = data.get("type") if isinstance(data, dict) else None
    needs = _EVENT_DATA.get(kind) if isinstance(kind, str) else None
    if needs is None or len(text) > MAX_EVENT_DATA or any(not data.get(name) for name in needs):
        raise invalid("event_data")
    if data["type"] == "show_snackbar" and len(str(data["text"])) > MAX_SNACKBAR:
        raise invalid("event_data")
    return {name: data[name] for name in _SHOWN if name in data}


METHODS = {
    "messages.delete": method(delete, COMMUNITY, "message_ids group_id delete_for_all peer_id cmids"),
    "messages.edit": method(
        edit, COMMUNITY,
        "peer_id group_id message_id cmid conversation_message_id message attachment template keyboard keep_forward_messages "
        "lat long",
    ),
    "messages.sendMessageEventAnswer": method(answer_event, COMMUNITY, "event_id user_id peer_id event_data"),
}  # fmt: skip
