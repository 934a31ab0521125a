"""Parts as calls of the Bot API. Parts come fitted: one that is too big is a mistake of ours.

Styles go as entities, never as parse_mode: no text of a person can break or forge mark-up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.messenger import Button, Keyboard, MediaFile, Part, Place
from core.richtext import RichText, to_utf16
from core.words import ChatKind
from messengers.telegram.capabilities import (
    BUTTON_DATA_BYTES,
    COMMAND_TEXT,
    COMMANDS,
    DELETE_AT_ONCE,
    capabilities,
)
from messengers.telegram.client import Call

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WIDE = "-100"  # begins the ids of supergroups and channels


def send_call(place: Place, part: Part) -> Call:
    """Return the call that makes this part's message or album; raises ValueError for an unfit part."""
    params = where(place)
    if part.silent:
        params["disable_notification"] = True
    if part.replies_to is not None:
        params["reply_parameters"] = {
            "message_id": int(part.replies_to),
            "allow_sending_without_reply": True,  # somebody may have deleted it
        }
    if len(part.media) > 1:
        return _album(params, place, part)
    _set_keyboard(params, place, part.buttons)
    if not part.media:
        return Call("sendMessage", params | _text(place, part))
    files: list[tuple[str, MediaFile]] = []
    params["photo"] = _source(part.media[0], files)
    return Call("sendPhoto", params | _caption(place, part.text), files)


def where(place: Place) -> dict[str, Any]:
    """Return the parameters that say where a message goes."""
    params: dict[str, Any] = {"chat_id": _chat(place)}
    if place.topic is not None:
        params["message_thread_id"] = int(place.topic)
    return params


def edit_calls(place: Place, messages: Sequence[str], part: Part) -> list[Call]:
    """Return the calls that put `part` in place of the messages, one a message.

    A keyboard that is not given goes away. Telegram can neither add a picture to an album nor take
    one away: there must be as many messages as pictures.
    """
    if not part.media:
        params = _message(place, messages[0])
        _set_keyboard(params, place, part.buttons)
        return [Call("editMessageText", params | _text(place, part))]
    if len(part.media) > 1 and part.buttons:
        raise ValueError("an album cannot have buttons")
    calls: list[Call] = []
    for number, (message, media) in enumerate(zip(messages, part.media, strict=True)):
        params = _message(place, message)
        files: list[tuple[str, MediaFile]] = []
        params["media"] = _item(place, media, part.text if number == 0 else RichText(), files)
        _set_keyboard(params, place, part.buttons)
        calls.append(Call("editMessageMedia", params, files))
    return calls


def delete_calls(place: Place, messages: Sequence[str]) -> list[Call]:
    """Return the calls that delete the messages."""
    chat, ids = _chat(place), [int(message) for message in messages]
    if len(ids) == 1:
        return [Call("deleteMessage", {"chat_id": chat, "message_id": ids[0]})]
    return [
        Call(
            "deleteMessages", {"chat_id": chat, "message_ids": ids[start : start + DELETE_AT_ONCE]}
        )
        for start in range(0, len(ids), DELETE_AT_ONCE)
    ]


def commands(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the commands of a menu; raises ValueError for what Telegram would not take."""
    if len(given) > COMMANDS:
        raise ValueError(f"{len(given)} commands, at most {COMMANDS} are allowed")
    for name, what in given:
        if not _COMMAND.fullmatch(name):
            raise ValueError(f"{name!r} is no command: 1 to 32 of a-z, 0-9 and _")
        if not 0 < len(what) <= COMMAND_TEXT:
            raise ValueError(f"a description of {len(what)} characters, 1 to {COMMAND_TEXT}")
    return list(given)


def link(place: Place, message: str, username: str | None) -> str | None:
    """Return the address of a message in a channel or supergroup; others have none.

    Without a username it opens for members only (core.telegram.org/api/links).
    """
    if place.kind is ChatKind.PRIVATE:
        return None
    if place.chat.startswith("@"):
        username = place.chat[1:]
    if username:
        return f"https://t.me/{username}/{message}"
    if not place.chat.startswith(_WIDE):
        return None
    return f"https://t.me/c/{place.chat.removeprefix(_WIDE)}/{message}"


def _album(params: dict[str, Any], place: Place, part: Part) -> Call:
    limit = capabilities(place.kind).album
    if len(part.media) > limit:
        raise ValueError(f"{len(part.media)} pictures in an album of at most {limit}")
    if part.buttons:
        raise ValueError("an album cannot have buttons")
    files: list[tuple[str, MediaFile]] = []
    params["media"] = [
        _item(place, media, part.text if number == 0 else RichText(), files)
        for number, media in enumerate(part.media)
    ]
    return Call("sendMediaGroup", params, files)


def _item(
    place: Place, media: MediaFile, text: RichText, files: list[tuple[str, MediaFile]]
) -> dict[str, Any]:
    return {"type": "photo", "media": _source(media, files)} | _caption(place, text)


def _source(media: MediaFile, files: list[tuple[str, MediaFile]]) -> str:
    """Return the reference, or the name under which the bytes come along."""
    if media.ref is not None:
        return media.ref
    name = f"file{len(files)}"
    files.append((name, media))
    return f"attach://{name}"


def _text(place: Place, part: Part) -> dict[str, Any]:
    limit = capabilities(place.kind).text_limit
    if not 0 < len(part.text.text) <= limit:
        raise ValueError(f"a text of {len(part.text.text)} characters, 1 to {limit} are allowed")
    params: dict[str, Any] = {"text": part.text.text, "entities": to_utf16(part.text)}
    if not part.preview:
        params["link_preview_options"] = {"is_disabled": True}
    return params


def _caption(place: Place, text: RichText) -> dict[str, Any]:
    limit = capabilities(place.kind).caption_limit
    if len(text.text) > limit:
        raise ValueError(f"a caption of {len(text.text)} characters, at most {limit} are allowed")
    return {"caption": text.text, "caption_entities": to_utf16(text)} if text else {}


def _set_keyboard(params: dict[str, Any], place: Place, keyboard: Keyboard) -> None:
    if not keyboard:
        return
    able = capabilities(place.kind)
    if (
        len(keyboard) > able.button_rows
        or any(not 0 < len(row) <= able.buttons_in_row for row in keyboard)
        or sum(map(len, keyboard)) > able.buttons
    ):
        raise ValueError("a keyboard larger than Telegram takes")
    rows = [[_button(button, able.button_text) for button in row] for row in keyboard]
    params["reply_markup"] = {"inline_keyboard": rows}


def _button(button: Button, text_limit: int) -> dict[str, str]:
    if not 0 < len(button.text) <= text_limit:
        raise ValueError(f"a button's label of {len(button.text)} characters")
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    if button.data is None or not 0 < len(button.data.encode()) <= BUTTON_DATA_BYTES:
        raise ValueError(f"a button's data must be 1 to {BUTTON_DATA_BYTES} bytes")
    return {"text": button.text, "callback_data": button.data}


def _message(place: Place, message: str) -> dict[str, Any]:
    return {"chat_id": _chat(place), "message_id": int(message)}


def _chat(place: Place) -> int | str:
    return place.chat if place.chat.startswith("@") else int(place.chat)


def entry(handle: str, payload: str) -> str | None:
    """Return the address that begins a dialog with a bot; raises ValueError for an unfit payload."""
    if not _PAYLOAD.fullmatch(payload):
        raise ValueError("a payload is 1 to 64 of A-Z, a-z, 0-9, _ and -")
    return f"https://t.me/{handle}?start={payload}" if handle else None
