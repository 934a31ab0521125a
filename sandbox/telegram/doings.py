"""The actions of `POST /control/do` on Telegram, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.networks import Wrong
from sandbox.telegram.access import is_present
from sandbox.telegram.people import People, set_blocked, set_member
from sandbox.telegram.wire import ADMIN_RIGHTS, CHANNEL_RIGHTS, GROUP_RIGHTS, person_user
from sandbox.world import Chat, Member

Args = dict[str, Any]


def do(people: People, chat: Chat, person: int, what: str, args: Args) -> dict[str, Any]:
    """Carry out an action of a person; raises Wrong with the list of what can be done for an unknown one."""
    if what not in _DOINGS:
        raise Wrong(f"on Telegram nobody can {what!r}; there is: {', '.join(sorted(_DOINGS))}")
    if person not in people.world.people:
        raise Wrong(f"there is no person {person}; GET /control/world lists them")
    return _DOINGS[what](people, chat, person, args) or {}


def rights_of(chat_kind: str, given: Any) -> dict[str, bool]:
    """Return an administrator's rights: all of them, those of a list, or all but those set false."""
    names = ADMIN_RIGHTS + (CHANNEL_RIGHTS if chat_kind == "channel" else GROUP_RIGHTS)
    if given is None:
        return dict.fromkeys(names, True)
    if not isinstance(given, (list, dict)) or not set(given) <= set(names):
        raise Wrong(
            f"rights is a list of rights, or an object with true and false: {', '.join(names)}"
        )
    if isinstance(given, list):
        return {name: name in given for name in names}
    return {name: bool(given.get(name, True)) for name in names}


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


def _join(people: People, chat: Chat, person: int, args: Args) -> None:
    _group(chat)
    if is_present(chat.members.get(person)):
        raise Wrong(f"person {person} is in {chat.title} already")
    who = person_user(people.world.people[person])
    set_member(people.world, people.updates, chat, person, Member("member"), who)
    people.service(chat, person, new_chat_members=[who])


def _leave(people: People, chat: Chat, person: int, args: Args) -> None:
    _group(chat)
    people.check_present(chat, person)
    who = person_user(people.world.people[person])
    set_member(people.world, people.updates, chat, person, Member("left"), who)
    people.service(chat, person, left_chat_member=who)


def _add_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    """Into a group a bot comes as a member unless rights are given; into a channel always as administrator."""
    if chat.kind == "channel" or "rights" in args or args.get("admin"):
        rights = rights_of(chat.kind, args.get("rights"))
        _seat_bot(people, chat, person, args, Member("administrator", rights))
    else:
        _seat_bot(people, chat, person, args, Member("member"))


def _promote_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    _seat_bot(
        people,
        chat,
        person,
        args,
        Member("administrator", rights_of(chat.kind, args.get("rights"))),
    )


def _demote_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    _present_bot(people, chat, args)
    _seat_bot(people, chat, person, args, Member("member"))


def _restrict_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    """`rights` lists what stays allowed, e.g. ["can_send_messages"]."""
    _present_bot(people, chat, args)
    allowed = dict.fromkeys(map(str, args.get("rights") or []), True)
    _seat_bot(people, chat, person, args, Member("restricted", allowed))


def _remove_bot(people: People, chat: Chat, person: int, args: Args) -> None:
    _present_bot(people, chat, args)
    _seat_bot(people, chat, person, args, Member("kicked"))


def _seat_bot(people: People, chat: Chat, person: int, args: Args, member: Member) -> None:
    people.check_may_appoint(chat, person)
    bot = people.bot(str(args.get("account") or ""))
    set_member(
        people.world, people.updates, chat, bot.id, member, person_user(people.world.people[person])
    )


def _present_bot(people: People, chat: Chat, args: Args) -> None:
    bot = people.bot(str(args.get("account") or ""))
    if not is_present(chat.members.get(bot.id)):
        raise Wrong(f"{bot.name} is not in {chat.title}; do add_bot first")


def _edit(people: People, chat: Chat, person: int, args: Args) -> None:
    text, media = args.get("text"), args.get("media") or ()
    words = None if text is None and media else str(text or "")
    people.edit(chat, person, _message(args), words, list(args.get("entities") or []), media)


def _delete(people: People, chat: Chat, person: int, args: Args) -> None:
    given = args.get("messages")
    people.delete(
        chat, person, [int(n) for n in given] if isinstance(given, list) else [_message(args)]
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
        extra=dict(chat.extra),
    )
    for user_id, member in grown.members.items():
        if member.status == "administrator":
            grown.members[user_id] = Member("administrator", rights_of("supergroup", None))
    world.add_chat(grown)
    people.service(chat, person, migrate_to_chat_id=grown.id)
    chat.migrated_to = grown.id
    people.service(grown, person, migrate_from_chat_id=chat.id)
    return {"chat": grown.id}


def _create_topic(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    if chat.kind != "supergroup":
        raise Wrong("only a supergroup has topics")
    people.check_present(chat, person)
    name = str(args.get("name") or "Тема")
    thread = chat.last_id + 1
    chat.extra.setdefault("topics", {})[str(thread)] = {"name": name, "closed": False}
    people.service(chat, person, forum_topic_created={"name": name, "icon_color": 7322096})
    return {"topic": thread}


def _close_topic(people: People, chat: Chat, person: int, args: Args) -> None:
    _topic(people, chat, person, args)["closed"] = True
    people.service(chat, person, forum_topic_closed={})


def _reopen_topic(people: People, chat: Chat, person: int, args: Args) -> None:
    _topic(people, chat, person, args)["closed"] = False
    people.service(chat, person, forum_topic_reopened={})


def _topic(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    people.check_present(chat, person)
    topics: dict[str, dict[str, Any]] = chat.extra.get("topics", {})
    if str(args.get("topic")) not in topics:
        raise Wrong(
            f"{chat.title} has no topic {args.get('topic')}; there are: {', '.join(topics) or 'none'}"
        )
    return topics[str(args["topic"])]


def _message(args: Args) -> int:
    value = args.get("message")
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).isdigit():
        raise Wrong("give message, the number of the message")
    return int(value)


def _dialog(chat: Chat, person: int) -> None:
    if chat.kind != "private" or chat.person != person:
        raise Wrong("this is done in one's own dialog with a bot: give the bot's name as chat")


def _group(chat: Chat) -> None:
    if chat.kind == "private":
        raise Wrong("this is done in a group or channel, not in a dialog")


_DOINGS: dict[str, Callable[[People, Chat, int, Args], dict[str, Any] | None]] = {
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
    "create_topic": _create_topic,
    "close_topic": _close_topic,
    "reopen_topic": _reopen_topic,
}
