"""What people do with a group conversation in VK's app: come, go, invite, remove, rule."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import conversations, dialogs
from sandbox.vk.conversations import DISABLED, UNSUPPORTED
from sandbox.vk.habits import Deed
from sandbox.vk.people import must_be_in
from sandbox.world import Account, Chat, Message, World


def _join(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Come in by the link of invitation."""
    member = chat.members.get(person)
    if dialogs.is_in(chat, person):
        raise Wrong(f"this person is in «{chat.title}» already")
    if member is not None and member.status == "kicked":
        raise Wrong(f"this person was removed from «{chat.title}»: an administrator must invite")
    conversations.link(chat)
    return _told(conversations.invite(world, chat, person, person, by_link=True))


def _leave(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    must_be_in(chat, person)
    return _told(conversations.remove(world, chat, person, person))


def _invite(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Bring in a person or a community; who was removed comes back only by an administrator."""
    must_be_in(chat, person)
    who = _meant(world, args)
    if dialogs.is_in(chat, who):
        raise Wrong(f"{who} is in «{chat.title}» already")
    member = chat.members.get(who)
    if member is not None and member.status == "kicked":
        _must_rule(chat, person)
    return _told(conversations.invite(world, chat, person, who))


def _kick(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    _must_rule(chat, person)
    who = _meant(world, args)
    if not dialogs.is_in(chat, who):
        raise Wrong(f"{who} is not in «{chat.title}»")
    return _told(conversations.remove(world, chat, person, who))


def _promote(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    return _ranked(world, chat, person, args, admin=True)


def _demote(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    return _ranked(world, chat, person, args, admin=False)


def _ranked(
    world: World, chat: Chat, person: int, args: dict[str, Any], *, admin: bool
) -> dict[str, Any]:
    """Make somebody an administrator or take it back; VK writes no grey line about it."""
    _must_rule(chat, person)
    who = _meant(world, args)
    if not dialogs.is_in(chat, who) or conversations.owner(chat) == who:
        raise Wrong(f"{who} is not in «{chat.title}», or owns it")
    chat.members[who].status = "administrator" if admin else "member"
    return {}


def _rename(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    must_be_in(chat, person)
    title = str(args.get("title") or "")
    if not 0 < len(title) <= conversations.MAX_TITLE:
        raise Wrong(f"give the new title, 1 to {conversations.MAX_TITLE} characters, as title")
    return _told(conversations.rename(world, chat, person, title))


def _pin(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    _must_rule(chat, person)
    number = args.get("message")
    said = chat.find(number) if isinstance(number, int) else None
    if said is None or "action" in said.extra:
        raise Wrong(f"there is no message {number!r} to pin; give its id as message")
    return _told(conversations.pin(world, chat, person, said))


def _unpin(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    _must_rule(chat, person)
    said = conversations.unpin(world, chat, person)
    if said is None:
        raise Wrong(f"nothing is pinned in «{chat.title}»")
    return _told(said)


def _close(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Have the conversation switched off: who writes is told 945."""
    _must_rule(chat, person)
    chat.extra["trouble"] = DISABLED
    return {}


def _unsupport(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Turn the conversation into one of those that the API does not know: communities are told 946."""
    _must_rule(chat, person)
    chat.extra["trouble"] = UNSUPPORTED
    return {}


def _open(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    _must_rule(chat, person)
    chat.extra.pop("trouble", None)
    return {}


CHAT_DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "join": _join,
        "leave": _leave,
        "invite": _invite,
        "kick": _kick,
        "promote": _promote,
        "demote": _demote,
        # The names under which control knows these things of bots in Telegram's groups.
        "add_bot": _invite,
        "remove_bot": _kick,
        "promote_bot": _promote,
        "demote_bot": _demote,
        "rename": _rename,
        "pin": _pin,
        "unpin": _unpin,
        "close_chat": _close,
        "open_chat": _open,
        "unsupport_chat": _unsupport,
    }
)


def _must_rule(chat: Chat, person: int) -> None:
    if not conversations.rules(chat, person):
        admins = [who for who in chat.members if conversations.rules(chat, who)]
        raise Wrong(f"this takes an administrator of «{chat.title}»: {admins}")


def _meant(world: World, args: dict[str, Any]) -> int:
    """Return whom args["person"] (an id) or args["account"] (a community's name) means."""
    person, name = args.get("person"), args.get("account")
    account = world.account("vk", str(name)) if name else None
    if account is not None:
        return -account.id
    human = world.people.get(person) if isinstance(person, int) else None
    if human is None or "vk" not in human.messengers:
        raise Wrong("whom? give person (an id on VK) or account (a community's name)")
    return human.id


def _told(said: Message) -> dict[str, Any]:
    return {"message": said.id}
