"""Keeps a whole world in a JSON file, the files' bytes beside it in `<file>.files/<sha>`.

What is written is the world, the clock, limits and faults; the log of calls, open long polls and
presses that wait for an answer are not.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from sandbox.gate import Gate
from sandbox.sites import Site
from sandbox.world import Account, Button, Chat, Media, Member, Message, Person, Poll, World

FORMAT = 1
LOOK_EVERY_S = 0.5  # how often changes are looked for, by the machine's time
_log = logging.getLogger(__name__)
_AT_A_TIME = 500  # messages, before the loop's other work gets its turn; about a millisecond
_REST = 4  # times as long as a save took, until the next: a large world must not write all the time
_OPTIONS = orjson.OPT_NON_STR_KEYS


class Broken(Exception):
    """The state file cannot be used; the text says why and what to do."""


class Keeper:
    """Writes one world to one file soon after it changes."""

    def __init__(self, path: Path, world: World, gate: Gate) -> None:
        """Keep this world, its clock and the gate's limits and faults in `path`."""
        self.path = path
        self._folder = path.with_name(path.name + ".files")
        self._world, self._gate = world, gate
        self._written: set[str] = set()  # files whose bytes are on disk
        self._chats: dict[int, tuple[Chat, int, list[bytes]]] = {}  # by identity, with the version
        self._mark: tuple[Any, ...] = ()
        self._stop = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def load(self) -> bool:
        """Fill the world from the file and return True, False if there is none; raises Broken."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._broken(str(error)) from error
        try:
            state = orjson.loads(raw)
            data = state["world"]
            if data["format"] != FORMAT:
                raise self._broken("it is no state of this version of the sandbox")
            files = {sha: (self._folder / sha).read_bytes() for sha in data["files"]}
            self._fill(data, state["chats"])
        except OSError as error:
            raise self._broken(f"a file beside it is missing: {error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._broken(f"{type(error).__name__}: {error}") from error
        self._world.files.update(files)
        self._written = set(files)
        return True

    async def run(self) -> None:
        """Write whenever something changed, until `stop`."""
        pause = LOOK_EVERY_S
        while not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), pause)
            except TimeoutError:
                if self._mark != self._changes():
                    began = time.monotonic()
                    await self.save()
                    pause = max(LOOK_EVERY_S, _REST * (time.monotonic() - began))
        self._stop.clear()
        await self.save()

    def stop(self) -> None:
        """Let `run` write a last time and return."""
        self._stop.set()

    async def save(self) -> None:
        """Write the world as it is now, letting others work meanwhile; the disk's part runs in a thread.

        A disk that refuses, and what cannot be written as JSON, is reported in the log and tried again.
        """
        async with self._one_at_a_time:
            self._mark = self._changes()
            try:
                chats = await self._collect()
                await asyncio.sleep(0)  # what follows takes its time with thousands of people
                # What changes while chats are collected leaves `_mark` behind and is written next time.
                pieces = [b'{"world":', self._head(), b',"chats":[', *chats, b"]}"]
                kept = dict(self._world.files)  # the bytes themselves are shared, not copied
                await asyncio.to_thread(self._write, pieces, kept)
            except (OSError, orjson.JSONEncodeError) as error:
                _log.error("the state is not written to %s: %s", self.path, error)
                self._mark = ()

    async def _collect(self) -> list[bytes]:
        """Return all chats as pieces of JSON; only those that changed since the last time are worked through."""
        listed: list[bytes] = []
        kept = {}
        work = 0
        for chat in list(self._world.chats):
            known = self._chats.get(id(chat))
            if known is None or known[1] != chat.version:
                version, pieces = chat.version, [_begun(chat)]
                # A chat may change while others have their turn: its list is taken as it is now.
                messages = list(chat.messages)
                for start in range(0, len(messages), _AT_A_TIME):
                    part = orjson.dumps(messages[start : start + _AT_A_TIME], option=_OPTIONS)
                    pieces.append(b"," + part[1:-1] if start else part[1:-1])
                    work += min(_AT_A_TIME, len(messages) - start)
                    if work >= _AT_A_TIME:
                        work = 0
                        await asyncio.sleep(0)
                known = (chat, version, [*pieces, b"]}"])
            kept[id(chat)] = known
            if listed:
                listed.append(b",")
            listed += known[2]
            work += 1
            if work >= _AT_A_TIME:
                work = 0
                await asyncio.sleep(0)
        self._chats = kept
        return listed

    def _head(self) -> bytes:
        """Return everything but the chats as JSON."""
        world, clock = self._world, self._world.clock
        return orjson.dumps(
            {
                "format": FORMAT,
                "clock": {
                    "mode": clock.mode,
                    "now": clock.now(),
                    "ahead": clock.now() - time.time(),
                },
                "seq": world.seq,
                "given": world.given,
                "lasting": world.lasting,
                "people": list(world.people.values()),
                "accounts": list(world.accounts.values()),
                "sites": [site.to_json() for site in world.sites.values()],
                "files": list(world.files),
                "limits": self._gate.limits.describe(),
                "faults": self._gate.faults.snapshot(),
            },
            option=_OPTIONS,
        )

    def _changes(self) -> tuple[Any, ...]:
        limits, faults = self._gate.limits.describe(), self._gate.faults.snapshot()
        return self._world.seq, self._world.clock.version, limits, faults

    def _write(self, pieces: list[bytes], files: Mapping[str, bytes]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir(exist_ok=True)
        for sha in files.keys() - self._written:
            _replace(self._folder / sha, [files[sha]])
        _replace(self.path, pieces)
        for sha in self._written - files.keys():
            (self._folder / sha).unlink(missing_ok=True)
        self._written = set(files)

    def _fill(self, data: Mapping[str, Any], listed: list[dict[str, Any]]) -> None:
        world, clock = self._world, data["clock"]
        # A real clock keeps its distance to the machine's; a standing one stands where it stood.
        now = clock["now"] if clock["mode"] == "manual" else time.time() + clock["ahead"]
        world.clock.set(mode=clock["mode"], at=now)
        people = [Person(**item) for item in data["people"]]
        accounts = [Account(**item) for item in data["accounts"]]
        polls: dict[str, dict[str, Poll]] = {}
        chats = [_chat(item, polls.setdefault(item["network"], {})) for item in listed]
        sites = [Site.from_json(item) for item in data["sites"]]
        self._gate.limits.change(data["limits"])
        self._gate.faults.restore(data["faults"])
        world.people.update((person.id, person) for person in people)
        world.accounts.update(((a.network, a.name), a) for a in accounts)
        world.chats.extend(chats)
        world.sites.update((site.name, site) for site in sites)
        world.seq = data["seq"]
        world.given.update(data.get("given", {}))  # files of earlier versions have neither
        world.lasting.update(data.get("lasting", {}))

    def _broken(self, why: str) -> Broken:
        return Broken(
            f"The state file {self.path} cannot be used: {why}. "
            f"Put a good copy in its place, or move it and {self._folder.name} away to begin anew."
        )


def _chat(item: Mapping[str, Any], polls: dict[str, Poll]) -> Chat:
    members = {int(user_id): Member(**member) for user_id, member in item["members"].items()}
    messages = [_message(message, polls) for message in item["messages"]]
    return Chat(**{**item, "members": members, "messages": messages})


def _message(item: Mapping[str, Any], polls: dict[str, Poll]) -> Message:
    keyboard = None if item["keyboard"] is None else _rows(item["keyboard"])
    made = {
        "media": [Media(**media) for media in item["media"]],
        "buttons": _rows(item["buttons"]),
        "keyboard": keyboard,
        "poll": None if item.get("poll") is None else _poll(item["poll"], polls),
        "reactions": _by_person(item.get("reactions")),
    }
    return Message(**{**item, **made})


def _poll(item: Mapping[str, Any], polls: dict[str, Poll]) -> Poll:
    """Return a poll: the same wherever it was forwarded to."""
    made = Poll(**{**item, "votes": _by_person(item["votes"])})
    return polls.setdefault(made.id, made)


def _by_person(item: Mapping[str, Any] | None) -> Any:
    return None if item is None else {int(person): value for person, value in item.items()}


def _rows(rows: list[list[dict[str, Any]]]) -> list[list[Button]]:
    return [[Button(**button) for button in row] for row in rows]


def _begun(chat: Chat) -> bytes:
    """Return a chat as JSON up to where its messages are listed."""
    data = {f.name: getattr(chat, f.name) for f in fields(chat) if f.name != "messages"}
    return orjson.dumps(data, option=_OPTIONS)[:-1] + b',"messages":['


def _replace(path: Path, pieces: list[bytes]) -> None:
    """Write a file so that a crash leaves either the old one or the new one."""
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
