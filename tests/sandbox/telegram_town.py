"""A small Telegram for tests: one bot, three people, a channel, a group and a supergroup."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from sandbox.server import Sandbox, serve
from sandbox.world import Account, Chat, Media, Person
from tests.support.inspected import inspected

OLGA, IVAN, ANNA = 1001, 1002, 1003


class Town:
    """A running sandbox and a client that speaks plain HTTP to it."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox, self.http = sandbox, http
        self.side, self.world, self.gate = sandbox.telegram, sandbox.world, sandbox.gate

    @property
    def bot(self) -> Account:
        return self.account("vestnik")

    def account(self, name: str) -> Account:
        account = self.world.account("telegram", name)
        assert account is not None
        return account

    def url(self, method: str, bot: str = "vestnik") -> str:
        return f"{self.sandbox.url}/telegram/bot{self.account(bot).token}/{method}"

    async def raw(self, method: str, bot: str = "vestnik", **params: Any) -> dict[str, Any]:
        """Call a method with a JSON body and return the whole answer."""
        async with self.http.post(self.url(method, bot), json=params) as answer:
            body: dict[str, Any] = await answer.json()
            assert body["ok"] is (answer.status == 200)
            return body

    async def call(self, method: str, bot: str = "vestnik", **params: Any) -> Any:
        """Call a method that has to succeed and return its result."""
        body = await self.raw(method, bot, **params)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, bot: str = "vestnik", **params: Any) -> tuple[int, str]:
        """Call a method that has to fail; return code and description."""
        body = await self.raw(method, bot, **params)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    async def upload(self, method: str, files: dict[str, tuple[str, bytes]], **params: Any) -> Any:
        """Call a method with a multipart body and return the result."""
        form = aiohttp.FormData(quote_fields=False)
        for name, value in params.items():
            form.add_field(name, str(value))
        for name, (file_name, content) in files.items():
            form.add_field(
                name, content, filename=file_name, content_type="application/octet-stream"
            )
        async with self.http.post(self.url(method), data=form) as answer:
            body = await answer.json()
            assert body["ok"], body
            return body["result"]

    async def updates(self, bot: str = "vestnik", **params: Any) -> list[dict[str, Any]]:
        """Fetch and confirm what waits for a bot."""
        got: list[dict[str, Any]] = await self.call("getUpdates", bot, **params)
        if got:
            await self.call("getUpdates", bot, offset=got[-1]["update_id"] + 1, limit=1)
        return got

    async def poll(self, **params: Any) -> asyncio.Task[dict[str, Any]]:
        """Begin a long poll and return it once it waits; its result is the whole answer."""
        task = asyncio.create_task(self.raw("getUpdates", timeout=50, **params))
        while not self.side.updates.waits(self.bot):  # noqa: ASYNC110  the server's turns, not time, are waited for
            await asyncio.sleep(0)
        return task

    def dialog(self, person: int = OLGA, bot: str = "vestnik") -> Chat:
        return self.side.find_chat(bot, person)

    async def started(self, person: int = OLGA) -> Chat:
        """Let a person start the bot, and the bot see it."""
        chat = self.dialog(person)
        await self.side.do(chat, person, "start", {})
        await self.updates()
        return chat

    def media(self, content: bytes, kind: str = "photo", name: str = "фото.png") -> Media:
        """Return a file as control hands it over."""
        sha = self.world.keep(content)
        return Media(kind, sha, name, "image/png", len(content), 40, 30)  # type: ignore[arg-type]


@asynccontextmanager
async def town(*, state: Path | None = None, strict: bool = True) -> AsyncIterator[Town]:
    """Run the town (with `state`, whatever that file holds of it) without the platform's limits."""
    sandbox = inspected(state=state, strict=strict)
    if not sandbox.restored:
        settle(sandbox)
    async with serve(sandbox), aiohttp.ClientSession() as http:
        yield Town(sandbox, http)


def settle(sandbox: Sandbox) -> None:
    world, side = sandbox.world, sandbox.telegram
    for number, name in ((OLGA, "Ольга Смирнова"), (IVAN, "Иван Кузнецов"), (ANNA, "Анна")):
        world.people[number] = Person(number, name)
    side.add_account("vestnik", title="Вестник")
    side.add_account("second")
    side.add_chat(
        "channel",
        "Новости",
        members=[IVAN, ANNA],
        admins=[OLGA],
        bots=["vestnik"],
        username="novosti",
    )
    side.add_chat("group", "Цех", members=[IVAN], admins=[OLGA], bots=["vestnik"])
    side.add_chat("supergroup", "Завод", members=[IVAN], admins=[OLGA], bots=["vestnik"])
    sandbox.gate.limits.change({"telegram": {"on": False}})


def in_town(story: Callable[[Town], Awaitable[None]], **options: Any) -> None:
    """Run a story in a town of its own."""

    async def run() -> None:
        async with town(**options) as place:
            await story(place)

    asyncio.run(run())


CHANNEL, GROUP, SUPERGROUP = -1_002_000_000_001, -4_000_000_001, -1_002_000_000_002


def png(width: int = 40, height: int = 30, color: str = "red") -> bytes:
    """Return a picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "PNG")
    return out.getvalue()
