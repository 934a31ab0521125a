"""Small things people do in dialogs with VK's app: type, read, react, delete their page; a community's switches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import dialogs, events, reactions
from sandbox.vk.people import must_be_in, must_manage
from sandbox.world import Account, Chat, World

Deed = Callable[[World, Account, Chat, int, dict[str, Any]], dict[str, Any]]


def own_dialog(chat: Chat, person: int) -> None:
    """Raise Wrong unless this is the person's own dialog with a community."""
    if chat.kind != "private" or chat.person != person:
        raise Wrong("this is done by the person in the own dialog: name the chat by the account")


def _type(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Begin to write; VK tells a community of it only in dialogs."""
    own_dialog(chat, person)
    about = {"state": "typing", "from_id": person, "to_id": -account.id}
    events.emit(account, "message_typing_state", about)
    return {}


def _read(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Open a dialog and see all of it."""
    own_dialog(chat, person)
    last = chat.messages[-1] if chat.messages else None
    if last is None or chat.extra.get("read_by_person") == last.id:
        return {}
    chat.extra["read_by_person"] = last.id
    about = {
        "from_id": person,
        "peer_id": chat.id,
        "read_message_id": last.global_id,
        "conversation_message_id": last.id,
    }
    events.emit(account, "message_read", about)
    return {}


def _react(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    wanted = args.get("reaction", 1)
    numbers = [number for number, sign in reactions.SIGNS.items() if wanted in (number, sign)]
    if not numbers:
        known = ", ".join(f"{number} {sign}" for number, sign in reactions.SIGNS.items())
        raise Wrong(f"there is no reaction {wanted!r} on VK; there are {known}")
    return _reacted(world, chat, person, args, numbers[0])


def _unreact(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    return _reacted(world, chat, person, args, 0)


def _reacted(
    world: World, chat: Chat, person: int, args: dict[str, Any], number: int
) -> dict[str, Any]:
    if chat.kind == "chat":
        must_be_in(chat, person)
    else:
        own_dialog(chat, person)
    wanted = args.get("message")
    said = chat.find(wanted) if isinstance(wanted, int) else None
    if said is None or "action" in said.extra:
        raise Wrong(f"there is no message {wanted!r} to react to; give its id as message")
    reactions.set_one(said, person, number)
    about = {"reacted_id": person, "peer_id": chat.id, "cmid": said.id}
    for account in dialogs.listeners(world, chat):
        about |= {"reaction_id": number} if number else {}
        events.emit(account, "message_reaction_event", dict(about))
    return {"message": said.id}


def _deactivate(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Delete the own page; every community is told 18 from now on."""
    own_dialog(chat, person)
    for one in _all_dialogs(world, person):
        one.extra["deactivated"] = True
    return {}


def _reactivate(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    own_dialog(chat, person)
    for one in _all_dialogs(world, person):
        one.extra["deactivated"] = False
    return {}


def _all_dialogs(world: World, person: int) -> list[Chat]:
    accounts = [account for account in world.accounts.values() if account.network == "vk"]
    found = [world.dialog(account, person, create=True) for account in accounts]
    return [chat for chat in found if chat is not None]


def _bot_off(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Switch the community's bot features off: keyboards and conversations are refused with 912."""
    must_manage(account, person, "to change a community's settings")
    account.settings["bot_off"] = True
    return {}


def _bot_on(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    must_manage(account, person, "to change a community's settings")
    account.settings["bot_off"] = False
    return {}


HABITS: Mapping[str, Deed] = MappingProxyType(
    {
        "type": _type,
        "read": _read,
        "react": _react,
        "unreact": _unreact,
        "deactivate": _deactivate,
        "reactivate": _reactivate,
        "bot_off": _bot_off,
        "bot_on": _bot_on,
    }
)
