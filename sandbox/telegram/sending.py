"""sendMessage, sendPhoto, sendVideo, sendDocument, sendMediaGroup."""

from __future__ import annotations

from typing import Any

from sandbox.api import Refusal
from sandbox.telegram import keyboards, uploads
from sandbox.telegram.access import may_write
from sandbox.telegram.ask import Ask
from sandbox.telegram.keyboards import Markup
from sandbox.telegram.params import bad, flag, integer, structure
from sandbox.telegram.spec import CAPTION, MESSAGE, TARGET, spec
from sandbox.telegram.texts import Formatted, caption, message_text
from sandbox.world import Chat, Media, Message

ALBUM_MAX = 10
_ALBUM_KINDS = ("photo", "video", "document")


async def send_message(ask: Ask) -> Any:
    """sendMessage."""
    chat, place = _start(ask, "text")
    formatted, markup = message_text(ask.params), keyboards.read(ask.params)
    message = _post(ask, chat, place, formatted, markup)
    if (
        preview := structure(ask.params, "link_preview_options", "link preview options")
    ) is not None:
        message.extra["link_preview"] = preview
    return _finish(ask, chat, [message])[0]


async def send_photo(ask: Ask) -> Any:
    """sendPhoto."""
    return await _send_media(ask, "photo")


async def send_video(ask: Ask) -> Any:
    """sendVideo."""
    return await _send_media(ask, "video")


async def send_document(ask: Ask) -> Any:
    """sendDocument."""
    return await _send_media(ask, "document")


async def send_media_group(ask: Ask) -> Any:
    """sendMediaGroup: all items are checked before the first is sent."""
    items = structure(ask.params, "media", "media")
    check_album(items)
    chat, place = _start(ask, items[0]["type"])
    ready: list[tuple[Media, Formatted, dict[str, Any]]] = []
    for number, item in enumerate(items, start=1):
        try:
            media = await uploads.media(ask, item["type"], item.get("media", ""), item)
            ready.append((media, caption(item), item))
        except Refusal as refusal:
            words = refusal.text.removeprefix("Bad Request: ")
            raise bad(
                f'failed to send message #{number} with the error message "{words}"'
            ) from None
    # While files were fetched the bot may have lost the chat.
    may_write(ask.account, chat, items[0]["type"])
    album = f"{ask.account.id % 1000}{chat.last_id + 1}{int(ask.world.clock.now() * 1000)}"
    posted = []
    for media, formatted, item in ready:
        message = _post(ask, chat, place, formatted, Markup(), media)
        message.album = album if len(ready) > 1 else None
        _looks(message, item)
        posted.append(message)
    return _finish(ask, chat, posted)


def check_album(items: Any) -> None:
    """Refuse what cannot be an album: 1 to 10 photos and videos, or only documents."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad("can't parse media: expected an Array of InputMedia")
    if not items:
        raise bad("there are no messages to send")
    if len(items) > ALBUM_MAX:
        raise bad("too many messages to send as an album")
    kinds = {item.get("type") for item in items}
    if not kinds <= set(_ALBUM_KINDS):
        raise bad("can't parse InputMedia: type must be one of photo, video, document")
    if "document" in kinds and len(kinds) > 1:
        raise bad("document can't be mixed with other media types")
    if len({bool(item.get("show_caption_above_media")) for item in items}) > 1:
        raise bad("parameter show_caption_above_media must be the same for all messages")


async def _send_media(ask: Ask, kind: str) -> Any:
    chat, place = _start(ask, kind)
    formatted, markup = caption(ask.params), keyboards.read(ask.params)
    media = await uploads.media(ask, kind, ask.params.get(kind), ask.params)
    may_write(ask.account, chat, kind)
    message = _post(ask, chat, place, formatted, markup, media)
    _looks(message, ask.params)
    return _finish(ask, chat, [message])[0]


def _looks(message: Message, given: dict[str, Any]) -> None:
    if flag(given, "show_caption_above_media"):
        message.extra["caption_above"] = True
    if flag(given, "has_spoiler"):
        message.extra["spoiler"] = True


def _start(ask: Ask, kind: str) -> tuple[Chat, dict[str, Any]]:
    """Return the chat and the fields that place a message in it; refuses where the bot may not write."""
    chat = ask.chat()
    may_write(ask.account, chat, kind)
    return chat, {"topic": _topic(ask, chat), "reply_to": _reply_to(ask, chat)}


def _topic(ask: Ask, chat: Chat) -> int | None:
    thread = integer(ask.params, "message_thread_id")
    if not thread:
        return None
    topic = chat.extra.get("topics", {}).get(str(thread))
    if topic is None:
        raise bad("message thread not found")
    if topic.get("closed"):
        raise bad("TOPIC_CLOSED")
    return thread


def _reply_to(ask: Ask, chat: Chat) -> int | None:
    given = structure(ask.params, "reply_parameters", "reply parameters")
    if given is None:
        # Clients written before Bot API 7.0 say it with these two, which still work.
        given = {name: ask.params.get(name) for name in ("allow_sending_without_reply",)}
        given["message_id"] = ask.params.get("reply_to_message_id")
    if not isinstance(given, dict):
        raise bad("can't parse reply parameters: expected an Object")
    number = integer(given, "message_id")
    if not number:
        return None
    if chat.find(number) is not None:
        return number
    if flag(given, "allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _post(
    ask: Ask,
    chat: Chat,
    place: dict[str, Any],
    formatted: Formatted,
    markup: Markup,
    media: Media | None = None,
) -> Message:
    message = Message(
        chat.next_id(),
        ask.world.clock.now(),
        ask.account.id,
        True,
        formatted.text,
        formatted.entities,
        [media] if media else [],
        markup.buttons,
        markup.keyboard,
        **place,
    )
    if flag(ask.params, "protect_content"):
        message.extra["protected"] = True
    if flag(ask.params, "disable_notification"):
        message.extra["silent"] = True
    chat.messages.append(message)
    return message


def _finish(ask: Ask, chat: Chat, messages: list[Message]) -> list[dict[str, Any]]:
    ask.done(chat, *messages)
    if chat.kind == "channel":
        for message in messages:
            ask.updates.tell(chat, message)
    return [ask.shown(chat, message) for message in messages]


_PICTURED = MESSAGE + CAPTION + "show_caption_above_media has_spoiler "

SPECS = (
    spec("sendMessage", send_message, MESSAGE + "text parse_mode entities link_preview_options", sends=True),
    spec("sendPhoto", send_photo, _PICTURED + "photo", sends=True),
    spec("sendVideo", send_video, _PICTURED + "video duration width height", sends=True),
    spec("sendDocument", send_document, MESSAGE + CAPTION + "document", sends=True),
    spec("sendMediaGroup", send_media_group, TARGET + "media", sends=True),
)  # fmt: skip
