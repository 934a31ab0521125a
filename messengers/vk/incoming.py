"""Events of the Bots Long Poll as Incoming."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from core.incoming import Incoming, IncomingKind
from core.richtext import plain
from core.words import ChatKind
from messengers.vk.attachments import content
from messengers.vk.capabilities import CHATS_FROM

_MENTION = re.compile(r"\[(?:id|club|public|event)\d+\|([^\[\]|]+)\]")
_INVITED = ("chat_invite_user", "chat_invite_user_by_link")
_REMOVED = "chat_kick_user"


def read(event: Mapping[str, Any], group: int, now: int) -> Incoming | None:
    """Return what an event says, None when it is nothing of ours; names are not known here.

    `now` (ms UTC) dates what VK does not date: presses, permissions. Raises ValueError, KeyError or
    TypeError for an event that cannot be read.
    """
    about, key = event["object"], str(event["event_id"])
    match event["type"]:
        case "message_new":
            # Since 5.103 the message stands beside what the person's app can do.
            return _new(about.get("message", about), key, group)
        case "message_edit":
            return _said(about, key, IncomingKind.EDITED) if about["from_id"] > 0 else None
        case "message_reply":
            return _human_answer(about, key)
        case "message_event":
            return _press(about, key, now)
        case "message_allow":
            return _permission(about, key, now, IncomingKind.ALLOWED)
        case "message_deny":
            return _permission(about, key, now, IncomingKind.BLOCKED)
    return None


def _new(message: Mapping[str, Any], key: str, group: int) -> Incoming | None:
    action = message.get("action")
    if action:
        return _membership(message, action, key, group)
    if message["from_id"] <= 0:
        return None
    if message["peer_id"] < CHATS_FROM and (message.get("ref") or _is_start(message)):
        return _said(message, key, IncomingKind.START, payload=message.get("ref") or None)
    return _said(message, key, IncomingKind.MESSAGE)


def _said(
    message: Mapping[str, Any],
    key: str,
    kind: IncomingKind,
    *,
    payload: str | None = None,
    sender: int | None = None,
) -> Incoming:
    answered, said = message.get("reply_message"), content(message)
    edited = message.get("update_time") if kind is IncomingKind.EDITED else None
    return Incoming(
        key=key,
        kind=kind,
        at=int(edited or message["date"]) * 1000,
        chat=str(message["peer_id"]),
        chat_kind=_kind(message["peer_id"]),
        sender=str(message["from_id"] if sender is None else sender),
        text=plain(_MENTION.sub(r"\1", said.text)),
        payload=payload,
        message=str(message["conversation_message_id"]),
        reply_to=str(answered["conversation_message_id"]) if answered else None,
        media=said.media,
        files=said.files,
        forwarded=said.forwarded,
    )


def _human_answer(message: Mapping[str, Any], key: str) -> Incoming | None:
    admin = message.get("admin_author_id")
    if not admin:
        return None  # our own
    return _said(message, key, IncomingKind.HUMAN_ANSWER, sender=admin)


def _press(about: Mapping[str, Any], key: str, now: int) -> Incoming | None:
    payload = about.get("payload")
    data = orjson.loads(payload) if isinstance(payload, str) else payload
    if not isinstance(data, dict) or not isinstance(data.get("d"), str):
        return None
    return Incoming(
        key=key,
        kind=IncomingKind.PRESS,
        at=now,
        chat=str(about["peer_id"]),
        chat_kind=_kind(about["peer_id"]),
        sender=str(about["user_id"]),
        payload=data["d"],
        message=str(about["conversation_message_id"]),
        press=f"{about['event_id']}:{about['user_id']}:{about['peer_id']}",
    )


def _permission(about: Mapping[str, Any], key: str, now: int, kind: IncomingKind) -> Incoming:
    person = str(about["user_id"])
    return Incoming(
        key=key,
        kind=kind,
        at=now,
        chat=person,
        chat_kind=ChatKind.PRIVATE,
        sender=person,
        payload=about.get("key") or None,
    )


def _membership(
    message: Mapping[str, Any], action: Mapping[str, Any], key: str, group: int
) -> Incoming | None:
    invited = action.get("type") in _INVITED
    if action.get("member_id") != -group or not (invited or action.get("type") == _REMOVED):
        return None
    return Incoming(
        key=key,
        kind=IncomingKind.MEMBERSHIP,
        at=int(message["date"]) * 1000,
        chat=str(message["peer_id"]),
        chat_kind=_kind(message["peer_id"]),
        sender=str(message["from_id"]),
        can_post=invited,
        present=invited,
    )


def _is_start(message: Mapping[str, Any]) -> bool:
    try:
        payload = orjson.loads(message.get("payload") or "null")
    except orjson.JSONDecodeError:
        return False
    return isinstance(payload, dict) and payload.get("command") == "start"


def _kind(peer: int) -> ChatKind:
    return ChatKind.GROUP if peer >= CHATS_FROM else ChatKind.PRIVATE
