"""What happened in a messenger, in the house's own words; adapters make these, inbox rows keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from core import richtext
from core.richtext import RichText
from core.words import ChatKind


class IncomingKind(StrEnum):
    """What kind of thing happened."""

    START = "start"  # a dialog was begun by a link or the button «Начать»; `payload` from the link
    MESSAGE = "message"
    EDITED = "edited"
    PRESS = "press"  # a button of ours; `payload` is its data
    MEMBERSHIP = (
        "membership"  # the account was added to, or promoted or removed in, a group or channel
    )
    ALLOWED = "allowed"  # the person lets the account write
    BLOCKED = "blocked"  # the person stopped the account
    HUMAN_ANSWER = "human_answer"  # a human admin of the community wrote in this dialog


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """Something attached that can be fetched: `ref` is what `Messenger.download` takes.

    `kind` is photo, document, video, audio, voice or animation; `size` is in bytes, if the messenger
    says so: a claim, not a promise.
    """

    kind: str
    ref: str
    name: str = ""
    mime: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `key` is unique per account and survives renumbering; `at` is the messenger's time (ms UTC)."""

    key: str
    kind: IncomingKind
    at: int
    chat: str
    chat_kind: ChatKind
    chat_title: str = ""
    sender: str | None = None
    sender_name: str = ""
    text: RichText = field(default_factory=RichText)
    payload: str | None = None
    message: str | None = None  # id of the message said, edited, or whose button was pressed
    reply_to: str | None = None
    album: str | None = None
    media: tuple[
        str, ...
    ] = ()  # kinds of what is attached: photo, video, document, voice, sticker…
    files: tuple[IncomingFile, ...] = ()  # those of `media` that can be downloaded
    forwarded: bool = False  # the person forwarded somebody's message or post
    press: str | None = None  # what `Messenger.answer` needs
    can_post: bool = False  # membership: whether the account may now post
    present: bool = False  # membership: whether the account is in the chat at all


def to_json(incoming: Incoming) -> dict[str, Any]:
    """Return it as JSON data for the inbox, without key and kind (columns of their own)."""
    return {
        "at": incoming.at,
        "chat": incoming.chat,
        "chat_kind": int(incoming.chat_kind),
        "chat_title": incoming.chat_title,
        "sender": incoming.sender,
        "sender_name": incoming.sender_name,
        "text": richtext.to_json(incoming.text),
        "payload": incoming.payload,
        "message": incoming.message,
        "reply_to": incoming.reply_to,
        "album": incoming.album,
        "media": list(incoming.media),
        "files": [asdict(file) for file in incoming.files],
        "forwarded": incoming.forwarded,
        "press": incoming.press,
        "can_post": incoming.can_post,
        "present": incoming.present,
    }


def from_json(key: str, kind: str, data: Mapping[str, Any]) -> Incoming:
    """Read what `to_json` wrote; rows of before files were kept have neither `files` nor `forwarded`."""
    rest = dict(data)
    return Incoming(
        key=key,
        kind=IncomingKind(kind),
        chat_kind=ChatKind(rest.pop("chat_kind")),
        text=richtext.from_json(rest.pop("text")),
        media=tuple(rest.pop("media")),
        files=tuple(IncomingFile(**file) for file in rest.pop("files", ())),
        **rest,
    )
