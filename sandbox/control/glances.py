"""What the page's lists show of each chat, made once for every change of it.

With thousands of dialogs, showing all of them anew at every message takes tenths of a second. So each
chat is noted with the world's version at which it was found changed; a reader who has an earlier
picture is told of those noted since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from sandbox.control.ask import iso, must_see
from sandbox.control.pieces import SLICE_S, written
from sandbox.control.places import barred, show_chat
from sandbox.control.view import chat_ref, incoming, preview, sender_of
from sandbox.networks import Wrong
from sandbox.world import Chat, Person, World

MOST_COUNTED = 200  # members of a group; larger ones are read like channels and count for nobody
MOST_LISTED = 50  # members that a glance names
_GONE = ("left", "kicked")


@dataclass(slots=True, eq=False)
class Entry:
    """A chat as it was found: `noted` is the world's version at that moment."""

    chat: Chat
    version: int
    noted: int
    counts_for: frozenset[int]  # people whose unread messages it holds
    glances: dict[int, str] = field(default_factory=dict)  # of a dialog, by reader
    marks: dict[int, str] = field(default_factory=dict)  # of a dialog, by person


class Glances:
    """The notes on one world's chats."""

    def __init__(self, world: World) -> None:
        """Know nothing yet."""
        self._world = world
        self._looking = asyncio.Lock()
        self._looked = -1
        self._named: tuple[
            Any, ...
        ] = ()  # what stands in many glances: a change of it makes all anew
        self._entries: dict[int, Entry] = {}  # by identity, the latest noted last
        self._of_person: dict[int, dict[int, Entry]] = {}
        self.whole_since = 0  # who has an older picture needs a whole one

    async def look(self) -> int:
        """Note what has changed since the last look and return the world's version before it."""
        async with self._looking:
            seq = self._world.seq
            if seq != self._looked:
                await self._note_changes()
                self._looked = seq
            return seq

    async def _note_changes(self) -> None:
        named = _named(self._world)
        if named != self._named:
            self._forget(named)
        chats = list(self._world.chats)
        await self._note_those(chats)
        if len(self._entries) != len(chats):  # another world
            self._forget(named)
            await self._note_those(chats)

    async def _note_those(self, chats: list[Chat]) -> None:
        began = perf_counter()
        for chat in chats:
            entry = self._entries.get(id(chat))
            if entry is not None and entry.version == chat.version:
                continue
            self._note(chat, entry)
            if perf_counter() - began > SLICE_S:
                await asyncio.sleep(0)
                began = perf_counter()

    def _note(self, chat: Chat, before: Entry | None) -> None:
        entry = Entry(chat, chat.version, self._world.seq, frozenset(_counted(self._world, chat)))
        self._entries.pop(id(chat), None)
        self._entries[id(chat)] = entry
        for person in before.counts_for - entry.counts_for if before else ():
            del self._of_person[person][id(chat)]
        for person in entry.counts_for:
            self._of_person.setdefault(person, {})[id(chat)] = entry

    def _forget(self, named: tuple[Any, ...]) -> None:
        self._named = named
        self._entries.clear()
        self._of_person.clear()
        self.whole_since = self._world.seq

    def entries(self, since: int | None) -> list[Entry]:
        """Return the chats noted after a version, None for all, the latest first."""
        found = []
        for entry in reversed(self._entries.values()):
            if since is not None and entry.noted <= since:
                break
            found.append(entry)
        return found

    def glance(self, entry: Entry, person: Person) -> str | None:
        """Return a chat as JSON as a person's list shows it; None if the person does not see it."""
        if not _sees(self._world, entry.chat, person):
            return None
        if entry.chat.kind != "private":
            return written(_glance(self._world, entry.chat, person))
        if person.id not in entry.glances:
            entry.glances[person.id] = written(_glance(self._world, entry.chat, person))
        return entry.glances[person.id]

    def faces(self, people: list[Person]) -> Iterator[str]:
        """Yield people as JSON, each with what has come to their dialogs and groups."""
        for person in people:
            shown = {"id": person.id, "name": person.name, "messengers": list(person.messengers)}
            marks = [
                self._mark(entry, person.id)
                for entry in self._of_person.get(person.id, {}).values()
                if entry.chat.migrated_to is None
            ]
            yield f'{written(shown)[:-1]},"dialogs":[{",".join(marks)}]}}'

    def _mark(self, entry: Entry, person: int) -> str:
        if person in entry.marks:
            return entry.marks[person]
        chat = entry.chat
        shown = {"network": chat.network, "ref": chat_ref(chat), "last_id": chat.last_id}
        mark = written({**shown, "incoming": incoming(chat, person)})
        if chat.kind == "private":
            entry.marks[person] = mark
        return mark


def _named(world: World) -> tuple[Any, ...]:
    accounts = [
        (a.network, a.name, a.id, a.title, a.username, tuple(a.admins))
        for a in world.accounts.values()
    ]
    sites = [(site.name, site.title) for site in world.sites.values()]
    return accounts, sites, list(world.people.values())


def _counted(world: World, chat: Chat) -> list[int]:
    """Return those for whom a chat counts as theirs: the person of a dialog, the members of a small group."""
    if chat.kind == "private":
        who = [] if chat.person is None else [chat.person]
    elif chat.kind in ("group", "supergroup", "chat") and len(chat.members) <= MOST_COUNTED:
        who = [i for i, m in chat.members.items() if m.status not in _GONE]
    else:
        return []
    return [i for i in who if i in world.people and chat.network in world.people[i].messengers]


def _sees(world: World, chat: Chat, person: Person) -> bool:
    if chat.migrated_to is not None:
        return False
    if chat.kind == "private" and chat.person != person.id and chat.network == "telegram":
        return False  # mostly so, and to ask is slower
    try:
        must_see(world, chat, person)
    except Wrong:
        return False
    return True


def _glance(world: World, chat: Chat, person: Person) -> dict[str, Any]:
    last = chat.messages[-1] if chat.messages else None
    shown = show_chat(world, chat, most=MOST_LISTED, first=person.id)
    shown |= {
        "people": sum(i in world.people and m.status not in _GONE for i, m in chat.members.items()),
        "count": len(chat.messages),
        "last_id": chat.last_id,
        "incoming": incoming(chat, person.id),
        "last": None
        if last is None
        else {
            "id": last.id,
            "at": iso(last.at),
            "from": sender_of(world, chat, last),
            "from_id": last.sender,
            "text": preview(world, chat),
        },
    }
    denied = barred(chat, person.id)
    if denied:
        shown["barred"] = denied
        until = chat.extra.get("seats", {}).get(str(person.id), {}).get("until")
        shown |= {"barred_until": iso(until)} if until else {}
    return shown
