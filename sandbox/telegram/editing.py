"""editMessageText, -Caption, -Media, -ReplyMarkup, deleteMessage, deleteMessages."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import keyboards, uploads
from sandbox.telegram.access import has_right, is_admin
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, flag, integer, message_id, structure
from sandbox.telegram.spec import CAPTION, spec
from sandbox.telegram.texts import caption, message_text
from sandbox.world import Chat, Message

DELETE_WITHIN_S = 48 * 3600
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def edit_text(ask: Ask) -> Any:
    """editMessageText."""
    chat, message = _editable(ask)
    if message.media:
        raise bad("there is no text in the message to edit")
    formatted, markup = message_text(ask.params), keyboards.read(ask.params, inline_only=True)
    preview = structure(ask.params, "link_preview_options", "link preview options")
    extra = {name: value for name, value in message.extra.items() if name != "link_preview"}
    if preview is not None:
        extra["link_preview"] = preview
    return _change(
        ask, chat, message,
        text=formatted.text, entities=formatted.entities, buttons=markup.buttons, extra=extra,
    )  # fmt: skip


async def edit_caption(ask: Ask) -> Any:
    """editMessageCaption."""
    chat, message = _editable(ask)
    if not message.media:
        raise bad("there is no caption in the message to edit")
    formatted, markup = caption(ask.params), keyboards.read(ask.params, inline_only=True)
    extra = _caption_place(message, ask.params)
    return _change(
        ask, chat, message,
        text=formatted.text, entities=formatted.entities, buttons=markup.buttons, extra=extra,
    )  # fmt: skip


async def edit_media(ask: Ask) -> Any:
    """editMessageMedia: puts other media, with its own caption, in a message's place."""
    chat, message = _editable(ask)
    item = structure(ask.params, "media", "input media")
    if not isinstance(item, dict) or item.get("type") not in ("photo", "video", "document"):
        raise bad("can't parse InputMedia: type must be one of photo, video, document")
    if message.album and (item["type"] == "document") != (message.media[0].kind == "document"):
        raise bad("can't use the media of the specified type in the album")
    markup, formatted = keyboards.read(ask.params, inline_only=True), caption(item)
    media = await uploads.media(ask, item["type"], item.get("media", ""), item)
    chat, message = _editable(ask)
    return _change(
        ask, chat, message,
        text=formatted.text, entities=formatted.entities, media=[media], buttons=markup.buttons,
        extra=_caption_place(message, item),
    )  # fmt: skip


async def edit_reply_markup(ask: Ask) -> Any:
    """editMessageReplyMarkup."""
    chat, message = _editable(ask)
    markup = keyboards.read(ask.params, inline_only=True)
    return _change(ask, chat, message, buttons=markup.buttons)


async def delete_message(ask: Ask) -> bool:
    """deleteMessage."""
    chat = ask.chat()
    message = chat.find(message_id(ask.params))
    if message is None:
        raise bad("message to delete not found")
    _deletable(ask, chat, message)
    _take_out(ask, chat, [message])
    return True


async def delete_messages(ask: Ask) -> bool:
    """deleteMessages: 1 to 100 ids; those not found are skipped."""
    chat = ask.chat()
    ids = structure(ask.params, "message_ids", "message identifiers")
    if not isinstance(ids, list) or not ids:
        raise bad("message identifiers are not specified")
    if len(ids) > 100:
        raise bad("too many messages to delete")
    wanted = {integer({"id": value}, "id") for value in ids}
    found = [message for message in chat.messages if message.id in wanted]
    for message in found:
        _deletable(ask, chat, message)
    if found:
        _take_out(ask, chat, found)
    return True


def _editable(ask: Ask) -> tuple[Chat, Message]:
    chat = ask.chat()
    message = chat.find(message_id(ask.params))
    if message is None:
        raise bad("message to edit not found")
    own = message.by_account and message.sender == ask.account.id
    member = chat.members.get(ask.account.id)
    if chat.kind == "channel":
        if not is_admin(member):
            raise bad("need administrator rights in the channel chat")
        own = own or has_right(member, "can_edit_messages")
    if not own or "service" in message.extra:
        raise bad("message can't be edited")
    return chat, message


def _caption_place(message: Message, given: dict[str, Any]) -> dict[str, Any]:
    extra = {name: value for name, value in message.extra.items() if name != "caption_above"}
    return {**extra, "caption_above": True} if flag(given, "show_caption_above_media") else extra


def _change(ask: Ask, chat: Chat, message: Message, **fields: Any) -> dict[str, Any]:
    """Set what differs; an edit that changes nothing is refused, as on the real server."""
    if all(_same(getattr(message, name), value) for name, value in fields.items()):
        raise bad(_NOT_MODIFIED)
    only_markup = all(_same(getattr(message, n), v) for n, v in fields.items() if n != "buttons")
    for name, value in fields.items():
        setattr(message, name, value)
    if not only_markup:
        message.edited = ask.world.clock.now()
    ask.done(chat, message)
    if chat.kind == "channel" and not only_markup:
        ask.updates.tell(chat, message, edited=True)
    return ask.shown(chat, message)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, list) and old and hasattr(old[0], "sha"):
        return bool([(m.kind, m.sha) for m in old] == [(m.kind, m.sha) for m in new])
    return bool(old == new)


def _deletable(ask: Ask, chat: Chat, message: Message) -> None:
    member = chat.members.get(ask.account.id)
    own = message.by_account and message.sender == ask.account.id
    if chat.kind == "group" and is_admin(member):
        return
    if chat.kind != "private":
        if has_right(member, "can_delete_messages"):
            return
        if not own or (chat.kind == "channel" and not has_right(member, "can_post_messages")):
            raise bad("message can't be deleted")
    if message.at < ask.world.clock.now() - DELETE_WITHIN_S:
        raise bad("message can't be deleted for everyone")


def _take_out(ask: Ask, chat: Chat, messages: list[Message]) -> None:
    gone = {message.id for message in messages}
    chat.messages[:] = [message for message in chat.messages if message.id not in gone]
    ask.done(chat, *messages)


_EDITED = "chat_id message_id reply_markup "

SPECS = (
    spec("editMessageText", edit_text, _EDITED + "text parse_mode entities link_preview_options", sends=True),
    spec("editMessageCaption", edit_caption, _EDITED + CAPTION + "show_caption_above_media", sends=True),
    spec("editMessageMedia", edit_media, _EDITED + "media", sends=True),
    spec("editMessageReplyMarkup", edit_reply_markup, _EDITED, sends=True),
    spec("deleteMessage", delete_message, "chat_id message_id"),
    spec("deleteMessages", delete_messages, "chat_id message_ids"),
)  # fmt: skip
