"""What people do with messages in Telegram's app: vote, react, pin, send a poll, a place or a contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.api import Refusal
from sandbox.networks import Wrong
from sandbox.telegram.access import SEND_RIGHTS
from sandbox.telegram.chats.seats import allowed
from sandbox.telegram.messages.content import kind_of
from sandbox.telegram.messages.pins import may_pin, pin
from sandbox.telegram.messages.polls import OPTION_MAX, OPTIONS_MAX, QUESTION_MAX, vote
from sandbox.telegram.messages.reactions import react
from sandbox.values import whole
from sandbox.world import Button, Chat, Message, Person, Poll

if TYPE_CHECKING:
    from sandbox.telegram.people import People

Args = dict[str, Any]
# Where the people of the sandbox are when a button asks for it: the middle of Moscow.
_HERE = {"latitude": 55.7558, "longitude": 37.6176}


def phone_of(person: Person) -> str:
    """Return the made-up number that a person shares; none like it is in use."""
    return f"+7000{person.id % 10_000_000:07d}"


def press(people: People, chat: Chat, person: int, button: Button) -> dict[str, Any]:
    """Press a button that is no callback: say its text, share what it asks for, or do what the app does itself."""
    asked = button.extra
    if button.kind == "other":
        return _app_does(asked)
    if asked.get("request_contact"):
        who = people.world.people[person]
        _say(people, chat, person, "contact", {"contact": _contact_of(who)})
    elif asked.get("request_location"):
        _say(people, chat, person, "location", {"location": dict(_HERE)})
    elif choice := next(
        (n for n in ("request_poll", "request_users", "request_chat") if n in asked), None
    ):
        raise Wrong(
            f"«{button.text}» opens a choice in the app ({choice}); press cannot make it: "
            "send a poll with do send_poll; sharing people and chats is not emulated"
        )
    else:
        people.say(chat, person, button.text, (), (), False)
    return {"text": "", "alert": False}


def _app_does(asked: Mapping[str, Any]) -> dict[str, Any]:
    if "copy_text" in asked:
        return {"text": "", "alert": False, "copied": asked["copy_text"]["text"]}
    return {
        "text": "",
        "alert": False,
    }  # an inline query would be written, which nobody answers here


def _vote(people: People, chat: Chat, person: int, args: Args) -> None:
    people.check_present(chat, person)
    poll = _open_poll(chat, args)
    given = args.get("options")
    if given is None:
        given = args.get("option")
    places = [_place(poll, one) for one in (given if isinstance(given, list) else [given])]
    if not places:
        raise Wrong(
            "give options: texts or places of the answers; to take a vote back do retract_vote"
        )
    if len(set(places)) > 1 and not poll.multiple:
        raise Wrong("this poll takes one answer only")
    if poll.votes.get(person) and not _revoting(poll):
        raise Wrong("an answer in a quiz is final")
    vote(people.world, people.updates, poll, person, places)
    people.world.touch(chat)


def _retract_vote(people: People, chat: Chat, person: int, args: Args) -> None:
    people.check_present(chat, person)
    poll = _open_poll(chat, args)
    if not poll.votes.get(person):
        raise Wrong(f"person {person} has not voted in this poll")
    if not _revoting(poll):
        raise Wrong("an answer in a quiz is final")
    vote(people.world, people.updates, poll, person, ())
    people.world.touch(chat)


def _react(people: People, chat: Chat, person: int, args: Args) -> None:
    people.check_present(chat, person)
    if chat.kind in ("group", "supergroup") and not allowed(chat, person, "can_react_to_messages"):
        raise Wrong(f"person {person} may not react in {chat.title}")
    given = args.get("emoji") or []
    wanted = [str(one) for one in (given if isinstance(given, list) else [given])]
    try:
        react(people.world, people.updates, chat, _message(chat, args), person, wanted)
    except Refusal as refusal:
        raise Wrong(
            f"{refusal.text.removeprefix('Bad Request: ')}: one of Telegram's own emoji, or [] to take it back"
        ) from refusal
    people.world.touch(chat)


def _pin(people: People, chat: Chat, person: int, args: Args) -> None:
    message = _pinnable(people, chat, person, args)
    pin(people.world, people.updates, chat, message, person, by_account=False)
    people.world.touch(chat)


def _unpin(people: People, chat: Chat, person: int, args: Args) -> None:
    message = _pinnable(people, chat, person, args)
    if message.id not in chat.pinned:
        raise Wrong(f"message {message.id} is not pinned")
    chat.pinned.remove(message.id)
    people.world.touch(chat)


def _send_poll(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    options = [str(one) for one in args.get("options") or []]
    question = str(args.get("question") or "")
    fits = 1 <= len(question) <= QUESTION_MAX and 1 <= len(options) <= OPTIONS_MAX
    if not fits or not all(1 <= len(one) <= OPTION_MAX for one in options):
        raise Wrong(
            f"give question and options, 1 to {OPTIONS_MAX} texts of at most {OPTION_MAX} characters"
        )
    correct = args.get("correct")
    poll = Poll(
        f"{person}{abs(chat.id)}{chat.last_id + 1}",
        question,
        options,
        anonymous=args.get("anonymous") is not False,
        multiple=bool(args.get("multiple")),
    )
    if correct is not None:
        poll.correct = _place(poll, correct)
        poll.extra = {"correct": [poll.correct], "revoting": False}
    return _say(people, chat, person, "poll", {}, poll)


def _send_location(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    point = {name: _degrees(args, name, _HERE[name]) for name in ("latitude", "longitude")}
    if not args.get("title"):
        return _say(people, chat, person, "location", {"location": point})
    venue = {
        "location": point,
        "title": str(args["title"]),
        "address": str(args.get("address") or ""),
    }
    return _say(people, chat, person, "venue", {"venue": venue})


def _send_contact(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    """One's own, or somebody else's by `phone_number` and `first_name`."""
    contact = _contact_of(people.world.people[person])
    if args.get("phone_number"):
        if not args.get("first_name"):
            raise Wrong("a contact needs first_name beside phone_number")
        names = ("phone_number", "first_name", "last_name")
        contact = {name: str(args[name]) for name in names if args.get(name)}
    return _say(people, chat, person, "contact", {"contact": contact})


def _hide_account(people: People, chat: Chat, person: int, args: Args) -> None:
    """From now on forwards of what the person wrote give a name only; `on` false ends it."""
    people.world.people[person].hides = args.get("on", True) is not False
    people.world.touch()


def _protect_content(people: People, chat: Chat, person: int, args: Args) -> None:
    """The owner forbids to forward and save what is said in a group or channel; `on` false allows it again."""
    people.check_present(chat, person)
    member = chat.members.get(person)
    if member is None or member.status != "creator":
        raise Wrong(
            f"person {person} does not own {chat.title}; only its owner protects its content"
        )
    chat.extra["protected"] = args.get("on", True) is not False
    people.world.touch(chat)


def _say(
    people: People,
    chat: Chat,
    person: int,
    kind: str,
    extra: dict[str, Any],
    poll: Poll | None = None,
) -> dict[str, Any]:
    people.check_present(chat, person, writing=True)
    permission, words = SEND_RIGHTS[kind]
    in_group = chat.kind in ("group", "supergroup")
    if in_group and not allowed(chat, person, permission):
        raise Wrong(f"person {person} may not send {words} to {chat.title}")
    if chat.kind == "private":
        chat.started = True
    now = people.world.clock.now()
    message = Message(chat.next_id(), now, person, False, poll=poll, extra=extra)
    chat.messages.append(message)
    people.updates.tell(chat, message)
    people.world.touch(chat)
    return {"messages": [message.id]}


def _contact_of(who: Person) -> dict[str, Any]:
    first, _, last = who.name.partition(" ")
    contact: dict[str, Any] = {"phone_number": phone_of(who), "first_name": first}
    return contact | ({"last_name": last} if last else {}) | {"user_id": who.id}


def _message(chat: Chat, args: Args) -> Message:
    value = args.get("message")
    message = chat.find(whole(str(value)) or 0)
    if message is None:
        raise Wrong(f"there is no message {value!r} in {chat.title}; give message, its number")
    return message


def _open_poll(chat: Chat, args: Args) -> Poll:
    message = _message(chat, args)
    if message.poll is None:
        raise Wrong(f"message {message.id} is no poll")
    if message.poll.closed:
        raise Wrong("this poll is closed")
    return message.poll


def _place(poll: Poll, given: Any) -> int:
    if isinstance(given, str) and given in poll.options:
        return poll.options.index(given)
    place = None if isinstance(given, bool) else whole(str(given))
    if place is not None and 0 <= place < len(poll.options):
        return place
    raise Wrong(f"there is no answer {given!r}; the poll has {', '.join(poll.options)}")


def _revoting(poll: Poll) -> bool:
    return bool(poll.extra.get("revoting", poll.correct is None))


def _pinnable(people: People, chat: Chat, person: int, args: Args) -> Message:
    people.check_present(chat, person)
    if not may_pin(chat, person):
        raise Wrong(f"person {person} may not pin messages in {chat.title}")
    message = _message(chat, args)
    if kind_of(message) == "service":
        raise Wrong(f"message {message.id} is a line of the app itself and cannot be pinned")
    return message


def _degrees(args: Args, name: str, default: float) -> float:
    value = args.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 180:
        raise Wrong(f"{name} is a number of degrees; it is {value!r}")
    return float(value)


GESTURES: Mapping[str, Callable[[People, Chat, int, Args], dict[str, Any] | None]] = (
    MappingProxyType(
        {
            "vote": _vote,
            "retract_vote": _retract_vote,
            "react": _react,
            "pin": _pin,
            "unpin": _unpin,
            "send_poll": _send_poll,
            "send_location": _send_location,
            "send_contact": _send_contact,
            "hide_account": _hide_account,
            "protect_content": _protect_content,
        }
    )
)
