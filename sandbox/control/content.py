"""What a message may hold beside words and files, as control shows it: polls, places, contacts, reactions…"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.world import Message, Poll

_NAMELESS = "Собеседник"
_DICE = "🎲"
_NameOf = Callable[[int], str]


def show_content(message: Message, viewer: int | None, name_of: _NameOf) -> dict[str, Any]:
    """Return the optional keys of a message that has such things.

    `viewer` is the person whose votes and reactions are marked as their own; `name_of` names people,
    bots and communities by id.
    """
    shown: dict[str, Any] = {}
    if message.poll is not None:
        shown["poll"] = _poll(message.poll, viewer)
    if message.reactions:
        shown["reactions"] = _reactions(message.reactions, viewer)
    for name, show in _EXTRAS.items():
        if isinstance(message.extra.get(name), Mapping):
            shown |= show(message.extra[name])
    passed_on = _forwarded_from(message, name_of)
    if passed_on:
        shown["forwarded_from"] = passed_on
    passed = [*_mappings(message.extra.get("fwd")), *_mappings(message.extra.get("posts"))]
    forwards = [_quoted(one, name_of) for one in passed]
    if forwards:
        shown["forwards"] = forwards
    return shown


def words_of(message: Message) -> str:
    """Return what a list of chats says of a message without text or files, empty if it holds nothing."""
    extra = message.extra
    if message.poll is not None:
        return f"Опрос: {message.poll.question}"
    if "dice" in extra:
        return str(extra["dice"].get("emoji", _DICE))
    for name, words in (
        ("venue", "Место"),
        ("location", "Геопозиция"),
        ("geo", "Геопозиция"),
        ("contact", "Контакт"),
        ("template", "Карточки"),
        ("posts", "Запись со стены"),
        ("fwd", "Пересланное сообщение"),
    ):
        if extra.get(name):
            return words
    return ""


def _poll(poll: Poll, viewer: int | None) -> dict[str, Any]:
    own = poll.votes.get(viewer, []) if viewer is not None else []
    counts = [
        sum(place in chosen for chosen in poll.votes.values())
        for place, _ in enumerate(poll.options)
    ]
    shown: dict[str, Any] = {
        "question": poll.question,
        "options": [
            {"text": text, "votes": counts[place], "chosen": place in own}
            for place, text in enumerate(poll.options)
        ],
        "total": sum(bool(chosen) for chosen in poll.votes.values()),
        "closed": poll.closed,
        "anonymous": poll.anonymous,
        "multiple": poll.multiple,
    }
    if poll.correct is not None:
        shown["correct"] = poll.correct
    if _is_final(poll):
        shown["final"] = True
    if poll.extra.get("explanation"):
        shown["explanation"] = str(poll.extra["explanation"])
    return shown


def _is_final(poll: Poll) -> bool:
    """Tell whether a vote cannot be taken back: in Telegram's quizzes, on VK by `disable_unvote`."""
    stands = poll.extra.get("disable_unvote", poll.correct is not None)
    return bool(not poll.extra["revoting"] if "revoting" in poll.extra else stands)


def _reactions(given: Mapping[int, list[str]], viewer: int | None) -> list[dict[str, Any]]:
    """Return each emoji once, the first given first."""
    emoji = dict.fromkeys(one for several in given.values() for one in several)
    return [
        {
            "emoji": one,
            "count": sum(one in several for several in given.values()),
            "mine": viewer is not None and one in given.get(viewer, []),
        }
        for one in emoji
    ]


def _location(place: Mapping[str, Any]) -> dict[str, Any]:
    return {"location": {"latitude": place["latitude"], "longitude": place["longitude"]}}


def _venue(place: Mapping[str, Any]) -> dict[str, Any]:
    shown = _location(place["location"])
    shown["location"] |= {"title": place.get("title", ""), "address": place.get("address", "")}
    return shown


def _geo(place: Mapping[str, Any]) -> dict[str, Any]:
    return _location(place["coordinates"])


def _contact(person: Mapping[str, Any]) -> dict[str, Any]:
    name = f"{person.get('first_name', '')} {person.get('last_name') or ''}".strip()
    return {"contact": {"name": name, "phone": str(person.get("phone_number", ""))}}


def _dice(thrown: Mapping[str, Any]) -> dict[str, Any]:
    return {"dice": {"emoji": thrown.get("emoji", _DICE), "value": thrown.get("value", 0)}}


def _template(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return VK's cards; a button is pressed by its place, the row being the card."""
    return {
        "template": [
            {
                "title": str(card.get("title", "")),
                "description": str(card.get("description", "")),
                "photo": _largest(card.get("photo")),
                "buttons": [_card_button(one) for one in _mappings(card.get("buttons"))],
            }
            for card in _mappings(template.get("elements"))
        ]
    }


def _largest(photo: Any) -> str:
    """Return the address of the last, largest size of VK's photo object."""
    sizes = _mappings(photo.get("sizes")) if isinstance(photo, Mapping) else []
    return str(sizes[-1].get("url", "")) if sizes else ""


def _card_button(button: Mapping[str, Any]) -> dict[str, str]:
    action = button.get("action", {})
    shown = {"text": str(action.get("label") or action.get("type", ""))}
    return shown | ({"url": str(action["link"])} if action.get("link") else {})


_EXTRAS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = MappingProxyType(
    {
        "location": _location,
        "geo": _geo,
        "venue": _venue,  # after the location that it also has
        "contact": _contact,
        "dice": _dice,
        "template": _template,
    }
)


def _forwarded_from(message: Message, name_of: _NameOf) -> str:
    origin = message.extra.get("forward_origin")
    if not isinstance(origin, Mapping):
        return ""
    author = origin.get("sender_user")
    if author:
        return f"{author.get('first_name', '')} {author.get('last_name') or ''}".strip()
    place = origin.get("chat") or origin.get("sender_chat")
    if place:
        return str(place.get("title") or name_of(int(place.get("id", 0))))
    return str(origin.get("sender_user_name") or _NAMELESS)


def _quoted(passed_on: Mapping[str, Any], name_of: _NameOf) -> dict[str, str]:
    author = passed_on.get("from_id", 0)
    return {
        "from": name_of(author) if isinstance(author, int) else str(author),
        "text": str(passed_on.get("text", "")),
    }


def _mappings(several: Any) -> list[Mapping[str, Any]]:
    found = several if isinstance(several, list) else []
    return [one for one in found if isinstance(one, Mapping)]
