"""What people say and press in VK's app, as themselves and as a community's administrators."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from time import monotonic
from types import MappingProxyType
from typing import Any

from sandbox.networks import Wrong
from sandbox.values import loaded
from sandbox.vk import dialogs, events, keyboard, media, posts, template
from sandbox.vk.dialogs import Words
from sandbox.world import Account, Chat, Media, Message, World

PRESS_WAIT = 5.0  # seconds of the machine's time in which the app waits for the answer to a button
_KEPT_PRESSES = 100
# What a pressed location button sends: all people of the sandbox stand on the Red Square.
_WHERE_PEOPLE_ARE: Mapping[str, float] = MappingProxyType(
    {"latitude": 55.7539, "longitude": 37.6208}
)


def write(
    world: World,
    account: Account,
    chat: Chat,
    person: int,
    text: str,
    files: Sequence[Media],
    reply_to: int | None = None,
    fwd: Sequence[dict[str, Any]] = (),
    extra: dict[str, Any] | None = None,
) -> Message:
    """Say something: a person in the own dialog or a conversation, an administrator in anybody's or on the wall.

    Raises Wrong for anybody else and for an empty message.
    """
    extra = dict(extra or {})
    if not text and not files and not fwd and not extra.keys() & {"posts", "location"}:
        raise Wrong("there is nothing to say: give text or media")
    own = chat.kind == "chat" or chat.person == person
    owner = person if own and chat.kind != "wall" else -account.id
    for file in files:
        album, at = media.ALBUMS["message"], world.clock.now()
        media.register(account, file, owner, at, album=album, caption=file.caption)
    if chat.kind == "wall":
        must_manage(account, person, f"to write on the wall of {account.name}")
        return posts.write(world, account, chat, person, text, files)
    replied = chat.find(reply_to) if reply_to is not None else None
    if reply_to is not None and replied is None:
        raise Wrong(f"there is no message {reply_to} in this dialog to reply to")
    words = Words(text, files, reply_to=replied, fwd=fwd, extra=extra)
    if chat.kind == "chat":
        said = _write_to_all(world, account, chat, person, words)
    elif chat.person == person:
        said = _write_to_community(world, account, chat, person, words)
    else:
        said = _write_for_community(world, account, chat, person, words)
    world.touch(chat)
    return said


def _write_to_all(world: World, account: Account, chat: Chat, person: int, words: Words) -> Message:
    must_be_in(chat, person)
    if chat.extra.get("trouble"):
        raise Wrong(f"nobody can write in «{chat.title}» any more: first do open_chat")
    said = dialogs.add(world, account, chat, words, person=person)
    dialogs.tell_new(world, chat, said)
    return said


def _write_to_community(
    world: World, account: Account, chat: Chat, person: int, words: Words
) -> Message:
    if chat.extra.get("deactivated"):
        raise Wrong("this person's page is deleted: first do reactivate")
    if chat.extra.get("blacklisted"):
        raise Wrong(f"{account.name} has this person on its blacklist: first do unblock_by_admin")
    # Whoever writes allows the community to answer, also after having denied it.
    chat.started, chat.blocked = True, False
    said = dialogs.add(world, account, chat, words, person=person)
    dialogs.tell_new(world, chat, said)
    return said


def _write_for_community(
    world: World, account: Account, chat: Chat, person: int, words: Words
) -> Message:
    must_manage(account, person, "to write in another person's dialog")
    code = dialogs.barrier(chat)
    if code:
        raise Wrong(f"the community may not write to this person (VK would say {code})")
    words.extra["admin_author_id"] = person
    said = dialogs.add(world, account, chat, words, person=None)
    dialogs.tell_new(world, chat, said)
    return said


async def press(
    world: World, account: Account, chat: Chat, person: int, message: int, row: int, column: int
) -> dict[str, Any] | None:
    """Press a button of a message's keyboard; see `NetworkSide.press` for what comes back."""
    said = chat.find(message)
    if said is None:
        raise Wrong(f"there is no message {message} in this dialog")
    if chat.kind == "chat":
        must_be_in(chat, person)
    elif chat.person != person:
        raise Wrong("buttons are pressed by the person whose dialog it is")
    owner = _owner(world, said) or account
    act = _action(said, row, column)
    if act["type"] in ("open_link", "open_app"):
        return {"url": keyboard.link(act)}
    if act["type"] == "callback":
        return await _call_back(world, owner, chat, person, said, act)
    if act["type"] == "vkpay":
        raise Wrong("the sandbox does not play payments")
    if said.extra.get("keyboard", {}).get("one_time"):
        chat.extra["keyboard"] = None
        said.keyboard = []
    extra = {"payload": act["payload"]} if act.get("payload") else {}
    if act["type"] == "location":
        extra["location"] = dict(_WHERE_PEOPLE_ARE)
        write(world, account, chat, person, "", (), extra=extra)
        return None
    # In a conversation the app names the community that is meant before what the button says.
    called = f"[{owner.username}|@{owner.username}] " if chat.kind == "chat" else ""
    write(world, account, chat, person, f"{called}{act['label']}", (), extra=extra)
    return None


def _action(said: Message, row: int, column: int) -> dict[str, Any]:
    """Return what a button does: one of the carousel if the message has one there, else of the keyboard."""
    try:
        return template.action(said.extra["template"], row, column)
    except (KeyError, IndexError):
        pass
    try:
        return keyboard.action(said.extra["keyboard"], row, column)
    except (KeyError, IndexError):
        raise Wrong(f"message {said.id} has no button in row {row}, column {column}") from None


def _owner(world: World, said: Message) -> Account | None:
    """Return the community whose message it is."""
    return world.account_by_id("vk", said.sender) if said.by_account else None


async def _call_back(
    world: World,
    account: Account,
    chat: Chat,
    person: int,
    said: Message,
    act: dict[str, Any],
) -> dict[str, Any] | None:
    event_id = secrets.token_hex(6)
    pressed: dict[str, Any] = {"user": person, "peer": chat.id, "at": world.clock.now()}
    presses = account.settings.setdefault("pressed", {})
    presses[event_id] = pressed
    for old in list(presses)[:-_KEPT_PRESSES]:
        del presses[old]
    about = {
        "user_id": person,
        "peer_id": chat.id,
        "event_id": event_id,
        # The schema says text; what arrives is the decoded value (vk_api's callback bot reads it so).
        "payload": loaded(act.get("payload") or "{}"),
        "conversation_message_id": said.id,
    }
    events.emit(account, "message_event", about)
    world.touch()
    deadline = monotonic() + PRESS_WAIT
    while "answer" not in pressed and (left := deadline - monotonic()) > 0:
        await world.wait_change(left)
    return _shown(pressed.get("answer"))


def _shown(answer: dict[str, Any] | None) -> dict[str, Any] | None:
    if not answer:
        return None
    if answer["type"] == "show_snackbar":
        return {"text": str(answer["text"]), "alert": False}
    return {"url": keyboard.link(answer)}


def must_manage(account: Account, person: int, why: str) -> None:
    """Raise Wrong unless the person administers the community."""
    if person not in account.admins:
        raise Wrong(f"{why} one must be among the admins of {account.name}: {account.admins}")


def must_be_in(chat: Chat, person: int) -> None:
    """Raise Wrong unless the person is in the conversation."""
    if not dialogs.is_in(chat, person):
        raise Wrong(f"this person is not in «{chat.title}»: first do join, or invite by another")
