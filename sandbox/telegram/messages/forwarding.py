"""forwardMessage, forwardMessages, copyMessage, copyMessages."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

from sandbox.api import Refusal
from sandbox.telegram import keyboards
from sandbox.telegram.access import by_username, chat_for, may_write
from sandbox.telegram.ask import Ask
from sandbox.telegram.keyboards import Markup
from sandbox.telegram.messages.content import CARDS, WITH_CAPTION, kind_of
from sandbox.telegram.messages.deleting import ids
from sandbox.telegram.messages.origins import origin_of
from sandbox.telegram.messages.posting import Place, album_id, finish, place, post, watch_poll
from sandbox.telegram.messages.sending import looks
from sandbox.telegram.params import bad, flag, integer
from sandbox.telegram.spec import CAPTION, MESSAGE, spec
from sandbox.telegram.texts import Formatted, caption
from sandbox.world import Chat, Message, Poll

_PROTECTED = "message has protected content and can't be forwarded"
# What of a message's `extra` goes along with its content.
_CONTENT = (*CARDS, "link_preview", "caption_above", "spoiler")


async def forward_message(ask: Ask) -> Any:
    """forwardMessage."""
    source, message = _one(ask, "forward")
    where = place(ask, kind_of(message), replying=False)
    made = _again(ask, where, message, _said(message), origin=origin_of(ask.world, source, message))
    made.buttons = [] if _is_closed_to_others(message) else deepcopy(message.buttons)
    return finish(ask, where.chat, made)[0]


async def copy_message(ask: Ask) -> Any:
    """copyMessage: the same content without a word where it is from, with another caption if one is given."""
    _, message = _one(ask, "copy")
    where = place(ask, kind_of(message))
    said, shown = _said(message), {}
    if "caption" in ask.params and kind_of(message) in WITH_CAPTION:
        said, shown = caption(ask.params), looks({**ask.params, "has_spoiler": False})
    markup = keyboards.read(ask.params, where.chat.kind)
    made = _again(ask, where, message, said, markup)
    if "caption" in ask.params:
        made.extra.pop("caption_above", None)
        made.extra |= shown
    finish(ask, where.chat, made)
    return {"message_id": made.id}


async def forward_messages(ask: Ask) -> Any:
    """forwardMessages: those that are gone or cannot be forwarded are left out; albums stay albums."""
    return _many(ask, forwards=True)


async def copy_messages(ask: Ask) -> Any:
    """copyMessages, in the same way."""
    return _many(ask, forwards=False)


def _many(ask: Ask, *, forwards: bool) -> list[dict[str, int]]:
    wanted = ids(ask.params)
    source = _source(ask)
    if wanted != sorted(set(wanted)):
        raise bad("message identifiers must be in a strictly increasing order")
    found = [message for number in wanted if (message := source.find(number)) is not None]
    if not found:
        raise bad("there are no messages to forward")
    movable = [message for message in found if _why_not(source, message, "forward") is None]
    if not movable:
        protected = any(_is_protected(source, message) for message in found)
        raise bad(_PROTECTED if protected else "messages can't be forwarded")
    where = place(ask, kind_of(movable[0]), replying=False)
    for message in movable[1:]:
        may_write(ask.account, where.chat, kind_of(message))
    bare = not forwards and flag(ask.params, "remove_caption")
    items = Counter(message.album for message in movable)  # one that is left alone is no album
    albums: dict[str, str] = {}
    made = []
    for message in movable:
        said = Formatted("", []) if bare and kind_of(message) in WITH_CAPTION else _said(message)
        origin = origin_of(ask.world, source, message) if forwards else None
        if message.album and items[message.album] > 1:
            albums.setdefault(message.album, album_id(ask, where.chat))
        again = _again(ask, where, message, said, origin=origin)
        again.album = albums.get(message.album or "")
        made.append(again)
    finish(ask, where.chat, *made)
    return [{"message_id": message.id} for message in made]


def _again(
    ask: Ask,
    where: Place,
    message: Message,
    said: Formatted,
    markup: Markup | None = None,
    *,
    origin: dict[str, Any] | None = None,
) -> Message:
    """Post what a message holds once more; with an origin as a forward."""
    extra = {name: deepcopy(message.extra[name]) for name in _CONTENT if name in message.extra}
    if "location" in extra:  # a live one is passed on as the point where it is now
        for name in ("live_period", "heading", "proximity_alert_radius"):
            extra["location"].pop(name, None)
    if origin is not None:
        extra["forward_origin"] = origin
    media = deepcopy(message.media[0]) if message.media else None
    poll = message.poll
    if poll is not None and origin is None:
        poll = _new_poll(ask, where, poll)
    made = post(ask, where, said, markup, media=media, poll=poll, extra=extra)
    watch_poll(ask.world, where.chat, made)
    return made


def _new_poll(ask: Ask, where: Place, poll: Poll) -> Poll:
    """A copied poll begins without votes; a forwarded one is the same poll, seen in another place."""
    kept = {
        n: v for n, v in poll.extra.items() if n not in ("open_period", "close_date", "close_at")
    }
    number = f"{int(poll.id) % 10**12}{where.chat.last_id + 1:04}"
    return Poll(
        number, poll.question, list(poll.options), anonymous=poll.anonymous,
        multiple=poll.multiple, correct=poll.correct, extra={**deepcopy(kept), "by": ask.account.id},
    )  # fmt: skip


def _said(message: Message) -> Formatted:
    return Formatted(message.text, deepcopy(message.entities))


def _is_closed_to_others(message: Message) -> bool:
    """Of a forwarded message's buttons only links stay; if there are others, none does."""
    return any(button.kind != "url" for row in message.buttons for button in row)


def _one(ask: Ask, verb: str) -> tuple[Chat, Message]:
    source = _source(ask)
    message = source.find(integer(ask.params, "message_id"))
    if message is None:
        raise bad(f"message to {verb} not found")
    if (why := _why_not(source, message, verb)) is not None:
        raise why
    return source, message


def _why_not(source: Chat, message: Message, verb: str) -> Refusal | None:
    if _is_protected(source, message):
        return bad(_PROTECTED)
    unknown_answer = (
        verb == "copy" and message.poll is not None and message.poll.correct is not None
        and not message.poll.closed and not message.by_account
    )  # fmt: skip
    if kind_of(message) == "service" or unknown_answer:
        return bad(f"the message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return None


def _is_protected(source: Chat, message: Message) -> bool:
    return bool(message.extra.get("protected") or source.extra.get("protected"))


def _source(ask: Ask) -> Chat:
    """Return the chat to take from; the bot must be able to read there."""
    ref = ask.params.get("from_chat_id")
    if ref in (None, ""):
        raise bad('parameter "from_chat_id" is required')
    found = by_username(ask.world, str(ref)) if str(ref).startswith("@") else None
    return chat_for(ask.world, ask.account, str(found.id) if found else str(ref))


_FROM = "from_chat_id message_id "
_PLACE = "chat_id message_thread_id disable_notification protect_content from_chat_id "

SPECS = (
    spec("forwardMessage", forward_message, _PLACE + "message_id", sends=True),
    spec("forwardMessages", forward_messages, _PLACE + "message_ids", sends=True),
    spec("copyMessage", copy_message, MESSAGE + _FROM + CAPTION + "show_caption_above_media", sends=True),
    spec("copyMessages", copy_messages, _PLACE + "message_ids remove_caption", sends=True),
)  # fmt: skip
