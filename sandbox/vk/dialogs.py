"""Dialogs and conversations of communities with people: who may write, what is said, who is told of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sandbox.vk import events, objects
from sandbox.vk.keyboard import Keyboard
from sandbox.vk.template import Template
from sandbox.world import Account, Chat, Media, Message, Poll, World

REMEMBERED_S, REMEMBERED_MESSAGES = 3600, 100  # how far back a random_id counts in a dialog
CLIENT_INFO = {
    "button_actions": [
        "text", "vkpay", "open_app", "location", "open_link", "callback",
        "intent_subscribe", "intent_unsubscribe",
    ],
    "keyboard": True,
    "inline_keyboard": True,
    "carousel": True,
    "lang_id": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What a message consists of, whoever says it."""

    text: str = ""
    media: Sequence[Media] = ()
    poll: Poll | None = None
    reply_to: Message | None = None
    fwd: Sequence[dict[str, Any]] = ()
    keyboard: Keyboard | None = None
    template: Template | None = None
    entities: Sequence[dict[str, Any]] = ()  # Bot API shape, UTF-16 units
    extra: dict[str, Any] = field(default_factory=dict)  # payload, ref, admin_author_id, location…


def barrier(chat: Chat | None) -> int:
    """Return the error that keeps the community from writing: 18, 900, 901 or 902; 0 if nothing does."""
    if chat is not None and chat.extra.get("deactivated"):
        return 18
    if chat is not None and chat.extra.get("blacklisted"):
        return 900
    if chat is not None and chat.extra.get("closed"):
        return 902
    return 901 if chat is None or chat.blocked or not chat.started else 0


def is_in(chat: Chat, who: int) -> bool:
    """Tell whether a person or (by its negative id) a community is in a conversation now."""
    member = chat.members.get(who)
    return member is not None and member.status not in ("left", "kicked")


def listeners(world: World, chat: Chat) -> list[Account]:
    """Return the communities that hear what is said: a dialog's own, or those in a conversation."""
    if chat.kind != "chat":
        account = world.account("vk", chat.account or "")
        return [account] if account else []
    return [a for a in world.accounts.values() if a.network == "vk" and is_in(chat, -a.id)]


def add(
    world: World,
    account: Account | None,
    chat: Chat,
    words: Words,
    *,
    person: int | None,
    key: str | None = None,
) -> Message:
    """Put a message into a dialog or conversation: the person's, or the community's when `person` is None.

    A message of a conversation has no id within a community: it is 0 there, as a community key sees it.
    """
    said = Message(
        id=chat.next_id(),
        at=world.clock.now(),
        sender=account.id if person is None and account else person or 0,
        by_account=person is None,
        text=words.text,
        entities=list(words.entities),
        media=list(words.media),
        global_id=_next_id(world, account, chat) if account and chat.kind != "chat" else 0,
        key=key,
        poll=deepcopy(words.poll),
        extra=dict(words.extra),
    )
    if words.fwd:
        said.extra["fwd"] = list(words.fwd)
    if words.reply_to is not None:
        said.reply_to = words.reply_to.id
        said.extra["reply_message"] = objects.quoted(chat, words.reply_to)
    show_buttons(chat, said, words.keyboard, words.template)
    chat.messages.append(said)
    if account is not None and person is None:
        mark_read(account, chat)
    return said


def _next_id(world: World, account: Account, chat: Chat) -> int:
    number = int(account.settings.get("last_message_id", 0)) + 1
    account.settings["last_message_id"] = number
    world.note_number(account, number, chat)
    return number


def show_buttons(
    chat: Chat, said: Message, keyboard: Keyboard | None, template: Template | None
) -> None:
    """Show a keyboard (under the message when inline, else in the place of the dialog's) and a carousel."""
    if keyboard is not None:
        said.extra["keyboard"] = keyboard.wire
        if keyboard.inline:
            said.buttons = keyboard.rows
        else:
            said.keyboard = keyboard.rows
            chat.extra["keyboard"] = keyboard.wire if keyboard.rows else None
            chat.extra["keyboard_by"] = -said.sender
    if template is not None:
        said.extra["template"] = template.wire
        said.buttons = template.rows


