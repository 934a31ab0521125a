"""messages.edit, messages.delete and the answer to a pressed callback button."""

from __future__ import annotations

import json
from typing import Any

from sandbox.api import Refusal
from sandbox.vk import dialogs, media
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.sending import attachments_of, keyboard_of, text_of
from sandbox.vk.spec import COMMUNITY, method
from sandbox.world import Chat, Message

DAY = 86400  # seconds in which VK lets a message be edited, and be deleted for everybody
EVENT_LIVES = 60  # seconds in which a pressed button may be answered
MAX_EVENT_DATA = 1000  # characters
_EVENT_DATA = {"show_snackbar": ("text",), "open_link": ("link",), "open_app": ("app_id",)}


def edit(ask: Ask) -> int:
    """messages.edit: the community's own message gets a new text and attachments.

    Attachments that are not named again go; the keyboard stays unless a new one is given. Own messages
    can be edited for `settings["edit_s"]` seconds, a day if not set, for ever if 0; then error 909.
    """
    chat = _dialog(ask, ask.params.need_whole("peer_id"))
    said = _meant(ask, chat)
    if not said.by_account:
        raise refuse(15, "message can not be edited")
    lives = float(ask.account.settings.get("edit_s", DAY))
    if lives and ask.now - said.at > lives:
        raise refuse(909)
    text, shown, files = text_of(ask), keyboard_of(ask), attachments_of(ask)
    fwd = said.extra.get("fwd") if ask.params.flag("keep_forward_messages") else None
    if not text and not files and not fwd:
        raise refuse(100, "message is empty or invalid")
    said.text, said.media = text, files
    if not fwd:
        said.extra.pop("fwd", None)
    if shown is not None:
        said.buttons = []
        dialogs.show_keyboard(chat, said, shown)
    dialogs.tell_edited(ask.account, chat, said, ask.now)
    ask.call.digest = media.digest(text, files)
    ask.changed(chat, said.id)
    return 1


def delete(ask: Ask) -> Any:
    """messages.delete: {id: 1} for message_ids (0: not found), a list for peer_id with cmids.

    Without delete_for_all a message goes only from the community's own sight.
    """
    params = ask.params
    if params.given("cmids"):
        peer = params.need_whole("peer_id")
        return [_deleted_entry(ask, peer, number) for number in params.wholes("cmids", 100)]
    if not params.given("message_ids"):
        raise missing("message_ids")
    ids = params.wholes("message_ids", 1000)
    found = {id_: dialogs.by_global_id(ask.world, ask.account, id_) for id_ in ids}
    # The map has no room for a reason, so one message that may not go keeps all from going.
    for pair in found.values():
        if pair is not None and not _deletable(ask, pair[1]):
            raise refuse(924)
    for pair in found.values():
        if pair is not None:
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
    ask.changed(_dialog(ask, peer))
    return 1


def _dialog(ask: Ask, peer: int) -> Chat:
    chat = ask.world.dialog(ask.account, peer)
    if chat is None:
        raise refuse(917)
    return chat


def _meant(ask: Ask, chat: Chat) -> Message:
    """Return the message that cmid, conversation_message_id or message_id names in a dialog."""
    for name in ("cmid", "conversation_message_id", "message_id"):
        id_ = ask.params.whole(name)
        if id_ is not None:
            for said in dialogs.seen(chat):
                if id_ == (said.global_id if name == "message_id" else said.id):
                    return said
            raise invalid(name)
    raise missing("message_id")


def _deletable(ask: Ask, said: Message) -> bool:
    if not ask.params.flag("delete_for_all"):
        return True
    return said.by_account and ask.now - said.at <= DAY


def _deleted_entry(ask: Ask, peer: int, number: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"peer_id": peer, "conversation_message_id": number}
    chat = ask.world.dialog(ask.account, peer)
    said = chat.find(number) if chat else None
    if chat is None or said is None or said.extra.get("hidden"):
        return entry | {"response": 0}
    entry["message_id"] = said.global_id
    if not _deletable(ask, said):
        reason: Refusal = refuse(924)
        return entry | {"error": {"code": reason.code, "description": reason.text}}
    _remove(ask, chat, said)
    return entry | {"response": 1}


def _remove(ask: Ask, chat: Chat, said: Message) -> None:
    if ask.params.flag("delete_for_all"):
        chat.messages.remove(said)
    else:
        said.extra["hidden"] = True
    ask.changed(chat, said.id)


def _event_data(text: str) -> dict[str, Any]:
    """Return what the app is to show; empty when the button only stops turning."""
    if not text:
        return {}
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    needs = _EVENT_DATA.get(data.get("type", "")) if isinstance(data, dict) else None
    if needs is None or len(text) > MAX_EVENT_DATA or any(not data.get(name) for name in needs):
        raise invalid("event_data")
    return dict(data)


METHODS = {
    "messages.delete": method(delete, COMMUNITY, "message_ids group_id delete_for_all peer_id cmids"),
    "messages.edit": method(
        edit, COMMUNITY,
        "peer_id group_id message_id cmid conversation_message_id message attachment template keyboard keep_forward_messages",
    ),
    "messages.sendMessageEventAnswer": method(answer_event, COMMUNITY, "event_id user_id peer_id event_data"),
}  # fmt: skip
