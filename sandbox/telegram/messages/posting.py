"""How a bot's message comes into a chat: its place there, the message itself, who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappush
from typing import Any

from sandbox.telegram.access import has_right, may_write
from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.seats import slow_mode_left
from sandbox.telegram.keyboards import Markup
from sandbox.telegram.messages import replies
from sandbox.telegram.params import bad, flag, integer, too_many
from sandbox.telegram.texts import Formatted
from sandbox.world import Chat, Media, Message, Poll, World

NO_TEXT = Formatted("", [])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: the chat, its topic, and what it answers."""

    chat: Chat
    topic: int | None = None
    reply_to: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)  # a quote, a reply into another chat


def place(ask: Ask, kind: str, *, replying: bool = True) -> Place:
    """Return where the call sends a message of that kind; refuses where the bot may not write."""
    chat = ask.chat()
    may_write(ask.account, chat, kind)
    topic = _topic(ask, chat)
    # The server's 420 SLOWMODE_WAIT reaches bots as any other flood wait.
    if wait := slow_mode_left(chat, ask.account.id, ask.world.clock.now()):
        raise too_many(wait)
    reply_to, extra = replies.read(ask, chat) if replying else (None, {})
    return Place(chat, topic, reply_to, extra)


def post(
    ask: Ask,
    where: Place,
    said: Formatted = NO_TEXT,
    markup: Markup | None = None,
    *,
    media: Media | None = None,
    poll: Poll | None = None,
    extra: dict[str, Any] | None = None,
) -> Message:
    """Put a message into its chat; `finish` tells of it."""
    markup = markup or Markup()
    message = Message(
        where.chat.next_id(),
        ask.world.clock.now(),
        ask.account.id,
        True,
        said.text,
        said.entities,
        [media] if media else [],
        markup.buttons,
        markup.keyboard,
        topic=where.topic,
        reply_to=where.reply_to,
        poll=poll,
        extra={**where.extra, **(extra or {})},
    )
    if markup.look:
        message.extra["keyboard_look"] = markup.look
    if flag(ask.params, "protect_content"):
        message.extra["protected"] = True
    if flag(ask.params, "disable_notification"):
        message.extra["silent"] = True
    where.chat.messages.append(message)
    return message


def watch_poll(world: World, chat: Chat, message: Message) -> None:
    """Have a message's poll closed when its time comes, if it has one (see closings.py)."""
    poll = message.poll
    if poll is not None and not poll.closed and "close_at" in poll.extra:
        heappush(world.timed_polls, (poll.extra["close_at"], id(message), chat, message))
        world.timed.set()


def finish(ask: Ask, chat: Chat, *messages: Message) -> list[dict[str, Any]]:
    """Note the messages in the call, tell the other bots, return them as this one sees them."""
    ask.done(chat, *messages)
    if chat.kind == "channel":
        for message in messages:
            ask.updates.tell(chat, message)
    return [ask.shown(chat, message) for message in messages]


def album_id(ask: Ask, chat: Chat) -> str:
    """Return a media_group_id that no earlier album has; call it before the first item is posted."""
    return f"{ask.account.id % 1000}{chat.last_id + 1}{int(ask.world.clock.now() * 1000)}"


def _topic(ask: Ask, chat: Chat) -> int | None:
    thread = integer(ask.params, "message_thread_id")
    if not thread:
        _check_open(ask, chat, chat.extra.get("general", {}))
        return None
    topic = chat.extra.get("topics", {}).get(str(thread))
    if topic is None:
        raise bad("message thread not found")
    _check_open(ask, chat, topic)
    return thread


def _check_open(ask: Ask, chat: Chat, topic: Mapping[str, Any]) -> None:
    """Refuse in a closed topic, unless the bot made it or manages topics."""
    manages = has_right(chat.members.get(ask.account.id), "can_manage_topics")
    if topic.get("closed") and not manages and topic.get("by") != ask.account.id:
        raise bad("TOPIC_CLOSED")
