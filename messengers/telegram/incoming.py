"""Updates of the Bot API as Incoming, and what they say of members.

Read as plain JSON, not through aiogram's types: those refuse a whole update for one field, anywhere
inside it, that they hold for required and the server does not send. Tried with aiogram 3.31 (Bot API
10.3) and a server of 10.0: a bot's promotion in a channel could not be read, for want of
`can_send_welcome_messages`. Here a field that nobody needs cannot lose what a person said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.incoming import Incoming, IncomingFile, IncomingKind
from core.richtext import from_utf16
from core.words import ChatKind

_KINDS: Mapping[str, ChatKind] = MappingProxyType(
    {
        "private": ChatKind.PRIVATE,
        "group": ChatKind.GROUP,
        "supergroup": ChatKind.GROUP,
        "channel": ChatKind.CHANNEL,
    }
)
# An animation also comes as a document, so it is asked for first.
_MEDIA = (
    "animation",
    "photo",
    "video",
    "document",
    "voice",
    "audio",
    "sticker",
    "video_note",
    "contact",
    "location",
    "poll",
    "dice",
)
_FILES = frozenset({"photo", "document", "video", "audio", "voice", "animation"})
# Before Bot API 7.0 a forward had fields of its own in place of its origin.
_FORWARDED = ("forward_origin", "forward_from", "forward_date")
_START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<payload>\S+))?\s*", re.ASCII)
_IN_CHAT = ("creator", "administrator", "member")

Json = Mapping[str, Any]


def read(update: Json, now: int) -> Incoming | None:
    """Return what an update says, None when it is nothing of ours; `now` (ms UTC) dates a press.

    Telegram renumbers updates after a week of silence, so a key holds the date beside the number.
    Raises KeyError, TypeError, ValueError or AttributeError for an update that cannot be read.
    """
    number = update["update_id"]
    if said := update.get("message"):
        return _message(said, f"{number}:{said['date']}", _first_kind(said), said["date"])
    if said := update.get("edited_message"):
        at = said.get("edit_date") or said["date"]
        return _message(said, f"{number}:{at}", IncomingKind.EDITED, at)
    if query := update.get("callback_query"):
        return _press(query, now)
    if change := update.get("my_chat_member"):
        return _membership(change, f"{number}:{change['date']}")
    return None


def present(member: Json) -> bool:
    """Tell whether this member is in the chat."""
    status = member["status"]
    return status in _IN_CHAT or (status == "restricted" and bool(member.get("is_member")))


def can_post(member: Json, kind: ChatKind) -> bool:
    """Tell whether this member may post.

    In a group the restrictions laid on all members are not seen here, only the member's own.
    """
    status = member["status"]
    if status == "creator":
        return True
    if kind is ChatKind.CHANNEL:
        return status == "administrator" and bool(member.get("can_post_messages"))
    if status == "restricted":
        return present(member) and bool(member.get("can_send_messages"))
    return present(member)


def title(chat: Json) -> str:
    """Return what a chat is called: a dialog after the person."""
    return chat.get("title") or full_name(chat)


def full_name(person: Json) -> str:
    """Return a person's first and last name."""
    return f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()


def _first_kind(message: Json) -> IncomingKind:
    private = message["chat"]["type"] == "private"
    started = private and _START.fullmatch(message.get("text", ""))
    return IncomingKind.START if started else IncomingKind.MESSAGE


def _message(message: Json, key: str, kind: IncomingKind, at: int) -> Incoming | None:
    text = message.get("text") or message.get("caption") or ""
    media = next((name for name in _MEDIA if name in message), "")
    if not text and not media:
        return None  # «X joined the group» and other news about the chat
    start = _START.fullmatch(text) if kind is IncomingKind.START else None
    entities = message.get("entities") or message.get("caption_entities") or ()
    answered = message.get("reply_to_message")
    sender, sender_name = _person(message.get("from"))
    return Incoming(
        key=key,
        kind=kind,
        at=at * 1000,
        chat=str(message["chat"]["id"]),
        chat_kind=_KINDS[message["chat"]["type"]],
        chat_title=title(message["chat"]),
        sender=sender,
        sender_name=sender_name,
        text=from_utf16(text, entities),
        payload=start["payload"] if start else None,
        message=str(message["message_id"]),
        reply_to=str(answered["message_id"]) if answered else None,
        album=message.get("media_group_id"),
        media=(media,) if media else (),
        files=_files(message, media) if media in _FILES else (),
        forwarded=any(name in message for name in _FORWARDED),
    )


def _files(message: Json, kind: str) -> tuple[IncomingFile, ...]:
    """Return the file of a message; of a photo its largest size. One without an id is left out."""
    told = message[kind]
    if kind == "photo":
        told = max(told, key=_area, default={})
    ref = told.get("file_id")
    if not isinstance(ref, str) or not ref:
        return ()
    size = told.get("file_size")
    return (
        IncomingFile(
            kind,
            ref,
            str(told.get("file_name") or ""),
            str(told.get("mime_type") or ""),
            size if isinstance(size, int) else None,
        ),
    )


def _area(size: Json) -> int:
    return int(size.get("width", 0)) * int(size.get("height", 0))


def _press(query: Json, now: int) -> Incoming | None:
    message, data = query.get("message"), query.get("data")
    if message is None or data is None:
        return None  # a game, or a button under a message sent through inline mode: none is ours
    sender, sender_name = _person(query["from"])
    return Incoming(
        key=f"press:{query['id']}",
        kind=IncomingKind.PRESS,
        at=now,
        chat=str(message["chat"]["id"]),
        chat_kind=_KINDS[message["chat"]["type"]],
        chat_title=title(message["chat"]),
        sender=sender,
        sender_name=sender_name,
        payload=data,
        message=str(message["message_id"]),
        press=query["id"],
    )


def _membership(change: Json, key: str) -> Incoming:
    kind, member = _KINDS[change["chat"]["type"]], change["new_chat_member"]
    is_in = present(member)
    what = IncomingKind.MEMBERSHIP
    if kind is ChatKind.PRIVATE:
        what = IncomingKind.ALLOWED if is_in else IncomingKind.BLOCKED
    sender, sender_name = _person(change["from"])
    return Incoming(
        key=key,
        kind=what,
        at=change["date"] * 1000,
        chat=str(change["chat"]["id"]),
        chat_kind=kind,
        chat_title=title(change["chat"]),
        sender=sender,
        sender_name=sender_name,
        can_post=can_post(member, kind),
        present=is_in,
    )


def _person(user: Json | None) -> tuple[str | None, str]:
    return (str(user["id"]), full_name(user)) if user else (None, "")
