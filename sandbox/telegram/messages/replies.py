"""`reply_parameters`: which message an answer is to, in this chat or another, and what of it is quoted."""

from __future__ import annotations

from typing import Any

from sandbox.api import Refusal
from sandbox.telegram.access import by_username, chat_for
from sandbox.telegram.ask import Ask
from sandbox.telegram.html import utf16
from sandbox.telegram.messages.content import cut
from sandbox.telegram.messages.origins import origin_of
from sandbox.telegram.params import bad, flag, integer, structure
from sandbox.telegram.texts import formatted
from sandbox.world import Chat, Message

_QUOTE_MAX = 1024  # characters
_NOT_FOUND = "message to be replied not found"
# What of the original's formatting a quote must repeat (core.telegram.org/bots/api#textquote).
_KEPT = (
    "bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time",
)  # fmt: skip


def read(ask: Ask, chat: Chat) -> tuple[int | None, dict[str, Any]]:
    """Return the number of the answered message of this chat, and what else is kept of the reply."""
    given = structure(ask.params, "reply_parameters", "reply parameters")
    if given is None:
        # Clients written before Bot API 7.0 say it with these two, which still work.
        given = {"message_id": ask.params.get("reply_to_message_id")}
        given["allow_sending_without_reply"] = ask.params.get("allow_sending_without_reply")
    if not isinstance(given, dict):
        raise bad("object expected as reply parameters")
    number = integer(given, "message_id")
    if number <= 0:
        return None, {}
    there = _other_chat(ask, chat, given.get("chat_id"))
    original = (there or chat).find(number)
    if original is None:
        if there is None and flag(given, "allow_sending_without_reply"):
            return None, {}
        raise bad(_NOT_FOUND)
    quote = _quote(given, original)
    if there is None:
        return number, quote
    origin = origin_of(ask.world, there, original)
    return None, {
        **quote,
        "external_reply": {"chat": there.id, "message": number, "origin": origin},
    }


def _other_chat(ask: Ask, chat: Chat, ref: Any) -> Chat | None:
    """Return the chat of the answered message if it is another one."""
    if ref in (None, ""):
        return None
    found = by_username(ask.world, str(ref)) if str(ref).startswith("@") else None
    try:
        there = chat_for(ask.world, ask.account, str(found.id) if found else str(ref))
    except Refusal:
        raise bad("chat not found") from None
    return None if there is chat else there


def _quote(given: dict[str, Any], original: Message) -> dict[str, Any]:
    if not given.get("quote"):
        return {}
    quoted = formatted(given, "quote", "quote_entities", mode="quote_parse_mode", finds=False)
    if len(quoted.text) > _QUOTE_MAX:
        raise bad("QUOTE_TEXT_INVALID")
    wanted = integer(given, "quote_position")
    for start in sorted(_places(original.text, quoted.text), key=lambda at: abs(at - wanted)):
        there = cut(original.text, original.entities, start, utf16(quoted.text))
        if _marks(there) == _marks(quoted.entities):
            shown: dict[str, Any] = {"text": quoted.text, "position": start, "is_manual": True}
            if kept := _marks(quoted.entities):
                shown["entities"] = kept
            return {"quote": shown}
    raise bad("QUOTE_TEXT_INVALID")


def _places(text: str, part: str) -> list[int]:
    """Return where a part stands in a text, in UTF-16 units."""
    found, at = [], text.find(part)
    while at >= 0:
        found.append(utf16(text[:at]))
        at = text.find(part, at + 1)
    return found


def _marks(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entity for entity in entities if entity["type"] in _KEPT]
