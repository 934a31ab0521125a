"""What people do about posts and polls, and what administrators do about a community itself: roles and keys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import comments, events, polls, votes, walls
from sandbox.vk.ask import key_owner
from sandbox.vk.habits import Deed
from sandbox.vk.people import must_manage
from sandbox.world import Account, Chat, Message, Poll, World

_KEYS = ("community", "user")
_ADMINISTRATOR = 3  # VK's levels: 0 nobody, 1 moderator, 2 editor, 3 administrator


def _vote(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Vote for answers, given by their places or their words."""
    owner, poll = _poll(world, account, chat, args)
    wanted = args.get("options")
    if not isinstance(wanted, list) or not wanted:
        raise Wrong(f"give the answers as options, by place or words: {poll.options}")
    places = [_place(poll, one) for one in wanted]
    code = votes.barrier(poll, places, world.clock.now())
    if code:
        why = "it is closed" if code == 250 else "it takes one answer, each answer once"
        raise Wrong(f"one cannot vote so in this poll: {why}")
    if person in poll.votes:
        raise Wrong("this person has voted already: first do retract_vote")
    polls.cast(world, owner, poll, person, places)
    return {"options": places}


def _retract(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    owner, poll = _poll(world, account, chat, args)
    if votes.is_over(poll, world.clock.now()) or poll.extra["disable_unvote"]:
        raise Wrong("a vote in this poll stands")
    if poll.votes.pop(person, None) is None:
        raise Wrong("this person has not voted: first do vote")
    votes.spread(world, owner, poll)
    return {}


def _pin(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    said = _post(account, chat, person, args)
    walls.set_pin(chat, said)
    return {"message": said.id}


def _unpin(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    _on_wall(account, chat, person)
    if not chat.pinned:
        raise Wrong(f"no post is pinned on the wall of {account.name}")
    [number] = chat.pinned
    walls.set_pin(chat, None)
    return {"message": number}


def _revoke_key(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Take a key back: from now on VK refuses it with error 5."""
    _change_key(account, person, _key(args), "" if _key(args) == "community" else None)
    return {}


def _new_key(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Make another key (`value`, or one that is made up); the one before it is taken back."""
    which = _key(args)
    value = str(args.get("value") or f"vk1.a.{secrets.token_urlsafe(48)}")
    holders = [a for a in world.accounts.values() if a.network == "vk" and a is not account]
    if any(value == a.token or (which, value) == ("community", a.user_token) for a in holders):
        raise Wrong("another community has this key: give a value of its own")
    _change_key(account, person, which, value)
    return {"token" if which == "community" else "user_token": value}


def _wall_rights(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Give the user key the right `wall` (`on`), or take it away."""
    must_manage(account, person, "to change what a key may do")
    on = args.get("on")
    if not isinstance(on, bool):
        raise Wrong(f"on must be true or false; it is {on!r}")
    account.wall_rights = on
    return {"on": on}


def _appoint(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Make somebody an administrator."""
    who = _officer(world, account, person, args)
    if who in account.admins:
        raise Wrong(f"person {who} is among the admins of {account.name} already")
    account.admins.append(who)
    _tell_officers(account, person, who, 0, _ADMINISTRATOR)
    return {}


def _dismiss(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """Take the role from an administrator; a user key of theirs loses the community (error 203)."""
    who = _officer(world, account, person, args)
    if who not in account.admins:
        raise Wrong(f"person {who} is not among the admins of {account.name}: {account.admins}")
    account.settings.setdefault("key_owner", key_owner(account))
    account.admins.remove(who)
    _tell_officers(account, person, who, _ADMINISTRATOR, 0)
    return {}


def _key(args: dict[str, Any]) -> str:
    which = args.get("key")
    if which not in _KEYS:
        raise Wrong(f"key must be community or user; it is {which!r}")
    return str(which)


def _change_key(account: Account, person: int, which: str, value: str | None) -> None:
    must_manage(account, person, "to change keys")
    old = account.token if which == "community" else account.user_token
    if old:
        account.settings.setdefault("revoked", []).append(old)
    if which == "community":
        account.token = value or ""
        return
    account.user_token = value
    if value:
        # A new key belongs to whoever makes it.
        account.settings["key_owner"] = person


def _officer(world: World, account: Account, person: int, args: dict[str, Any]) -> int:
    must_manage(account, person, "to change who runs the community")
    who = args.get("person")
    if not isinstance(who, int) or who not in world.people:
        raise Wrong(f"there is no person {who!r}; give an id as person")
    return who


def _tell_officers(account: Account, admin: int, who: int, old: int, new: int) -> None:
    about = {"admin_id": admin, "user_id": who, "level_old": old, "level_new": new}
    events.emit(account, "group_officers_edit", about)


def _poll(world: World, account: Account, chat: Chat, args: dict[str, Any]) -> tuple[Account, Poll]:
    """Return the poll of a post or message, as it stands now, with the community that keeps it."""
    number = args.get("message")
    said = chat.find(number) if isinstance(number, int) else None
    if said is None or said.poll is None:
        raise Wrong(f"message {number!r} holds no poll; give the id of one that does as message")
    accounts = (a for a in world.accounts.values() if a.network == "vk")
    return votes.known(accounts, said.poll.id) or (account, said.poll)


def _place(poll: Poll, wanted: Any) -> int:
    if isinstance(wanted, str) and wanted in poll.options:
        return poll.options.index(wanted)
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 <= wanted < len(poll.options):
        return wanted
    raise Wrong(f"there is no answer {wanted!r}; there are {poll.options}")


def _post(account: Account, chat: Chat, person: int, args: dict[str, Any]) -> Message:
    _on_wall(account, chat, person)
    number = args.get("message")
    said = chat.find(number) if isinstance(number, int) else None
    if said is None:
        raise Wrong(f"there is no post {number!r} on this wall; give its id as message")
    return said


def _on_wall(account: Account, chat: Chat, person: int) -> None:
    if chat.kind != "wall":
        raise Wrong("posts are pinned on a wall: name the chat as wall:<account>")
    must_manage(account, person, "to pin posts")


MANAGING: Mapping[str, Deed] = MappingProxyType(
    {
        "vote": _vote,
        "retract_vote": _retract,
        "pin": _pin,
        "unpin": _unpin,
        "comment": comments.write,
        "revoke_key": _revoke_key,
        "new_key": _new_key,
        "wall_rights": _wall_rights,
        "appoint": _appoint,
        "dismiss": _dismiss,
    }
)
