"""Dialogs between communities and people: who may write, what is said, what becomes known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.vk import events, objects
from sandbox.vk.keyboard import Keyboard
from sandbox.world import Account, Chat, Media, Message, World

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
    reply_to: Message | None = None
    fwd: Sequence[dict[str, Any]] = ()
    keyboard: Keyboard | None = None
    extra: dict[str, Any] = field(default_factory=dict)  # payload, ref, admin_author_id…


def barrier(chat: Chat | None) -> int:
    """Return the error that keeps the community from writing: 900, 901 or 902; 0 if nothing does."""
    if chat is not None and chat.extra.get("blacklisted"):
        return 900
    if chat is not None and chat.extra.get("closed"):
        return 902
    return 901 if chat is None or chat.blocked or not chat.started else 0


def add(
    world: World,
    account: Account,
    chat: Chat,
    words: Words,
    *,
    person: int | None,
    key: str | None = None,
) -> Message:
    """Put a message into a dialog: the person's, or the community's when `person` is None."""
    global_id = int(account.settings.get("last_message_id", 0)) + 1
    account.settings["last_message_id"] = global_id
    said = Message(
        id=chat.next_id(),
        at=world.clock.now(),
        sender=account.id if person is None else person,
        by_account=person is None,
        text=words.text,
        media=list(words.media),
        global_id=global_id,
        key=key,
        extra=dict(words.extra),
    )
    if words.fwd:
        said.extra["fwd"] = list(words.fwd)
    if words.reply_to is not None:
        said.reply_to = words.reply_to.id
        said.extra["reply_message"] = objects.quoted(account, chat, words.reply_to)
    if words.keyboard is not None:
        show_keyboard(chat, said, words.keyboard)
    chat.messages.append(said)
    return said


def show_keyboard(chat: Chat, said: Message, keyboard: Keyboard) -> None:
    """Show a keyboard: under the message when inline, else in the place of the dialog's."""
    said.extra["keyboard"] = keyboard.wire
    if keyboard.inline:
        said.buttons = keyboard.rows
    else:
        said.keyboard = keyboard.rows
        chat.extra["keyboard"] = keyboard.wire if keyboard.rows else None


def tell_new(account: Account, chat: Chat, said: Message) -> None:
    """Tell the community of a new message: message_new from a person, message_reply from its own side."""
    shown = objects.message(account, chat, said)
    if said.by_account:
        events.emit(account, "message_reply", shown)
    else:
        events.emit(account, "message_new", {"message": shown, "client_info": dict(CLIENT_INFO)})


def tell_edited(account: Account, chat: Chat, said: Message, now: float) -> None:
    """Mark a message as edited and tell the community."""
    said.edited = now
    said.extra["edits"] = int(said.extra.get("edits", 0)) + 1
    events.emit(account, "message_edit", objects.message(account, chat, said))


def sent_before(chat: Chat, random_id: int, now: float) -> tuple[int, int] | None:
    """Return (message id, conversation message id) of what this random_id has sent to this dialog.

    VK looks back one hour and at most a hundred messages of the dialog; also a message that was
    deleted since is remembered. 0 means no check.
    """
    memory = [
        row
        for row in chat.extra.get("random_ids", [])
        if now - row[3] < REMEMBERED_S and chat.last_id - row[2] < REMEMBERED_MESSAGES
    ]
    chat.extra["random_ids"] = memory
    return next(((row[1], row[2]) for row in memory if row[0] == random_id), None)


def remember(chat: Chat, random_id: int, said: Message) -> None:
    """Remember which message a random_id has sent."""
    chat.extra.setdefault("random_ids", []).append([random_id, said.global_id, said.id, said.at])


def of_account(world: World, account: Account) -> list[Chat]:
    """Return all dialogs of a community."""
    return [c for c in world.chats_on("vk") if c.kind == "private" and c.account == account.name]


def by_global_id(world: World, account: Account, id_: int) -> tuple[Chat, Message] | None:
    """Return the message of that id within the community, and its dialog."""
    for chat in of_account(world, account):
        for said in reversed(chat.messages):
            if said.global_id == id_:
                return chat, said
    return None


def seen(chat: Chat) -> list[Message]:
    """Return the messages that the community still sees: without those it deleted for itself only."""
    return [said for said in chat.messages if not said.extra.get("hidden")]
