"""sendMediaGroup: an album of photos and videos, of documents, or of audio files.

What cannot be read (`can't parse InputMedia`) and files that cannot be had are noticed before the first
item is sent, so nothing of the album is in the chat. An item that Telegram's own server refuses while
they go out leaves the items before it there; only an ordered fault does that here (faults.py, `item`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.api import Refusal
from sandbox.telegram import uploads
from sandbox.telegram.access import may_write
from sandbox.telegram.ask import Ask
from sandbox.telegram.messages.posting import Place, album_id, finish, place, post
from sandbox.telegram.messages.sending import looks
from sandbox.telegram.params import bad, structure, words
from sandbox.telegram.spec import TARGET, spec
from sandbox.telegram.texts import CAPTION_MAX, Formatted, formatted
from sandbox.world import Media, MediaKind, Message

ALBUM_MAX = 10
_KINDS: tuple[MediaKind, ...] = ("photo", "video", "document", "audio")
_ALONE = ("audio", "document")  # only among themselves


@dataclass(frozen=True, slots=True)
class Item:
    """One InputMedia as it was read; its file is fetched later."""

    kind: MediaKind
    said: Formatted
    given: dict[str, Any]


async def send_media_group(ask: Ask) -> Any:
    """sendMediaGroup."""
    items = _read(ask)
    where = place(ask, items[0].kind if items else "text")
    _check(items)
    ready = [await _file(ask, number, item) for number, item in enumerate(items, start=1)]
    for kind in {item.kind for item in items}:
        may_write(ask.account, where.chat, kind)
    return finish(ask, where.chat, *_post(ask, where, items, ready))


def read_item(ask: Ask, item: Any, kinds: tuple[MediaKind, ...], why_not: str) -> Item:
    """Return one InputMedia; refuses with «can't parse InputMedia» what cannot be read."""
    unread = "can't parse InputMedia: "
    if not isinstance(item, dict):
        raise bad(f"{unread}expected an Object")
    try:
        said = formatted(item, "caption", "caption_entities")
    except Refusal as refusal:
        raise bad(unread + words(refusal)) from None
    if not uploads.is_given(ask, item.get("media")):
        raise bad(f"{unread}media not found")
    kind = item.get("type")
    if kind is None:
        raise bad(f'{unread}Can\'t find field "type"')
    if kind not in kinds:
        raise bad(f'{unread}type "{kind}" {why_not if kind == "animation" else "is unsupported"}')
    return Item(kind, said, item)


def _read(ask: Ask) -> list[Item]:
    given = structure(ask.params, "media", "media")
    if given is None:
        raise bad('parameter "media" is required')
    if not isinstance(given, list):
        raise bad("expected an Array of InputMedia")
    return [read_item(ask, item, _KINDS, "can't be used in sendMediaGroup") for item in given]


def _check(items: list[Item]) -> None:
    """Refuse what cannot be an album; a single item is a plain message."""
    if not items:
        raise bad("there are no messages to send")
    if len(items) > ALBUM_MAX:
        raise bad("too many messages to send as an album")
    kinds = {item.kind for item in items}
    for kind in _ALONE:
        if kind in kinds and len(kinds) > 1:
            raise bad(f"{kind} can't be mixed with other media types")
    if any(len(item.said.text) > CAPTION_MAX for item in items):
        raise bad("message caption is too long")
    if len({"caption_above" in looks(item.given) for item in items}) > 1:
        raise bad("parameter show_caption_above_media must be the same for all messages")


async def _file(ask: Ask, number: int, item: Item) -> Media:
    try:
        return await uploads.media(ask, item.kind, item.given["media"], item.given)
    except Refusal as refusal:
        raise _failed(number, refusal) from None


def _post(ask: Ask, where: Place, items: list[Item], files: list[Media]) -> list[Message]:
    album = album_id(ask, where.chat) if len(items) > 1 else None
    posted: list[Message] = []
    for number, (item, media) in enumerate(zip(items, files, strict=True), start=1):
        if ask.call.failing is not None and ask.call.failing[0] == number:
            if posted:
                finish(ask, where.chat, *posted)
            raise _failed(number, ask.call.failing[1])
        message = post(ask, where, item.said, media=media, extra=looks(item.given))
        message.album = album
        posted.append(message)
    return posted


def _failed(number: int, refusal: Refusal) -> Refusal:
    """Return what the whole call answers when an item fails; 401, 429 and 5xx come through as themselves."""
    if refusal.code in (401, 429) or refusal.code >= 500:
        return refusal
    return bad(f'failed to send message #{number} with the error message "{words(refusal)}"')


SPECS = (
    spec("sendMediaGroup", send_media_group, TARGET + "media", sends=True, missing="live photos"),
)
