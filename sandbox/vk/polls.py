"""Methods about polls: polls.*. A poll is made first and attached to a post or message afterwards."""

from __future__ import annotations

from typing import Any

from sandbox.values import loaded, whole
from sandbox.vk import events, objects, votes
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.spec import USER, method
from sandbox.world import Account, Poll, World

MAX_ANSWERS = 10


def create(ask: Ask) -> dict[str, Any]:
    """polls.create: for a community, or for the human whose key it is."""
    owner = ask.params.whole("owner_id") or ask.caller.person
    account = ask.managed(-owner) if owner < 0 else ask.account
    if owner > 0 and owner != ask.caller.person:
        raise refuse(250)
    question, options = ask.params.need_text("question"), _texts(ask, "add_answers")
    if not options:
        raise missing("add_answers")
    if len(options) > MAX_ANSWERS:
        raise invalid("add_answers")
    poll = votes.make(account, owner, question, options, ask.now)
    # VK makes a poll public unless it is told otherwise.
    poll.anonymous, poll.multiple = ask.params.flag("is_anonymous"), ask.params.flag("is_multiple")
    poll.extra |= {"end_date": _end(ask), "author": ask.caller.person}
    poll.extra["disable_unvote"] = ask.params.flag("disable_unvote")
    votes.keep(account, poll)
    ask.changed(None)
    return _shown(ask, poll)


def by_id(ask: Ask) -> dict[str, Any]:
    """polls.getById."""
    _, poll = _meant(ask)
    profiles: dict[str, Any] = {"profiles": []} if ask.params.flag("extended") else {}
    return _shown(ask, poll) | profiles


def edit(ask: Ask) -> int:
    """polls.edit: by whoever manages it; an answer that is deleted takes its votes along."""
    account, poll = _meant(ask)
    if not _may_edit(ask, poll):
        raise refuse(250)
    numbers: list[int] = poll.extra["answers"]
    for number, text in _pairs(ask, "edit_answers").items():
        poll.options[_place(numbers, number)] = text
    for number in _texts(ask, "delete_answers"):
        _drop(poll, _place(numbers, number))
    for text in _texts(ask, "add_answers"):
        poll.options.append(text)
        numbers.append(votes.next_answer(account))
    if not 0 < len(poll.options) <= MAX_ANSWERS:
        raise invalid("add_answers")
    poll.question = ask.params.text("question") or poll.question
    if ask.params.given("end_date"):
        poll.extra["end_date"] = _end(ask)
    votes.spread(ask.world, account, poll)
    ask.changed(None)
    return 1


def add_vote(ask: Ask) -> int:
    """polls.addVote: 0 for a person who has voted already."""
    account, poll = _meant(ask)
    ask.params.need_text("answer_ids")
    ids = ask.params.wholes("answer_ids", MAX_ANSWERS)
    places = [_place(poll.extra["answers"], number) for number in ids]
    code = votes.barrier(poll, places, ask.now)
    if code:
        raise refuse(code)
    if ask.caller.person in poll.votes:
        return 0
    cast(ask.world, account, poll, ask.caller.person, places)
    ask.changed(None)
    return 1


def delete_vote(ask: Ask) -> int:
    """polls.deleteVote: 0 for a person who has not voted."""
    account, poll = _meant(ask)
    if votes.is_over(poll, ask.now) or poll.extra["disable_unvote"]:
        raise refuse(250)
    if poll.votes.pop(ask.caller.person, None) is None:
        return 0
    votes.spread(ask.world, account, poll)
    ask.changed(None)
    return 1


def voters(ask: Ask) -> list[dict[str, Any]]:
    """polls.getVoters: who gave each of the named answers; of a public poll only."""
    _, poll = _meant(ask)
    if poll.anonymous:
        raise refuse(250)
    ask.params.need_text("answer_ids")
    offset, count = ask.params.page(1000, 100)
    fields, lists = ask.params.words("fields"), []
    for number in ask.params.wholes("answer_ids", MAX_ANSWERS):
        place = _place(poll.extra["answers"], number)
        people = [person for person, chosen in poll.votes.items() if place in chosen]
        page: list[Any] = people[offset : offset + count]
        if fields:
            page = [objects.user(ask.world.people[id_], fields) for id_ in page]
        lists.append({"answer_id": number, "users": {"count": len(people), "items": page}})
    return lists


def cast(world: World, account: Account, poll: Poll, person: int, places: list[int]) -> None:
    """Take a vote that `votes.barrier` allows, and tell the community of it."""
    poll.votes[person] = places
    votes.spread(world, account, poll)
    for about in votes.happened(poll, person, places):
        events.emit(account, "poll_vote_new", about)
    world.touch()


def _meant(ask: Ask) -> tuple[Account, Poll]:
    owner = ask.params.whole("owner_id") or ask.caller.person
    accounts = (a for a in ask.world.accounts.values() if a.network == "vk")
    found = votes.known(accounts, f"poll{owner}_{ask.params.need_whole('poll_id')}")
    if found is None:
        raise refuse(251)
    return found


def _shown(ask: Ask, poll: Poll) -> dict[str, Any]:
    poll.closed = votes.is_over(poll, ask.now)
    return votes.wire(poll, ask.caller.person) | {"can_edit": _may_edit(ask, poll)}


def _may_edit(ask: Ask, poll: Poll) -> bool:
    owner = poll.extra["owner"]
    return owner == ask.caller.person or -owner in [account.id for account in ask.caller.accounts]


def _end(ask: Ask) -> int:
    end = ask.params.whole("end_date") or 0
    if end and end <= ask.now:
        raise invalid("end_date")
    return end


def _texts(ask: Ask, name: str) -> list[str]:
    """Return a parameter that holds a list as JSON."""
    return [str(item) for item in _json(ask, name, list)]


def _pairs(ask: Ask, name: str) -> dict[str, str]:
    return {str(number): str(text) for number, text in _json(ask, name, dict).items()}


def _json(ask: Ask, name: str, kind: type) -> Any:
    try:
        value = loaded(ask.params.text(name)) if ask.params.given(name) else kind()
    except ValueError:
        raise invalid(name) from None
    if not isinstance(value, kind):
        raise invalid(name)
    return value


def _place(numbers: list[int], number: str | int) -> int:
    wanted = whole(str(number))
    if wanted not in numbers:
        raise refuse(252)
    return numbers.index(wanted)


def _drop(poll: Poll, place: int) -> None:
    del poll.options[place], poll.extra["answers"][place]
    for person, chosen in list(poll.votes.items()):
        left = [one - (one > place) for one in chosen if one != place]
        if left:
            poll.votes[person] = left
        else:
            del poll.votes[person]


METHODS = {
    "polls.addVote": method(add_vote, USER, "owner_id poll_id answer_ids"),
    "polls.create": method(
        create, USER, "question is_anonymous is_multiple end_date owner_id add_answers disable_unvote",
        missing="pictures and backgrounds",
    ),
    "polls.deleteVote": method(delete_vote, USER, "owner_id poll_id"),
    "polls.edit": method(
        edit, USER, "owner_id poll_id question add_answers edit_answers delete_answers end_date"
    ),
    "polls.getById": method(by_id, USER, "owner_id poll_id extended", missing="friends who voted"),
    "polls.getVoters": method(voters, USER, "owner_id poll_id answer_ids offset count fields"),
}  # fmt: skip
