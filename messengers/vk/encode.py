"""Parts as parameters of VK's methods. Parts come fitted: one that is too big is a mistake of ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from core.messenger import Button, Keyboard, Part, Place
from core.words import ChatKind
from messengers.vk.capabilities import PAYLOAD_LIMIT, capabilities

# Takes the buttons away from a message that had some.
NO_KEYBOARD = '{"inline":true,"buttons":[]}'


# VK reads «[club1|words]» and «@id1» as links to whoever is named, whoever wrote them.
_MENTION = re.compile(r"(?<!\w)([\[@*])(?=(?:id|club|public|event|app)\d+|all\b|online\b)")
_UNSEEN = "\u2060"  # word joiner: breaks the syntax, shows nothing


def literal(text: str) -> str:
    """Return a text that VK shows as it stands: nobody is named by what somebody else wrote."""
    return _MENTION.sub(rf"\1{_UNSEEN}", text)


def message(part: Part, attachments: Sequence[str]) -> dict[str, Any]:
    """Return the parameters that messages.send and messages.edit share."""
    _check(part, ChatKind.PRIVATE)
    params: dict[str, Any] = {"message": literal(part.text.text), "disable_mentions": 1}
    if attachments:
        params["attachment"] = ",".join(attachments)
    if not part.preview:
        params["dont_parse_links"] = 1
    if part.buttons:
        params["keyboard"] = keyboard(part.buttons)
    return params


def reply(place: Place, message: str) -> str:
    """Return what makes a message a reply to another one of its dialog, as JSON."""
    quoted = {
        "peer_id": int(place.chat),
        "conversation_message_ids": [int(message)],
        "is_reply": True,
    }
    return orjson.dumps(quoted).decode()


def post(part: Part, attachments: Sequence[str]) -> dict[str, Any]:
    """Return the parameters that wall.post and wall.edit share."""
    _check(part, ChatKind.WALL)
    params: dict[str, Any] = {"message": literal(part.text.text)}
    if attachments:
        params["attachments"] = ",".join(attachments)
    return params


def keyboard(rows: Keyboard) -> str:
    """Return an inline keyboard as JSON; raises ValueError for one that VK would not take."""
    able = capabilities(ChatKind.PRIVATE)
    if (
        len(rows) > able.button_rows
        or any(not 0 < len(row) <= able.buttons_in_row for row in rows)
        or sum(map(len, rows)) > able.buttons
    ):
        raise ValueError("a keyboard larger than VK takes")
    buttons = [[{"action": _action(button, able.button_text)} for button in row] for row in rows]
    return orjson.dumps({"inline": True, "buttons": buttons}).decode()


def snackbar(text: str) -> str:
    """Return the event data that shows a short text."""
    return orjson.dumps({"type": "show_snackbar", "text": text}).decode()


def _action(button: Button, label_limit: int) -> dict[str, str]:
    if not 0 < len(button.text) <= label_limit:
        raise ValueError(f"a button's label of {len(button.text)} characters")
    if button.url is not None:
        return {"type": "open_link", "link": button.url, "label": button.text}
    payload = orjson.dumps({"d": button.data}).decode()
    if not button.data or len(payload) > PAYLOAD_LIMIT:
        raise ValueError(f"a button's data of {len(payload)} characters with its JSON")
    return {"type": "callback", "label": button.text, "payload": payload}


def _check(part: Part, kind: ChatKind) -> None:
    able = capabilities(kind)
    limit = able.caption_limit if part.media else able.text_limit
    if len(part.text.text) > limit or not (part.text or part.media):
        raise ValueError(f"a text of {len(part.text.text)} characters, 1 to {limit} are allowed")
    if len(part.media) > able.album:
        raise ValueError(f"{len(part.media)} pictures, at most {able.album} are allowed")
    if part.buttons and not able.buttons:
        raise ValueError("a post cannot have buttons")
