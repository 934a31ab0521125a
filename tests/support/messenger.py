"""A messenger in memory: it takes what it is given, and says what the test lets people say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import FileTooBig, MessengerError
from core.incoming import Incoming
from core.messenger import Capabilities, Outcome, Pace, Part, Place, Rights, Sent
from core.richtext import Style
from core.words import ChatKind


@dataclass
class MemoryMessenger:
    """One account; `batches` are what `updates` returns next, an exception among them is raised."""

    network: str = "alpha"
    pace: Pace = field(default_factory=lambda: Pace(30, 1, 3, 20))
    limits: tuple[int, int, int] = (5, 6, 10)  # buttons in a row, rows, in all
    standing: dict[str, Rights | MessengerError] = field(default_factory=dict)
    batches: asyncio.Queue[Sequence[Incoming] | BaseException] = field(
        default_factory=asyncio.Queue
    )
    cursors: list[str | None] = field(default_factory=list)
    answers: list[tuple[str, str | None]] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # what `download` returns, by ref
    commands: dict[str | None, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    gate: asyncio.Event | None = None  # rights are told only once it is set
    asked: int = 0

    def capabilities(self, kind: ChatKind) -> Capabilities:
        """Return the same for every kind of chat."""
        in_row, rows, total = self.limits
        return Capabilities(
            styles=frozenset(Style),
            text_limit=4096,
            caption_limit=1024,
            album=10,
            buttons_in_row=in_row,
            button_rows=rows,
            buttons=total,
            button_text=40,
        )

    async def updates(self, cursor: str | None) -> tuple[Sequence[Any], str]:
        """Wait for the next batch; the cursor counts batches."""
        self.cursors.append(cursor)
        batch = await self.batches.get()
        if isinstance(batch, BaseException):
            raise batch
        return batch, str(int(cursor or 0) + 1)

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Take everything."""
        self.said += [(place.chat, part.text.text) for place in places]
        return [Sent((str(len(self.said)),)) for _ in places]

    async def edit(self, place: Place, messages: Sequence[str], part: Part) -> Outcome:
        """Take every edit."""
        self.said.append((place.chat, part.text.text))
        return Sent(tuple(messages))

    async def delete(self, place: Place, messages: Sequence[str]) -> Outcome:
        """Delete anything."""
        return Sent(tuple(messages))

    async def look_up(self, place: Place, key: int, part: Part) -> Sent | None:
        """Know nothing."""
        return None

    async def answer(self, press: str, text: str | None) -> None:
        """Keep the answer."""
        self.answers.append((press, text))

    async def rights(self, place: Place) -> Rights:
        """Tell the standing that the test has set."""
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        found = self.standing[place.chat]
        if isinstance(found, MessengerError):
            raise found
        return found

    async def download(self, ref: str, limit: int) -> bytes:
        """Return the file that the test has laid down."""
        if ref not in self.files:
            raise MessengerError("no such file")
        if len(self.files[ref]) > limit:
            raise FileTooBig(f"more than {limit} bytes")
        return self.files[ref]

    async def set_commands(self, chat: str | None, commands: Sequence[tuple[str, str]]) -> None:
        """Keep the menu; an empty one is taken away."""
        self.commands[chat] = tuple(commands)
        if not commands:
            del self.commands[chat]

    def link(self, place: Place, message: str) -> str | None:
        """Return an address of every place that is not private."""
        if place.kind is ChatKind.PRIVATE:
            return None
        return f"https://{self.network}.example/{place.chat}/{message}"

    def entry(self, handle: str, payload: str) -> str | None:
        """Return an address where the account has a handle."""
        return f"https://{self.network}.example/{handle}?start={payload}" if handle else None

    async def check(self) -> str:
        """Name the account."""
        return self.network

    async def close(self) -> None:
        """Have nothing to close."""
