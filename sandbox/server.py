"""The sandbox as one server on one port: every network's API, control, the news sites and the pages.

    async with serve() as sandbox:
        sandbox.url  # http://127.0.0.1:<port>

It drives uvicorn's HTTP protocol without uvicorn's own server loop, because that one needs tenths of
a second to stop and cannot cut a connection; tests start and stop dozens of sandboxes.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from sandbox import control, page, sites
from sandbox.calls import Calls
from sandbox.faults import Faults
from sandbox.gate import DROP, Gate
from sandbox.limits import Limits
from sandbox.networks import NetworkSide
from sandbox.state import Keeper
from sandbox.telegram import TelegramSide
from sandbox.vk import VkSide
from sandbox.world import World

_LAST_WORDS_S = 0.3  # what running calls get to finish when the server stops
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: closing sends RST


class Sandbox:
    """A world with its networks, and the server that shows them."""

    def __init__(self, *, state: Path | None = None, strict: bool = False) -> None:
        """Build the world, from `state` if that file exists; raises state.Broken if it cannot be read."""
        self.world = World()
        self.gate = Gate(self.world, Faults(self.world.clock), Limits(self.world), Calls())
        self.telegram = TelegramSide(self.world, self.gate, strict=strict)
        self.vk = VkSide(self.world, self.gate)
        self.sides: dict[str, NetworkSide] = {"telegram": self.telegram, "vk": self.vk}
        self.keeper = Keeper(state, self.world, self.gate) if state else None
        self.restored = self.keeper is not None and self.keeper.load()
        self.app = create_app(self.world, self.sides, self.gate)
        self.url = ""
        self._server: asyncio.Server | None = None
        self._uvicorn = ServerState()
        self._saving: asyncio.Task[None] | None = None

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes any free one. Raises OSError if the port is taken."""
        config = Config(
            self._guarded,
            interface="asgi3",
            lifespan="off",
            ws="none",
            access_log=False,
            log_config=None,
            proxy_headers=False,
        )
        config.load()
        self.world.stopping.clear()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Protocol(config, self._uvicorn, {}), host, port, backlog=2048
        )
        taken = self._server.sockets[0].getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
        if self.keeper:
            self._saving = asyncio.create_task(self.keeper.run())

    async def stop(self) -> None:
        """Stop listening, end long polls, drop what still runs after a moment, write the state."""
        if self._server is None:
            return
        self._server.close()
        self.world.stopping.set()
        self.world.touch()
        if self._uvicorn.tasks:
            await asyncio.wait(self._uvicorn.tasks, timeout=_LAST_WORDS_S)
        for connection in list(self._uvicorn.connections):
            connection.transport.abort()
        running = list(self._uvicorn.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None
        if self._saving and self.keeper:
            self.keeper.stop()
            await self._saving

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except asyncio.CancelledError:
            # Only `stop` cancels; uvicorn would print a traceback for each call it ends.
            if not self.world.stopping.is_set():
                raise


def create_app(world: World, sides: dict[str, NetworkSide], gate: Gate) -> Starlette:
    """Put all routes together; the networks' APIs come first because speed matters there."""
    routes = [route for side in sides.values() for route in side.routes()]
    return Starlette(
        routes=[*routes, *control.routes(world, sides, gate), *sites.routes(world), *page.routes()]
    )


@asynccontextmanager
async def serve(
    sandbox: Sandbox | None = None, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Sandbox]:
    """Run a sandbox (a new, empty one if none is given) in the current event loop while the block lasts."""
    running = sandbox or Sandbox()
    await running.start(host=host, port=port)
    try:
        yield running
    finally:
        await running.stop()


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol whose scope lets an app end the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {DROP: self._drop}  # type: ignore[dict-item]

    def _drop(self, flush: bool) -> None:
        if flush:
            self.transport.close()
            return
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()
