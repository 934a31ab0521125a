"""The actions of `POST /control/do` on Telegram, by name."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from sandbox.networks import Wrong
from sandbox.telegram.access import is_present
from sandbox.telegram.chats.forums import FORUM
from sandbox.telegram.chats.happenings import (
    Entrance,
    ask_to_join,
    by_person,
    set_blocked,
    set_member,
)
from sandbox.telegram.chats.links import is_good, let_in
from sandbox.telegram.chats.moderation import MODERATION
from sandbox.telegram.chats.moderation import rights_of as rights_of
from sandbox.telegram.chats.seats import seat_of
from sandbox.telegram.messages.gestures import GESTURES
from sandbox.telegram.people import People
from sandbox.telegram.profile import wished_rights
from sandbox.telegram.wire import bot_user
from sandbox.values import whole
from sandbox.world import Account, Chat, Member

Args = dict[str, Any]
_OF_GROUP = ("links", "requests")  # what a supergroup does not take over from the group it was


def do(people: People, chat: Chat, person: int, what: str, args: Args) -> dict[str, Any]:
    """Carry out an action of a person; raises Wrong with the list of what can be done for an unknown one."""
    if what not in DOINGS:
        raise Wrong(f"on Telegram nobody can {what!r}; there is: {', '.join(sorted(DOINGS))}")
    if person not in people.world.people:
        raise Wrong(f"there is no person {person}; GET /control/world lists them")
    return DOINGS[what](people, chat, person, args) or {}


def _start(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    _dialog(chat, person)
    set_blocked(people.world, people.updates, chat, False)
    payload = str(args.get("payload") or "")
    return {"messages": people.say(chat, person, f"/start {payload}".rstrip(), (), (), False)}


def _stop(people: People, chat: Chat, person: int, args: Args) -> None:
    _dialog(chat, person)
    set_blocked(people.world, people.updates, chat, True)


def _unblock(people: People, chat: Chat, person: int, args: Args) -> None:
    _dialog(chat, person)
    set_blocked(people.world, people.updates, chat, False)


def _join(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any] | None:
    """{link?}: come in by an invite link, or as one who was added; some links and groups make one wait."""
    _group(chat)
    world, updates = people.world, people.updates
    people.check_exists(chat, person)
    member, link = chat.members.get(person), str(args.get("link") or "")
    if is_present(member):
        raise Wrong(f"person {person} is in {chat.title} already")
    if member is not None and member.status == "kicked":
        raise Wrong(f"person {person} is banned in {chat.title}; do unban first")
    if link and not is_good(world, chat, link):
        raise Wrong(f"the link {link} leads nowhere: it was revoked, has expired or is used up")
    asks = chat.extra["links"][link]["asks"] if link else chat.extra.get("join_by_request")
    if asks:
        ask_to_join(world, updates, chat, person, link)
        return {"waits": True}
    let_in(world, updates, chat, person, by_person(world, person), Entrance(link))
    return None


def _leave(people: People, chat: Chat, person: int, args: Args) -> None:
    _group(chat)
    people.check_present(chat, person)
    by, old = by_person(people.world, person), chat.members[person]
    # Who was restricted is so again after coming back.
    restricted = old.status == "restricted"
    left = Member("left", dict(old.rights) if restricted else {})
    seat = {"until": seat_of(chat, person).get("until", 0)} if restricted else None
    set_member(people.world, people.updates, chat, person, left, by, seat=seat)
    people.service(chat, person, left_chat_member=by.user)


def _add_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    """Into a group a bot comes as a member unless rights are given; into a channel always as administrator."""
    bot = people.bot(str(args.get("account") or ""))
    new = Member("member")
    if chat.kind == "channel" or "rights" in args or args.get("admin"):
        new = _administrator(chat, bot, args)
    came = not is_present(chat.members.get(bot.id))
    _seat_bot(people, chat, person, bot, new)
    if came:
        people.service(chat, person, new_chat_members=[bot_user(bot)])


def _promote_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    bot = people.bot(str(args.get("account") or ""))
    _seat_bot(people, chat, person, bot, _administrator(chat, bot, args))


def _demote_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    _seat_bot(people, chat, person, _present_bot(people, chat, args), Member("member"))


def _restrict_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    """`rights` lists what stays allowed, e.g. ["can_send_messages"]."""
    allowed = dict.fromkeys(map(str, args.get("rights") or []), True)
    bot = _present_bot(people, chat, args)
    _seat_bot(people, chat, person, bot, Member("restricted", allowed))


def _remove_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    bot = _present_bot(people, chat, args)
    _seat_bot(people, chat, person, bot, Member("kicked"))
    people.service(chat, person, left_chat_member=bot_user(bot))


def _administrator(chat: Chat, bot: Account, args: Args) -> Member:
    """Return an administrator with the rights named, else those the bot asks for, else all."""
    wished = wished_rights(bot, chat.kind) if args.get("rights") is None else None
    return Member("administrator", wished or rights_of(chat.kind, args.get("rights")))


def _seat_bot(people: People, chat: Chat, person: int, bot: Account, member: Member) -> None:
    people.check_may_appoint(chat, person)
    by, seat = by_person(people.world, person), {"by": person}
    set_member(people.world, people.updates, chat, bot.id, member, by, seat=seat)


def _present_bot(people: People, chat: Chat, args: Args) -> Account:
    bot = people.bot(str(args.get("account") or ""))
    if not is_present(chat.members.get(bot.id)):
        raise Wrong(f"{bot.name} is not in {chat.title}; do add_bot first")
    return bot


def _edit(people: People, chat: Chat, person: int, args: Args) -> None:
    text, media = args.get("text"), args.get("media") or ()
    words = None if text is None and media else str(text or "")
    people.edit(chat, person, _message(args), words, list(args.get("entities") or []), media)


def _delete(people: People, chat: Chat, person: int, args: Args) -> None:
    given = args.get("messages")
    people.delete(
        chat,
        person,
        [_message({"message": one}) for one in given]
        if isinstance(given, list)
        else [_message(args)],
    )


def _migrate(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    if chat.kind != "group" or chat.migrated_to is not None:
        raise Wrong(f"only a plain group becomes a supergroup; {chat.title} is none")
    people.check_present(chat, person)
    world = people.world
    taken = {c.id for c in world.chats_on("telegram")}
    new_id = -(10**12 + abs(chat.id))
    while new_id in taken:
        new_id -= 1
    grown = Chat(
        new_id,
        "telegram",
        "supergroup",
        chat.title,
        members=dict(chat.members),
        extra={name: deepcopy(kept) for name, kept in chat.extra.items() if name not in _OF_GROUP},
    )
    for user_id, member in grown.members.items():
        if member.status == "administrator":
            grown.members[user_id] = Member("administrator", rights_of("supergroup", None))
    world.add_chat(grown)
    people.service(chat, person, migrate_to_chat_id=grown.id)
    chat.migrated_to = grown.id
    people.service(grown, person, migrate_from_chat_id=chat.id)
    return {"chat": grown.id}


def _message(args: Args) -> int:
    value = args.get("message")
    number = None if isinstance(value, bool) else whole(str(value))
    if number is None or number < 0:
        raise Wrong("give message, the number of the message")
    return number


def _dialog(chat: Chat, person: int) -> None:
    if chat.kind != "private" or chat.person != person:
        raise Wrong("this is done in one's own dialog with a bot: give the bot's name as chat")


def _group(chat: Chat) -> None:
    if chat.kind == "private":
        raise Wrong("this is done in a group or channel, not in a dialog")


DOINGS: dict[str, Callable[[People, Chat, int, Args], dict[str, Any] | None]] = {
    "start": _start,
    "stop": _stop,
    "unblock": _unblock,
    "join": _join,
    "leave": _leave,
    "add_bot": _add_bot,
    "promote_bot": _promote_bot,
    "demote_bot": _demote_bot,
    "restrict_bot": _restrict_bot,
    "remove_bot": _remove_bot,
    "edit": _edit,
    "delete": _delete,
    "migrate": _migrate,
    **MODERATION,
    **FORUM,
    **GESTURES,
}
