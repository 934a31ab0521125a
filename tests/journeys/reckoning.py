"""After kills: the sandbox's calls, the ledger, and what people see, compared message by message."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core.words import ChatKind, DeliveryState, WaveKind
from storage import tables
from tests.journeys.killing import CREATES, SECRET, Place, Scene
from tests.support.points import ADDED, MORE, TITLE

SENT, UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN


@dataclass
class Copy:
    """What the ledger knows of one post in one chat."""

    title: str
    place: Place
    state: DeliveryState
    marked: bool  # whether the create, or a part that a correction added, was in doubt
    messages: set[str] = field(default_factory=set)
    asked: bool = False  # whether its owner is asked about a part that a correction added


@dataclass
class Reckoning:
    """What was found: calls of posts that no row knows of, content that stands twice, deliveries nobody can tell of."""

    deliveries: int = 0
    unheard: Counter[ChatKind] = field(default_factory=Counter)
    doubled: Counter[ChatKind] = field(default_factory=Counter)
    unknown: Counter[ChatKind] = field(default_factory=Counter)

    def __str__(self) -> str:
        """Return it as a line to print."""
        return (
            f"{self.deliveries} deliveries, {self.doubled.total()} doubled,"
            f" {self.unknown.total()} unknown, {self.unheard.total()} calls that nobody heard of"
        )


async def reckon(made: Scene) -> Reckoning:
    """Compare; fails for what must never be."""
    copies = await _ledger(made)
    expected = {(place.row, title) for place in made.places for title in made.titles}
    assert expected - set(copies) == set(), "every post is planned for every place"
    found = Reckoning(deliveries=len(copies))
    for place in made.places:
        mine = {title: copies[place.row, title] for title in made.titles}
        await _compare(made, place, mine, found)
    await _nothing_held_left(made)
    return found


async def _compare(made: Scene, place: Place, copies: dict[str, Copy], found: Reckoning) -> None:
    seen = await made.seen(place)
    shown = {str(m["id"]): m for m in seen if m["text"].startswith((TITLE, MORE)) or m["media"]}
    known = {message: copy for copy in copies.values() for message in copy.messages}
    made_by = _made_at(made, place, set(shown))
    _each_is_there(place, copies, shown)
    _each_is_whole(made, place, copies, shown)
    # What stands there that no row knows: only where there is no key, and only what is marked.
    for group in made_by:
        if not known.keys() & group["ids"]:
            texts = [shown[one]["text"][:40] for one in group["ids"]]
            assert not place.has_key, (place, group, texts, copies)
            found.unheard[place.kind] += 1
    _no_key_twice(place, made_by)
    for digest, times in Counter(call["digest"] for call in made_by).items():
        if times > 1:
            twice = [call for call in made_by if call["digest"] == digest]
            assert not place.has_key, (place, twice)
            assert place.kind is ChatKind.PRIVATE, (place, twice)
            copies_of = {known[one].title for call in twice for one in call["ids"] if one in known}
            assert all(copies[title].marked for title in copies_of), (place, twice, "no mark")
            found.doubled[place.kind] += times - 1
    found.unknown[place.kind] += sum(copy.state is UNKNOWN for copy in copies.values())
    _in_order(place, shown, known)
    _corrected(made, place, copies, shown)


def _each_is_there(place: Place, copies: dict[str, Copy], shown: dict[str, Any]) -> None:
    for copy in copies.values():
        assert copy.state in (SENT, UNKNOWN), (place, copy)
        if copy.state is SENT:
            assert copy.messages, (place, copy, "sent, but no message is known")
            assert copy.messages <= set(shown), (place, copy, "called sent, but it is not there")


def _each_is_whole(
    made: Scene, place: Place, copies: dict[str, Copy], shown: dict[str, Any]
) -> None:
    """What is called sent holds every paragraph of the newest form once, in order, and all pictures."""
    for title, copy in copies.items():
        if copy.state is not SENT or copy.asked:
            continue
        mine = [shown[one] for one in sorted(copy.messages, key=int)]
        text = " ".join(" ".join(m["text"] for m in mine).split())
        number = title.rpartition(" ")[2]
        marks = [f"{MORE} {number}-{n}." for n in range(made.paragraphs[title])]
        assert [text.count(mark) for mark in marks] == [1] * len(marks), (place, copy, text)
        firsts = [text.index(mark) for mark in marks]
        assert firsts == sorted(firsts), (place, copy, text)
        assert sum(len(m["media"]) for m in mine) == made.pictures[title], (place, copy, mine)


def _made_at(made: Scene, place: Place, shown: set[str]) -> list[dict[str, Any]]:
    """Return the calls that made what is shown at a place, each with the `ids` it made there."""
    groups = []
    made_before: set[str] = set()
    for call in made.log:
        if not call["effect"] or call["method"].lower() not in CREATES:
            continue
        if call["network"] != place.network or place.external not in call["chats"]:
            continue
        each = len(call["chats"]) == len(call["messages"])
        here = call["messages"]
        if each and len(call["chats"]) > 1:  # one message for each of several chats
            here = [call["messages"][call["chats"].index(place.external)]]
        # A packed call names what a chat got earlier under its key beside what is new in the others.
        ids = {str(one) for one in here if str(one) in shown} - made_before
        made_before |= ids
        if ids:
            groups.append({**call, "ids": ids})
    return groups


def _no_key_twice(place: Place, calls: list[dict[str, Any]]) -> None:
    if place.has_key:
        keys = Counter(call["key"] for call in calls)
        assert all(key for key in keys), (place, "a create without a key")
        assert max(keys.values(), default=1) == 1, (place, keys)


def _in_order(place: Place, shown: dict[str, Any], known: dict[str, Copy]) -> None:
    """Posts of a chat come as they were published, except what was in doubt and what is added later."""
    order = [
        int(id_)
        for id_, copy in known.items()
        if copy.title in shown.get(id_, {"text": ""})["text"]
    ]
    titles = {int(id_): copy for id_, copy in known.items()}
    firsts = [titles[id_] for id_ in sorted(order) if not titles[id_].marked]
    numbers = [int(copy.title.rpartition(" ")[2]) for copy in firsts]
    assert numbers == sorted(numbers), (place, numbers)


def _corrected(made: Scene, place: Place, copies: dict[str, Copy], shown: dict[str, Any]) -> None:
    for title in made.corrected:
        copy = copies[title]
        if copy.marked or copy.state is UNKNOWN or not copy.messages:
            continue
        texts = [shown[id_]["text"] for id_ in copy.messages]
        assert any(ADDED in text for text in texts), (place, copy, "it was not corrected")
        assert not any("Было" in text for text in texts), (place, copy, "half corrected")


async def _nothing_held_left(made: Scene) -> None:
    for place in made.places:
        assert not [m for m in await made.seen(place) if SECRET in m["text"]], place
    async with made.db.read() as connection:
        held = await connection.scalars(
            sa.select(tables.delivery.c.state)
            .join(tables.wave, tables.wave.c.id == tables.delivery.c.wave_id)
            .join(tables.post, tables.post.c.id == tables.wave.c.post_id)
            .where(tables.post.c.organization_id != 1)
        )
        states = Counter(DeliveryState(state) for state in held)
    assert set(states) == {DeliveryState.PENDING}, states


async def _ledger(made: Scene) -> dict[tuple[int, str], Copy]:
    places = {place.row: place for place in made.places}
    delivery, wave, revision = tables.delivery, tables.wave, tables.revision
    query = (
        sa.select(delivery, wave.c.kind, revision.c.title)
        .join(wave, wave.c.id == delivery.c.wave_id)
        .join(revision, revision.c.id == wave.c.revision_id)
        .order_by(delivery.c.id)
    )
    async with made.db.read() as connection:
        rows = (await connection.execute(query)).all()
        parts: dict[int, set[str]] = defaultdict(set)
        for part in await connection.execute(sa.select(tables.part)):
            parts[part.delivery_id].add(part.message)
    copies: dict[tuple[int, str], Copy] = {}
    for row in rows:
        if WaveKind(row.kind) is WaveKind.CREATE:
            assert (row.chat_id, row.title) not in copies, "planned twice"
            first = {row.message} if row.message else set()
            copies[row.chat_id, row.title] = Copy(
                row.title,
                places[row.chat_id],
                DeliveryState(row.state),
                bool(row.doubt),
                first | parts[row.id],
            )
    for row in rows:
        if WaveKind(row.kind) is WaveKind.AMEND:
            copy = copies[row.chat_id, row.title]
            copy.marked |= bool(row.doubt)
            copy.asked |= DeliveryState(row.state) is UNKNOWN
    return copies
