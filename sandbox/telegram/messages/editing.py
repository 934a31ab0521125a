"""editMessageText, -Caption, -Media, -ReplyMarkup."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import keyboards, uploads
from sandbox.telegram.access import has_right, is_admin
from sandbox.telegram.ask import Ask
from sandbox.telegram.messages.albums import read_item
from sandbox.telegram.messages.content import WITH_CAPTION, kind_of
from sandbox.telegram.messages.sending import link_preview, looks
from sandbox.telegram.params import bad, integer, message_id, structure, text
from sandbox.telegram.spec import CAPTION, EDITED, spec
from sandbox.telegram.texts import CAPTION_MAX, caption, message_text
from sandbox.world import Chat, MediaKind, Message

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_KINDS: tuple[MediaKind, ...] = ("photo", "video", "animation", "audio", "document")
_FAMILIES = {"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}


async def edit_text(ask: Ask) -> Any:
    """editMessageText."""
    chat, message = editable(ask)
    if kind_of(message) != "text":
        raise bad("there is no text in the message to edit")
    said, markup = message_text(ask.params), keyboards.read(ask.params, chat.kind, inline_only=True)
    preview = link_preview(ask.params)
    extra = {name: value for name, value in message.extra.items() if name != "link_preview"}
    if preview is not None:
        extra["link_preview"] = preview
    return change(
        ask, chat, message,
        text=said.text, entities=said.entities, buttons=markup.buttons, extra=extra,
    )  # fmt: skip


async def edit_caption(ask: Ask) -> Any:
    """editMessageCaption."""
    chat, message = editable(ask)
    if kind_of(message) not in WITH_CAPTION:
        raise bad("there is no caption in the message to edit")
    said, markup = caption(ask.params), keyboards.read(ask.params, chat.kind, inline_only=True)
    extra = {name: value for name, value in message.extra.items() if name != "caption_above"}
    extra |= {name: value for name, value in looks(ask.params).items() if name == "caption_above"}
    return change(
        ask, chat, message,
        text=said.text, entities=said.entities, buttons=markup.buttons, extra=extra,
    )  # fmt: skip


async def edit_media(ask: Ask) -> Any:
    """editMessageMedia: puts a file, with its own caption, in the place of another or of a text."""
    chat, message = editable(ask)
    given = structure(ask.params, "media", "input media")
    if given is None:
        raise bad('parameter "media" is required')
    item = read_item(ask, given, _KINDS, "is unsupported")
    if kind_of(message) not in (*_KINDS, "text"):
        raise bad("message media can't be edited")
    if message.album and _FAMILIES.get(item.kind) != _FAMILIES[message.media[0].kind]:
        raise bad("can't change media type in the album")
    if len(item.said.text) > CAPTION_MAX:
        raise bad("message caption is too long")
    markup = keyboards.read(ask.params, chat.kind, inline_only=True)
    media = await uploads.media(ask, item.kind, item.given["media"], item.given)
    chat, message = editable(ask)  # meanwhile it may have been deleted
    gone = ("caption_above", "spoiler", "link_preview")
    extra = {name: value for name, value in message.extra.items() if name not in gone}
    return change(
        ask, chat, message,
        text=item.said.text, entities=item.said.entities, media=[media], buttons=markup.buttons,
        extra=extra | looks(item.given),
    )  # fmt: skip


async def edit_reply_markup(ask: Ask) -> Any:
    """editMessageReplyMarkup."""
    chat, message = editable(ask)
    markup = keyboards.read(ask.params, chat.kind, inline_only=True)
    return change(ask, chat, message, buttons=markup.buttons)


def editable(ask: Ask, what: str = "message to edit") -> tuple[Chat, Message]:
    """Return the message of a call that changes it; refuses what the bot may not change."""
    if ask.params.get("chat_id") in (None, "") and integer(ask.params, "message_id") <= 0:
        # Messages of the inline mode, which the sandbox has not: no such identifier was ever given out.
        inline = text(ask.params, "inline_message_id")
        raise bad("MESSAGE_ID_INVALID" if inline else "message identifier is not specified")
    chat = ask.chat()
    message = chat.find(message_id(ask.params))
    if message is None:
        raise bad(f"{what} not found")
    own = message.by_account and message.sender == ask.account.id
    member = chat.members.get(ask.account.id)
    if chat.kind == "channel":
        if not is_admin(member):
            raise bad("need administrator rights in the channel chat")
        own = own or has_right(member, "can_edit_messages")
    # A message that brought a reply keyboard stays as it is, and so does a forwarded one (TDLib).
    fixed = message.keyboard is not None or "keyboard_look" in message.extra
    if not own or fixed or kind_of(message) == "service" or "forward_origin" in message.extra:
        raise bad("message can't be edited")
    return chat, message


def change(ask: Ask, chat: Chat, message: Message, **fields: Any) -> dict[str, Any]:
    """Set what differs and return the message; an edit that changes nothing is refused, as on the real server."""
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
        return bool(
            [(m.kind, m.sha, m.extra) for m in old] == [(m.kind, m.sha, m.extra) for m in new]
        )
    return bool(old == new)


SPECS = (
    spec("editMessageText", edit_text, EDITED + "text parse_mode entities link_preview_options disable_web_page_preview", sends=True, missing="messages of the inline mode, rich messages"),
    spec("editMessageCaption", edit_caption, EDITED + CAPTION + "show_caption_above_media", sends=True, missing="messages of the inline mode"),
    spec("editMessageMedia", edit_media, EDITED + "media", sends=True, missing="messages of the inline mode, live photos"),
    spec("editMessageReplyMarkup", edit_reply_markup, EDITED, sends=True, missing="messages of the inline mode"),
)  # fmt: skip
