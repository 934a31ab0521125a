"""VK's polls as data: where they are kept, how they look, who may vote.

A poll lives with its community and may stand in several posts and messages; each of these holds a
copy, which `spread` brings up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sandbox.world import Account, Chat, Poll, World

_FIRST_POLL, _FIRST_ANSWER = 900_000_000, 1_500_000_000
_SPREAD, _STEP = 1000, 100_000  # a human's polls come from several communities: numbers must differ


def make(account: Account, owner: int, question: str, options: Sequence[str], at: float) -> Poll:
    """Return a new poll with numbers of its own; `keep` it when it is complete."""
    first = _FIRST_POLL + account.id % _SPREAD * _STEP
    number = account.settings["last_poll_id"] = int(account.settings.get("last_poll_id", first)) + 1
    poll = Poll(id=f"poll{owner}_{number}", question=question, options=list(options))
    poll.extra = {"owner": owner, "number": number, "created": int(at), "end_date": 0}
    poll.extra["answers"] = [next_answer(account) for _ in options]
    return poll


def next_answer(account: Account) -> int:
    """Give out the id of an answer."""
    last = int(account.settings.get("last_answer_id", _FIRST_ANSWER)) + 1
    account.settings["last_answer_id"] = last
    return last


def keep(account: Account, poll: Poll) -> None:
    """Remember a poll as it is now."""
    account.settings.setdefault("polls", {})[poll.id] = asdict(poll)


def known(accounts: Iterable[Account], name: str) -> tuple[Account, Poll] | None:
    """Return the poll that an attachment names (`poll-1_2`) and the community that keeps it."""
    for account in accounts:
        row = account.settings.get("polls", {}).get(name)
        if row is not None:
            return account, loaded(row)
    return None


def loaded(row: dict[str, Any]) -> Poll:
    """Return a poll from plain data; in a state file the people are text."""
    votes = {int(person): list(places) for person, places in row["votes"].items()}
    return Poll(**{**row, "votes": votes, "extra": dict(row["extra"])})


def is_over(poll: Poll, now: float) -> bool:
    """Tell whether nobody may vote any more."""
    return poll.closed or 0 < poll.extra["end_date"] <= now


def close_due(world: World, account: Account) -> None:
    """Close the polls of a community whose time is over."""
    now = world.clock.now()
    for row in list(account.settings.get("polls", {}).values()):
        if not row["closed"] and 0 < row["extra"]["end_date"] <= now:
            poll = loaded(row)
            poll.closed = True
            spread(world, account, poll)


def barrier(poll: Poll, places: Sequence[int], now: float) -> int:
    """Return the error that a vote meets: 250 for a closed poll, 252 for a wrong answer; 0 if none."""
    if is_over(poll, now):
        return 250
    right = 0 < len(places) <= (len(poll.options) if poll.multiple else 1)
    inside = all(0 <= place < len(poll.options) for place in places)
    return 0 if right and inside and len(set(places)) == len(places) else 252


def happened(poll: Poll, person: int, places: Iterable[int]) -> list[dict[str, Any]]:
    """Return the events of a vote (poll_vote_new): none in an anonymous poll, else one an answer."""
    if poll.anonymous:
        return []
    about = {"owner_id": poll.extra["owner"], "poll_id": poll.extra["number"], "user_id": person}
    return [{**about, "option_id": poll.extra["answers"][place]} for place in places]


def spread(world: World, account: Account, poll: Poll) -> None:
    """Keep a poll and show it as it is now wherever it stands."""
    keep(account, poll)
    for chat in world.chats_on("vk"):
        if any(_renewed(chat, poll)):
            world.touch(chat)


def _renewed(chat: Chat, poll: Poll) -> list[bool]:
    standing = [said for said in chat.messages if said.poll is not None and said.poll.id == poll.id]
    for said in standing:
        said.poll = loaded(asdict(poll))
    return [True for _ in standing]


def wire(poll: Poll, viewer: int | None = None) -> dict[str, Any]:
    """Return VK's poll object, with the own answers of the person who looks."""
    counts = [
        sum(place in chosen for chosen in poll.votes.values()) for place in range(len(poll.options))
    ]
    voters, extra = len(poll.votes), poll.extra
    answers = [
        {
            "id": number,
            "text": text,
            "votes": count,
            "rate": round(100 * count / voters, 2) if voters else 0,
        }
        for number, text, count in zip(extra["answers"], poll.options, counts, strict=True)
    ]
    chosen = poll.votes.get(viewer, []) if viewer is not None else []
    shown = {
        "id": extra["number"],
        "owner_id": extra["owner"],
        "question": poll.question,
        "votes": voters,
        "answers": answers,
        "answer_ids": [extra["answers"][place] for place in chosen],
        "anonymous": poll.anonymous,
        "multiple": poll.multiple,
        "end_date": extra["end_date"],
        "closed": poll.closed,
        "is_board": False,
        "can_edit": False,
        "can_vote": not poll.closed and not chosen,
        "can_report": False,
        "can_share": True,
        "created": extra["created"],
        "disable_unvote": bool(extra.get("disable_unvote")),
    }
    return shown | ({"author_id": extra["author"]} if extra.get("author") else {})
