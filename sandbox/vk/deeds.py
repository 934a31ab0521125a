"""What else people do in VK's app: allow, deny, join, edit; and what a community's administrators do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import dialogs, events, media
from sandbox.vk.chat_deeds import CHAT_DEEDS
from sandbox.vk.habits import HABITS, Deed, own_dialog
from sandbox.vk.managing import MANAGING
from sandbox.vk.people import must_manage, write
from sandbox.world import Account, Chat, Member, Message, World


def do(
    world: World, account: Account, chat: Chat, person: int, what: str, args: dict[str, Any]
) -> dict[str, Any]:
    """Do one of the other things; raises Wrong with the list of them for an unknown one."""
    deed = DEEDS.get(what)
    if chat.kind == "chat":
        deed = CHAT_DEEDS.get(what) or (deed if what in _ANYWHERE else None)
    if deed is None:
        there = [*CHAT_DEEDS, *_ANYWHERE] if chat.kind == "chat" else [*DEEDS]
        raise Wrong(f"on VK a person cannot {what!r}; there are: {', '.join(there)}")
    result = deed(world, account, chat, person, args)
    world.touch(chat)
    return result


def _start(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Open the dialog by a link (vk.me/…?ref=…) and press «Начать»."""
    own_dialog(chat, person)
    extra: dict[str, Any] = {"payload": json.dumps({"command": "start"})}
    ref = args.get("payload") or args.get("ref")
    if ref:
        extra |= {"ref": str(ref), "ref_source": str(args.get("ref_source") or "")}
    return {"message": write(world, account, chat, person, "Начать", (), extra=extra).id}


def _deny(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    own_dialog(chat, person)
    chat.blocked = True
    events.emit(account, "message_deny", {"user_id": person})
    return {}


def _allow(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    own_dialog(chat, person)
    chat.blocked, chat.started = False, True
    key = str(args.get("key") or "")
    events.emit(account, "message_allow", {"user_id": person, "key": key})
    return {}


def _join(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    wall = _wall_of(world, account)
    members = wall.members
    if person in members and members[person].status == "member":
        raise Wrong(f"this person is a member of {account.name} already")
    members[person] = Member("member")
    world.touch(wall)
    events.emit(account, "group_join", {"user_id": person, "join_type": "join"})
    return {}


def _leave(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    wall = _wall_of(world, account)
    if wall.members.pop(person, None) is None:
        raise Wrong(f"this person is not a member of {account.name}: first do join")
    world.touch(wall)
    events.emit(account, "group_leave", {"user_id": person, "self": 1})
    return {}


def _edit(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    said = _own_message(account, chat, person, args)
    files = args.get("media") or ()
    text = said.text if files and args.get("text") is None else str(args.get("text") or "")
    if not text and not files and not said.media:
        raise Wrong("give the new text as text")
    for file in files:
        album, at = media.ALBUMS["message"], world.clock.now()
        media.register(account, file, person, at, album=album, caption=file.caption)
    said.text, said.media = text, list(files) or said.media
    said.entities = []
    if chat.kind == "wall":
        said.edited = world.clock.now()
    else:
        dialogs.tell_edited(world, chat, said, world.clock.now())
    return {"message": said.id}


def _delete(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    said = _own_message(account, chat, person, args)
    chat.messages.remove(said)
    return {"message": said.id}


def _block(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    user, admin = _blocked_and_admin(account, chat, person)
    chat.extra["blacklisted"] = True
    about = {"admin_id": admin, "user_id": user, "unblock_date": 0, "reason": 0, "comment": ""}
    events.emit(account, "user_block", about)
    return {}


def _unblock(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    user, admin = _blocked_and_admin(account, chat, person)
    chat.extra["blacklisted"] = False
    events.emit(account, "user_unblock", {"admin_id": admin, "user_id": user, "by_end_date": 0})
    return {}


def _close(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    own_dialog(chat, person)
    chat.extra["closed"] = True
    return {}


def _open(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    own_dialog(chat, person)
    chat.extra["closed"] = False
    return {}


# in a conversation too
_ANYWHERE = ("edit", "delete", "type", "read", "react", "unreact", "vote", "retract_vote")
DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "start": _start,
        "stop": _deny,
        "allow": _allow,
        "deny": _deny,
        "join": _join,
        "leave": _leave,
        "edit": _edit,
        "delete": _delete,
        "block_by_admin": _block,
        "unblock_by_admin": _unblock,
        "close_messages": _close,
        "open_messages": _open,
        **HABITS,
        **MANAGING,
    }
)


def _own_message(account: Account, chat: Chat, person: int, args: dict[str, Any]) -> Message:
    """Return the message meant by args["message"], which the person wrote, for the community too."""
    number = args.get("message")
    said = chat.find(number) if isinstance(number, int) else None
    if said is None:
        raise Wrong(f"there is no message {number!r} in this chat; give its id as message")
    if "action" in said.extra:
        raise Wrong(f"message {number} is a grey line, which nobody can change")
    by_admin = said.by_account and said.sender == account.id and person in account.admins
    if not by_admin and (said.by_account or said.sender != person):
        raise Wrong(f"message {number} is not this person's")
    return said


def _blocked_and_admin(account: Account, chat: Chat, person: int) -> tuple[int, int]:
    """Return who is (un)blocked and by whom: in the own dialog by the first admin, else by `person`."""
    if chat.kind != "private" or chat.person is None:
        raise Wrong("somebody is blocked in a dialog: name the chat as <account>:<person id>")
    if person == chat.person:
        return chat.person, account.admins[0] if account.admins else 0
    must_manage(account, person, "to block somebody")
    return chat.person, person


def _wall_of(world: World, account: Account) -> Chat:
    wall = world.chat("vk", -account.id)
    if wall is None:
        raise Wrong(f"{account.name} has no wall")
    return wall
