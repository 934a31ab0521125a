"""The sandbox as one server on one port: every network's API, control, the news sites and the pages.

    async with serve() as sandbox:
        sandbox.url  # http://127.0.0.1:<port>

It drives uvicorn's HTTP protocol without uvicorn's own server loop, because that one needs tenths of
a second to stop and cannot cut a connection; tests start and stop dozens of sandboxes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from sandbox import control, front, page, sites
from sandbox.api import Inspector
from sandbox.calls import KEPT_CALLS, Calls
from sandbox.connection import REFUSE, Connection, Patience, watch
from sandbox.faults import Faults
from sandbox.gate import Gate
from sandbox.kept import Kept
from sandbox.limits import Limits
from sandbox.networks import NetworkSide
from sandbox.state import Keeper
from sandbox.telegram import TelegramSide
from sandbox.vk import VkSide
from sandbox.world import World

_LAST_WORDS_S = 0.3  # what running calls get to finish when the server stops
_WAITING_CONNECTIONS = 2048
_FAILURES = {  # what a platform says when something in it breaks
    "/telegram/": {"ok": False, "error_code": 500, "description": "Internal Server Error"},
    "/vk/": {"error": {"error_code": 10, "error_msg": "Internal server error"}},
}
_log = logging.getLogger(__name__)


class Sandbox:
    """A world with its networks, and the server that shows them."""

    def __init__(
        self,
        *,
        state: Path | None = None,
        strict: bool = False,
        inspector: Inspector | None = None,
        kept: Kept | None = None,
        log: int = KEPT_CALLS,
        patience: Patience | None = None,
    ) -> None:
        """Build the world, from `state` if that file exists; raises state.Broken if it cannot be read.

        `strict` refuses parameters that a method does not have; `inspector` looks at all traffic.
        `kept` limits the messages that stay, `log` the calls that do; `patience` is had with clients.
        """
        self.world = World(kept=kept)
        self.gate = Gate(self.world, Faults(self.world.clock), Limits(self.world), Calls(log))
        self.gate.inspector = inspector
        self.telegram = TelegramSide(self.world, self.gate, strict=strict)
        self.vk = VkSide(self.world, self.gate, strict=strict)
        self.sides: dict[str, NetworkSide] = {"telegram": self.telegram, "vk": self.vk}
        self.keeper = Keeper(state, self.world, self.gate) if state else None
        self.restored = self.keeper is not None and self.keeper.load()
        self.app = create_app(self.world, self.sides, self.gate)
        self.url = ""
        self._server: asyncio.Server | None = None
        self._uvicorn = ServerState()
        self._patience = patience or Patience()
        self._watching: asyncio.Task[None] | None = None
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
            lambda: Connection(config, self._uvicorn), host, port, backlog=_WAITING_CONNECTIONS
        )
        taken = self._server.sockets[0].getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{taken}"
        self._watching = asyncio.create_task(watch(self._uvicorn.connections, self._patience))
        for side in self.sides.values():
            side.start()
        if self.keeper:
            self._saving = asyncio.create_task(self.keeper.run())

    async def stop(self) -> None:
        """Stop listening, end long polls, drop what still runs after a moment, write the state."""
        if self._server is None:
            return
        self._server.close()
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
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
        for side in self.sides.values():
            await side.stop()
        await self._server.wait_closed()
        self._server = None
        if self._saving and self.keeper:
            self.keeper.stop()
            await self._saving

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = scope["extensions"].get(REFUSE)
        if status is not None:
            refusal = Response(front.page(status), status, media_type="text/html")
            await refusal(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception:
            # `_failed` has answered; the address stays out of the log, there are keys in it.
            _log.exception("%s of %s… failed", scope["method"], scope["path"][:10])
        except asyncio.CancelledError:
            # Only `stop` cancels; uvicorn would print a traceback for each call it ends.
            if not self.world.stopping.is_set():
                raise


def create_app(world: World, sides: dict[str, NetworkSide], gate: Gate) -> Starlette:
    """Put all routes together; the networks' APIs come first because speed matters there."""
    routes = [route for side in sides.values() for route in side.routes()]
    return Starlette(
        routes=[*routes, *control.routes(world, sides, gate), *sites.routes(world), *page.routes()],
        exception_handlers={Exception: _failed},
    )


def _failed(request: Request, error: Exception) -> Response:
    """Word a failure of the sandbox itself in the way of the platform that was called."""
    path = request.url.path
    body = next((body for start, body in _FAILURES.items() if path.startswith(start)), None)
    status = 200 if path.startswith("/vk/") else 500  # VK's errors come with 200
    return JSONResponse(body or {"error": "the sandbox failed; see its log"}, status)


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
