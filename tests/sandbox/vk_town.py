"""A small town for the tests of the sandbox's VK: one community, a few people, a clock that stands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import httpx
from PIL import Image
from starlette.applications import Starlette
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from sandbox.calls import Calls
from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.gate import Gate
from sandbox.limits import Limits
from sandbox.vk import VkSide
from sandbox.world import Account, Chat, Message, Person, World
from tests.support.inspected import inspector

ANNA, BORIS, ADMIN = 11, 12, 90
GROUP, COMMUNITY_KEY, USER_KEY = 5001, "community-key", "user-key"
MORNING = 1_770_000_000.0


class Town:
    """The world, VK's side of it, and a way to call its API without a network."""

    def __init__(self, *, clock: str = "manual", strict: bool = True) -> None:
        self.clock = SandboxClock("manual" if clock == "manual" else "real", at=MORNING)
        self.world = World(self.clock)
        for id_, name in ((ANNA, "Анна Котова"), (BORIS, "Борис Лис"), (ADMIN, "Ольга Главная")):
            self.world.people[id_] = Person(id_, name)
        self.gate = Gate(self.world, Faults(self.clock), Limits(self.world), Calls())
        self.gate.inspector = inspector()
        self.vk = VkSide(self.world, self.gate, strict=strict)
        self.account: Account = self.vk.add_account(
            "news",
            title="Вестник",
            token=COMMUNITY_KEY,
            user_token=USER_KEY,
            admins=[ADMIN],
            id=GROUP,
        )
        self.app = Starlette(routes=self.vk.routes())
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://vk.test"
        )

    def dialog(self, person: int = ANNA) -> Chat:
        return self.vk.find_chat("news", person)

    @property
    def wall(self) -> Chat:
        return self.vk.find_chat("wall:news", None)

    def conversation(self, title: str = "Профком", **options: Any) -> Chat:
        """Make a conversation that Anna owns, with Boris and the community in it as its administrator."""
        usual: dict[str, Any] = {"members": [BORIS], "admins": [ANNA], "bots": ["news"]}
        return self.vk.add_chat("chat", title, **(usual | options))

    async def do(self, chat: Chat, person: int, what: str, /, **args: Any) -> Any:
        """Have a person do something."""
        return await self.vk.do(chat, person, what, args)

    async def meet(self, *people: int) -> None:
        """Let people write first, so that the community may answer."""
        for person in people or (ANNA,):
            await self.vk.say(self.dialog(person), person, text="Здравствуйте")

    async def call(self, method: str, key: str = COMMUNITY_KEY, /, **params: Any) -> Any:
        """Call a method and return the whole body."""
        sent = {"v": "5.199", "access_token": key, **params}
        answer = await self.http.post(f"/vk/method/{method}", data=sent)
        assert answer.status_code == 200
        return answer.json()

    async def ok(self, method: str, key: str = COMMUNITY_KEY, /, **params: Any) -> Any:
        """Call a method that must succeed and return its response."""
        body = await self.call(method, key, **params)
        assert "error" not in body, body
        return body["response"]

    async def code(self, method: str, key: str = COMMUNITY_KEY, /, **params: Any) -> int:
        """Call a method that must fail and return the error's code."""
        body = await self.call(method, key, **params)
        assert "error" in body, body
        return int(body["error"]["error_code"])

    async def send(self, person: int = ANNA, text: str = "Новость", **params: Any) -> Any:
        usual: dict[str, Any] = {"peer_id": person, "message": text, "random_id": 0}
        return await self.ok("messages.send", **(usual | params))

    def last(self, person: int = ANNA) -> Message:
        return self.dialog(person).messages[-1]

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the objects of the events of one type that wait for the long poll."""
        return [e["object"] for e in self.account.updates if e["type"] == name]


def picture(width: int = 40, height: int = 30, format_: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "red").save(file, format_)
    return file.getvalue()


@contextmanager
def served(town: Town) -> Iterator[str]:
    """Serve a town on a free port of 127.0.0.1 from a thread of its own; yields its address."""
    loop = asyncio.new_event_loop()
    config = Config(town.app, lifespan="off", ws="none", access_log=False, log_config=None)
    config.load()
    state = ServerState()

    async def listen() -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(
            lambda: HttpToolsProtocol(config, state, {}), "127.0.0.1", 0
        )

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)

    async def stop() -> None:
        server.close()
        town.world.stopping.set()
        town.world.touch()
        for connection in list(state.connections):
            connection.transport.abort()
        tasks = list(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