def tell_new(world: World, chat: Chat, said: Message) -> None:
    """Tell of a new message: message_reply to the community whose it is, message_new to others."""
    for account in listeners(world, chat):
        shown = objects.message(account, chat, said)
        if shown["out"]:
            events.emit(account, "message_reply", shown)
        else:
            about = {"message": shown, "client_info": dict(CLIENT_INFO)}
            events.emit(account, "message_new", about)


def tell_edited(world: World, chat: Chat, said: Message, now: float) -> None:
    """Mark a message as edited and tell the communities."""
    said.edited = now
    said.extra["edits"] = int(said.extra.get("edits", 0)) + 1
    for account in listeners(world, chat):
        events.emit(account, "message_edit", objects.message(account, chat, said))


def mark_read(account: Account, chat: Chat) -> bool:
    """Note that the community has read all that is there; tell whether that is new."""
    known = chat.extra.setdefault("read", {})
    before, known[account.name] = known.get(account.name, 0), chat.last_id
    return bool(before != chat.last_id)


def sent_before(account: Account, chat: Chat, random_id: int, now: float) -> tuple[int, int] | None:
    """Return (message id, conversation message id) of what a community's random_id has sent there.

    VK looks back one hour and at most a hundred messages of the dialog; also a message that was
    deleted since is remembered. 0 means no check.
    """
    memory = [
        row
        for row in chat.extra.get(_memory(account, chat), [])
        if now - row[3] < REMEMBERED_S and chat.last_id - row[2] < REMEMBERED_MESSAGES
    ]
    chat.extra[_memory(account, chat)] = memory
    return next(((row[1], row[2]) for row in memory if row[0] == random_id), None)


def remember(account: Account, chat: Chat, random_id: int, said: Message) -> None:
    """Remember which message a community's random_id has sent."""
    row = [random_id, said.global_id, said.id, said.at]
    chat.extra.setdefault(_memory(account, chat), []).append(row)


def _memory(account: Account, chat: Chat) -> str:
    return "random_ids" if chat.kind != "chat" else f"random_ids of {account.name}"


def of_account(world: World, account: Account) -> list[Chat]:
    """Return all dialogs of a community and the conversations that it is in."""
    return [
        chat
        for chat in world.chats_on("vk")
        if (chat.kind == "private" and chat.account == account.name)
        or (chat.kind == "chat" and is_in(chat, -account.id))
    ]


def by_global_id(world: World, account: Account, id_: int) -> tuple[Chat, Message] | None:
    """Return the message of that id within the community, and its dialog; conversations have no such ids."""
    chat = world.dialog_of(account, id_) if id_ > 0 else None
    if chat is None:
        return None
    place = bisect_left(chat.messages, id_, key=attrgetter("global_id"))
    said = chat.messages[place] if place < len(chat.messages) else None
    return (chat, said) if said is not None and said.global_id == id_ else None


def is_hidden(account: Account, said: Message) -> bool:
    """Tell whether a community deleted a message for itself only."""
    return account.id in said.extra.get("hidden_for", ())


def hide(account: Account, said: Message) -> None:
    """Delete a message from a community's own sight."""
    said.extra["hidden_for"] = [*said.extra.get("hidden_for", ()), account.id]


def last_seen(account: Account, chat: Chat) -> Message | None:
    """Return the newest message that a community still sees."""
    return next((said for said in reversed(chat.messages) if not is_hidden(account, said)), None)


def seen(account: Account, chat: Chat) -> list[Message]:
    """Return the messages that a community still sees."""
    return [said for said in chat.messages if not is_hidden(account, said)]
