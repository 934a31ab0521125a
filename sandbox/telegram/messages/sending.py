"""sendMessage and the methods that send one file: photo, video, document, audio, voice, animation, sticker, note."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import keyboards, uploads
from sandbox.telegram.access import may_write
from sandbox.telegram.ask import Ask, Method
from sandbox.telegram.messages.content import WITH_CAPTION
from sandbox.telegram.messages.posting import NO_TEXT, finish, place, post
from sandbox.telegram.params import bad, flag, structure
from sandbox.telegram.spec import CAPTION, MESSAGE, spec
from sandbox.telegram.texts import caption, message_text
from sandbox.world import MediaKind

_PREVIEW = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


async def send_message(ask: Ask) -> Any:
    """sendMessage."""
    where = place(ask, "text")
    said, markup = message_text(ask.params), keyboards.read(ask.params, where.chat.kind)
    preview = link_preview(ask.params)
    extra = {} if preview is None else {"link_preview": preview}
    return finish(ask, where.chat, post(ask, where, said, markup, extra=extra))[0]


def link_preview(params: dict[str, Any]) -> dict[str, Any] | None:
    """Return the LinkPreviewOptions of a call, None if it has none; the name of before Bot API 7.0 counts."""
    given = structure(params, "link_preview_options", "link preview options")
    if given is None:
        return {"is_disabled": True} if flag(params, "disable_web_page_preview") else None
    if not isinstance(given, dict):
        raise bad("object expected as link preview options")
    shown: dict[str, Any] = {name: True for name in _PREVIEW if flag(given, name)}
    if given.get("url"):
        shown["url"] = str(given["url"])
    return shown


def looks(given: dict[str, Any]) -> dict[str, Any]:
    """Return what of a message's `extra` says how its file is shown."""
    shown = {}
    if flag(given, "show_caption_above_media"):
        shown["caption_above"] = True
    if flag(given, "has_spoiler"):
        shown["spoiler"] = True
    return shown


def _sender(kind: MediaKind) -> Method:
    async def send(ask: Ask) -> Any:
        where = place(ask, kind)
        said = caption(ask.params) if kind in WITH_CAPTION else NO_TEXT
        markup = keyboards.read(ask.params, where.chat.kind)
        media = await uploads.media(ask, kind, ask.params.get(kind), ask.params)
        may_write(ask.account, where.chat, kind)  # meanwhile the bot may have lost the chat
        message = post(ask, where, said, markup, media=media, extra=looks(ask.params))
        return finish(ask, where.chat, message)[0]

    return send


_PICTURED = MESSAGE + CAPTION + "show_caption_above_media has_spoiler "
_SIZED = "duration width height "
_MANY = "uploaded files are not converted: a silent video sent as a document stays one"

SPECS = (
    spec("sendMessage", send_message, MESSAGE + "text parse_mode entities link_preview_options disable_web_page_preview", sends=True),
    spec("sendPhoto", _sender("photo"), _PICTURED + "photo", sends=True),
    spec("sendVideo", _sender("video"), _PICTURED + _SIZED + "video", sends=True, missing="thumbnails and covers"),
    spec("sendAnimation", _sender("animation"), _PICTURED + _SIZED + "animation", sends=True, missing="thumbnails; a GIF is not turned into a video"),
    spec("sendDocument", _sender("document"), MESSAGE + CAPTION + "document", sends=True, missing=_MANY),
    spec("sendAudio", _sender("audio"), MESSAGE + CAPTION + "audio duration performer title", sends=True, missing="tags inside the file are not read"),
    spec("sendVoice", _sender("voice"), MESSAGE + CAPTION + "voice duration", sends=True, missing="the file's format is not looked at"),
    spec("sendVideoNote", _sender("video_note"), MESSAGE + "video_note duration length", sends=True, missing="the file's format is not looked at"),
    spec("sendSticker", _sender("sticker"), MESSAGE + "sticker emoji", sends=True, missing="sets of stickers"),
)  # fmt: skip
