"""A sandbox with a foreign client's bot running against it, and the people who talk to the bot."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server import Sandbox, serve
from tests.support.inspected import inspected

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHON = (
    ROOT / ".venv-clients" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
)
ANNA, BORIS = 101, 102
USER_KEY = "vk1.a.of-an-administrator"
PATIENCE_S = 30  # a whole foreign library starts on a busy machine

needs_clients = pytest.mark.skipif(
    not PYTHON.exists(),
    reason="the clients that others wrote are not installed: run `make install-dev`",
)


class Town:
    """What a test says and sees; `bot` is the account that the client drives."""

    def __init__(self, sandbox: Sandbox, control: httpx.AsyncClient, network: str) -> None:
        self.sandbox, self.control, self.network = sandbox, control, network
        self.client: asyncio.subprocess.Process | None = None
        self.heard: list[str] = []

    async def post(self, call: str, **body: Any) -> Any:
        answer = await self.control.post(f"/control/{call}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def say(self, text: str = "", person: int = ANNA, chat: str = "bot", **more: Any) -> Any:
        return await self.post(
            "say", network=self.network, chat=chat, **{"as": person}, text=text, **more
        )

    async def press(self, button: str, person: int = ANNA) -> Any:
        return await self.post(
            "press", network=self.network, chat="bot", **{"as": person}, button=button
        )

    async def do(self, what: str, person: int = ANNA, chat: str = "bot", **more: Any) -> Any:
        return await self.post(
            "do", network=self.network, chat=chat, **{"as": person}, what=what, **more
        )

    async def until(
        self, fits: Callable[[list[dict[str, Any]]], Any], person: int = ANNA, chat: str = "bot"
    ) -> list[dict[str, Any]]:
        """Return a chat's messages as soon as they fit; fails with what is there when patience ends."""
        after, messages = -1, []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    answer = await self.control.get(
                        f"/control/chats/{self.network}/{chat}",
                        params={"as": person, "wait": 5, "after": after},
                    )
                    data = answer.json()
                    after, messages = data["version"], data["messages"]
                    if fits(messages):
                        return messages
        shown = "\n".join(f"{m['from']}: {m['text']} {m['media']}" for m in messages)
        raise AssertionError(f"not seen within {PATIENCE_S} s; there is:\n{shown}\n{self.heard}")

    async def said(
        self, *words: str, person: int = ANNA, chat: str = "bot"
    ) -> list[dict[str, Any]]:
        """Wait until messages with all of these words are there."""
        return await self.until(
            lambda messages: all(any(w in m["text"] for m in messages) for w in words), person, chat
        )

    async def asked(self, method: str) -> None:
        """Wait until the client has called a method: VK tells only what happens after the place was asked for."""
        since = 0
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = await self.control.get(
                    "/control/calls", params={"since": since, "wait": 5}
                )
                if any(call["method"] == method for call in answer.json()["calls"]):
                    return
                since = answer.json()["next"]

    async def printed(self, beginning: str) -> str:
        """Wait for a line that the client prints."""
        assert self.client is not None and self.client.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = (await self.client.stdout.readline()).decode()
                if not line:
                    raise AssertionError(f"the client ended with {await self.client.wait()}")
                self.heard.append(line)
                if line.startswith(beginning):
                    return line


@asynccontextmanager
async def town(network: str, script: str, *args: str) -> AsyncIterator[Town]:
    """Run a strict sandbox and a client's script, which gets the sandbox's URL, the bot's key and `args`."""
    async with (
        serve(inspected()) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.url, timeout=40, trust_env=False, verify=False
        ) as control,
    ):
        made = Town(sandbox, control, network)
        key = await _settled(made)
        made.client = await asyncio.create_subprocess_exec(
            str(PYTHON), str(HERE / script), sandbox.url, key, *args,
            stdout=asyncio.subprocess.PIPE, env=_environment(), cwd=tempfile.gettempdir(),
        )  # fmt: skip
        try:
            await made.printed("ready")
            if args[0] == "polling" and network == "vk":
                await made.asked("groups.getLongPollServer")
            yield made
        finally:
            with suppress(ProcessLookupError):
                made.client.kill()
            await made.client.communicate()


async def _settled(made: Town) -> str:
    """Let the people and the bot's account come into the world; return the account's key."""
    people = [{"id": ANNA, "name": "Анна Котова"}, {"id": BORIS, "name": "Борис Лунин"}]
    account: dict[str, Any] = {"network": made.network, "name": "bot", "title": "Бот"}
    if made.network == "vk":
        account |= {"user_token": USER_KEY, "admins": [BORIS]}
    world = await made.post("world", people=people, accounts=[account])
    key: str = world["accounts"][0]["token"]
    return key


def in_town(
    story: Callable[[Town], Awaitable[None]], network: str, script: str, *args: str
) -> None:
    """Play a story in a town of its own."""

    async def play() -> None:
        async with town(network, script, *args) as made:
            await story(made)

    asyncio.run(play())


def _environment() -> dict[str, str]:
    """Return this environment without proxies: the client talks to this machine only."""
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
