"""What people who run a group or channel do in the app: let in, ban, restrict, promote, rename."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.api import Refusal
from sandbox.networks import Wrong
from sandbox.telegram.access import has_right, is_admin, is_present
from sandbox.telegram.chats.happenings import Author, Entrance, by_person, set_member
from sandbox.telegram.chats.info import DESCRIPTION_MAX, clean_title, retitle
from sandbox.telegram.chats.links import let_in, new_link
from sandbox.telegram.chats.rights import (
    ADMIN_RIGHTS,
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    PERMISSIONS,
    admin_rights,
    permissions,
)
from sandbox.telegram.chats.seats import end_of, seat_of
from sandbox.telegram.people import People
from sandbox.telegram.wire import person_user
from sandbox.values import whole
from sandbox.world import Chat, Member

Args = dict[str, Any]
Doing = Callable[[People, Chat, int, Args], dict[str, Any] | None]


def rights_of(chat_kind: str, given: Any) -> dict[str, bool]:
    """Return an administrator's rights: all of them, those of a list, or all but those set false."""
    names, known = admin_rights(chat_kind), {*ADMIN_RIGHTS, *CHANNEL_RIGHTS, *GROUP_RIGHTS}
    if given is None:
        return dict.fromkeys(names, True)
    if not isinstance(given, (list, dict)) or not set(given) <= known:
        raise Wrong(
            f"rights is a list of rights, or an object with true and false: {', '.join(names)}"
        )
    if isinstance(given, list):
        return {name: name in given for name in names}
    return {name: bool(given.get(name, True)) for name in names}


def _ban(people: People, chat: Chat, person: int, args: Args) -> None:
    """{person, until_date?}: out, and not back in until then; a basic group keeps nobody out."""
    other, old = _subject(people, chat, person, args, "can_restrict_members")
    by = by_person(people.world, person)
    if chat.kind == "group":
        _seat(people, chat, other, Member("left"), by)
    else:
        _seat(people, chat, other, Member("kicked"), by, _until(people, args))
    if is_present(old):
        people.service(chat, person, left_chat_member=person_user(people.world.people[other]))


def _unban(people: People, chat: Chat, person: int, args: Args) -> None:
    other, old = _subject(people, chat, person, args, "can_restrict_members")
    if old is None or old.status != "kicked":
        raise Wrong(f"person {other} is not banned in {chat.title}")
    _seat(people, chat, other, Member("left"), by_person(people.world, person))


def _restrict(people: People, chat: Chat, person: int, args: Args) -> None:
    """{person, permissions?, until_date?}: `permissions` lists what stays allowed, or says true and false."""
    if chat.kind != "supergroup":
        raise Wrong("only in a supergroup people are restricted one by one")
    other, old = _subject(people, chat, person, args, "can_restrict_members")
    allowed, by = _permissions(args.get("permissions") or []), by_person(people.world, person)
    if all(allowed.values()):
        _seat(people, chat, other, Member("member" if is_present(old) else "left"), by)
        return
    new = Member("restricted" if is_present(old) else "left", allowed)
    _seat(people, chat, other, new, by, _until(people, args))


def _promote(people: People, chat: Chat, person: int, args: Args) -> None:
    """{person, rights?, title?}: all rights unless some are named."""
    other, old = _subject(people, chat, person, args, "can_promote_members")
    if not is_present(old):
        raise Wrong(f"person {other} is not in {chat.title}; do join first")
    rights = rights_of(chat.kind, args.get("rights"))
    seat = {"title": str(args.get("title") or ""), "by": person}
    by = by_person(people.world, person)
    _seat(people, chat, other, Member("administrator", rights), by, seat)


def _demote(people: People, chat: Chat, person: int, args: Args) -> None:
    other, old = _subject(people, chat, person, args, "can_promote_members")
    if not is_admin(old):
        raise Wrong(f"person {other} is no administrator of {chat.title}")
    _seat(people, chat, other, Member("member"), by_person(people.world, person))


def _set_title(people: People, chat: Chat, person: int, args: Args) -> None:
    must_have(people, chat, person, "can_change_info")
    title = clean_title(str(args.get("title") or ""))
    if not title:
        raise Wrong("give title, the new name")
    retitle(people.world, people.updates, chat, title, by_person(people.world, person))


def _set_description(people: People, chat: Chat, person: int, args: Args) -> None:
    must_have(people, chat, person, "can_change_info")
    chat.extra["description"] = str(args.get("description") or "")[:DESCRIPTION_MAX]
    people.world.touch(chat)


def _set_permissions(people: People, chat: Chat, person: int, args: Args) -> None:
    """{permissions}: what members may do: a list of it, or true and false."""
    if chat.kind == "channel":
        raise Wrong("readers of a channel have no permissions")
    must_have(people, chat, person, "can_restrict_members")
    chat.extra["permissions"] = _permissions(args.get("permissions"))
    people.world.touch(chat)


def _set_slow_mode(people: People, chat: Chat, person: int, args: Args) -> None:
    """{seconds}: how long members wait between messages; 0 ends it."""
    must_be_supergroup(chat)
    must_have(people, chat, person, "can_restrict_members")
    chat.extra["slow_mode"] = _number(args, "seconds")
    people.world.touch(chat)


