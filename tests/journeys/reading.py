"""What a client of others has read in the channels, to be held against the ledger."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from core.words import ChatKind
from tests.journeys.killing import CREATES, Scene
from tests.support.inspected import HOUSE
from tests.support.points import TITLE

PYTHON = (
    HOUSE / ".venv-clients" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
)
PATIENCE_S = 60

needs_clients = pytest.mark.skipif(
    not PYTHON.exists(),
    reason="the clients that others wrote are not installed: run `make install-dev`",
)


class Reader:
    """A bot of others, administrator of both channels."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Take the process; it prints what it reads."""
        self._process = process
        self.read: list[dict[str, Any]] = []

    async def line(self) -> str:
        """Wait for what it prints next."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = (await self._process.stdout.readline()).decode().strip()
        assert line, "the client has ended"
        return line

    async def compare(self, made: Scene) -> None:
        """Let it read everything, and check that each post came to it once, and all that was ever made."""
        channels = {place.external for place in made.places if place.kind is ChatKind.CHANNEL}
        calls = [call for call in made.log if call["effect"] and call["method"].lower() in CREATES]
        sent = Counter(
            (chat, message)
            for call in calls
            for chat in channels.intersection(call["chats"])
            for message in call["messages"]
        )
        while len(self.read) < sent.total():
            self.read.append(json.loads(await self.line()))
        assert Counter((str(one["chat"]), one["message"]) for one in self.read) == sent
        titles = Counter((one["chat"], one["text"].partition("\n")[0]) for one in self.read)
        posts = {name: times for name, times in titles.items() if name[1].startswith(TITLE)}
        assert posts
        assert set(posts.values()) == {1}, "a channel's post came twice"


@asynccontextmanager
async def reader(made: Scene) -> AsyncIterator[Reader]:
    """Let the client read in the channels while the block lasts."""
    token = next(a["token"] for a in made.world["accounts"] if a["name"] == "reader")
    process = await asyncio.create_subprocess_exec(
        str(PYTHON),
        str(Path(__file__).parent / "ptb_reader.py"),
        made.url,
        token,
        stdout=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        cwd=tempfile.gettempdir(),
    )
    try:
        begun = Reader(process)
        assert await begun.line() == "ready"
        yield begun
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