def _set_join_by_request(people: People, chat: Chat, person: int, args: Args) -> None:
    """{on}: whoever joins without a link has to be let in."""
    must_be_supergroup(chat)
    must_have(people, chat, person, "can_invite_users")
    chat.extra["join_by_request"] = bool(args.get("on", True))
    people.world.touch(chat)


def _create_link(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    """{name?, expire_date?, member_limit?, creates_join_request?}."""
    must_have(people, chat, person, "can_invite_users")
    fields = {
        "name": str(args.get("name") or ""),
        "until": _number(args, "expire_date"),
        "limit": _number(args, "member_limit"),
        "asks": bool(args.get("creates_join_request")),
    }
    link = new_link(people.world, chat, person, **fields)
    people.world.touch(chat)
    return {"link": link}


def _approve(people: People, chat: Chat, person: int, args: Args) -> None:
    other, asked = _requester(people, chat, person, args)
    entrance = Entrance(asked["link"], asked_directly=not asked["link"])
    let_in(people.world, people.updates, chat, other, by_person(people.world, person), entrance)


def _decline(people: People, chat: Chat, person: int, args: Args) -> None:
    other, _ = _requester(people, chat, person, args)
    del chat.extra["requests"][str(other)]
    people.world.touch(chat)


def _deactivate(people: People, chat: Chat, person: int, args: Args) -> None:
    """Give up one's account: bots that write to it are refused, and it is not found any more."""
    who = people.world.people[person]
    who.messengers = [name for name in who.messengers if name != "telegram"]
    people.world.touch(chat)


def _delete_group(people: People, chat: Chat, person: int, args: Args) -> None:
    """Delete the group or channel for everybody; only its owner can."""
    people.check_present(chat, person)
    if chat.kind == "private" or chat.members[person].status != "creator":
        raise Wrong(f"only the owner deletes {chat.title}")
    chat.extra["deleted"] = True
    people.world.touch(chat)


def must_have(people: People, chat: Chat, person: int, right: str) -> None:
    """Raise Wrong unless a person has an administrator's right in a group or channel."""
    if chat.kind == "private":
        raise Wrong("this is done in a group or channel, not in a dialog")
    people.check_present(chat, person)
    if not has_right(chat.members.get(person), right):
        raise Wrong(f"person {person} lacks the right {right} in {chat.title}")


def _subject(
    people: People, chat: Chat, person: int, args: Args, right: str
) -> tuple[int, Member | None]:
    """Return whom it is done to and their place; raises Wrong if `person` may not."""
    must_have(people, chat, person, right)
    other = _person(people, args)
    old = chat.members.get(other)
    if other == person or (old is not None and old.status == "creator"):
        raise Wrong("this is done to others, and never to the owner")
    owner = chat.members[person].status == "creator"
    if is_admin(old) and not owner and seat_of(chat, other).get("by") != person:
        raise Wrong(f"person {other} was appointed by somebody else; only the owner can do this")
    return other, old


def _person(people: People, args: Args) -> int:
    other = _number(args, "person")
    if other not in people.world.people:
        raise Wrong(f"give person, the id of somebody who exists; {args.get('person')!r} does not")
    return other


def _requester(people: People, chat: Chat, person: int, args: Args) -> tuple[int, dict[str, Any]]:
    must_have(people, chat, person, "can_invite_users")
    other = _person(people, args)
    asked = chat.extra.get("requests", {}).get(str(other))
    if asked is None:
        raise Wrong(f"person {other} has not asked to join {chat.title}")
    return other, asked


def _seat(
    people: People,
    chat: Chat,
    user_id: int,
    new: Member,
    by: Author,
    seat: dict[str, Any] | None = None,
) -> None:
    set_member(people.world, people.updates, chat, user_id, new, by, seat=seat)


def _until(people: People, args: Args) -> dict[str, Any]:
    return {"until": end_of(people.world.clock.now(), _number(args, "until_date"))}


def _permissions(given: Any) -> dict[str, bool]:
    named = dict.fromkeys(given, True) if isinstance(given, list) else given
    try:
        if not isinstance(named, dict) or not set(named) <= set(PERMISSIONS):
            raise Wrong(f"permissions is a list or an object of: {', '.join(PERMISSIONS)}")
        return permissions(named, independent=True)
    except Refusal as refusal:
        raise Wrong(refusal.text.removeprefix("Bad Request: ")) from refusal


def _number(args: Args, name: str) -> int:
    value = args.get(name) or 0
    number = None if isinstance(value, bool) else whole(str(value))
    if number is None or number < 0:
        raise Wrong(f"{name} is a whole number, not {value!r}")
    return number


def must_be_supergroup(chat: Chat) -> None:
    """Raise Wrong for any other kind of chat."""
    if chat.kind != "supergroup":
        raise Wrong(f"{chat.title} is no supergroup")


MODERATION: Mapping[str, Doing] = MappingProxyType(
    {
        "ban": _ban,
        "unban": _unban,
        "restrict": _restrict,
        "promote": _promote,
        "demote": _demote,
        "set_title": _set_title,
        "set_description": _set_description,
        "set_permissions": _set_permissions,
        "set_slow_mode": _set_slow_mode,
        "set_join_by_request": _set_join_by_request,
        "create_link": _create_link,
        "approve": _approve,
        "decline": _decline,
        "deactivate": _deactivate,
        "delete_group": _delete_group,
    }
)
