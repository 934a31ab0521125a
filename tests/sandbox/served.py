"""A sandbox as a server in a thread of its own, and raw sockets to talk with it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sandbox.connection import Patience
from sandbox.server import Sandbox
from sandbox.world import Chat, Person
from tests.support.inspected import inspected

OLGA = 1001
WAIT_S = 10  # for what must come; nothing here waits so long unless it fails
MEGABYTE = 1024 * 1024


class Served:
    """A sandbox that runs in a thread of its own, and raw connections to it."""

    def __init__(self, sandbox: Sandbox, loop: asyncio.AbstractEventLoop) -> None:
        self.sandbox, self._loop = sandbox, loop
        self.port = int(sandbox.url.rpartition(":")[2])
        accounts = sandbox.world.accounts
        self.bot = f"/telegram/bot{accounts['telegram', 'vestnik'].token}"
        self.vk_key = accounts["vk", "vestnik"].token

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S)

    def talk(self, *pieces: bytes) -> bytes:
        """Send pieces over one connection and return all that comes until the server closes it."""
        with closing(self.connect()) as client:
            for piece in pieces:
                client.sendall(piece)
            return rest_of(client)

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Call the Bot API over a connection of its own."""
        body = json.dumps(params).encode()
        got = self.talk(
            request(f"{self.bot}/{method}", body, "Content-Type: application/json", CLOSE)
        )
        return json.loads(got.partition(b"\r\n\r\n")[2])

    def works(self) -> bool:
        """Tell whether a call is answered as it should be."""
        return bool(self.call("getMe", {})["ok"])

    def dialog(self) -> Chat:
        chat = self.sandbox.world.dialog(self.sandbox.world.accounts["telegram", "vestnik"], OLGA)
        assert chat is not None
        return chat

    def texts(self) -> list[str]:
        return [message.text for message in self.dialog().messages]

    def run(self, what: Any) -> Any:
        """Carry a coroutine out in the server's loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(WAIT_S)


CLOSE = "Connection: close"


def request(path: str, body: bytes = b"", *headers: str, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: sandbox", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def rest_of(client: socket.socket) -> bytes:
    got = b""
    try:
        while piece := client.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    return got


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def one_answer(client: socket.socket) -> tuple[int, bytes]:
    """Read one answer with a Content-Length, and no byte more."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        assert byte, f"the server closed after {head!r}"
        head += byte
    size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    body = b""
    while len(body) < size:
        body += client.recv(size - len(body))
    return status_of(head), body


@contextmanager
def serving(patience: Patience | None = None) -> Iterator[Served]:
    ready: list[Served] = []
    started, stop = threading.Event(), asyncio.Event()

    async def run() -> None:
        sandbox = inspected(patience=patience)
        sandbox.world.people[OLGA] = Person(OLGA, "Ольга")
        for side in sandbox.sides.values():
            side.add_account("vestnik")
            chat = sandbox.world.dialog(
                sandbox.world.accounts[side.name, "vestnik"], OLGA, create=True
            )
            assert chat is not None
            chat.started = True
        sandbox.gate.limits.change({"telegram": {"on": False}, "vk": {"on": False}})
        await sandbox.start()
        ready.append(Served(sandbox, asyncio.get_running_loop()))
        started.set()
        await stop.wait()
        await sandbox.stop()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert started.wait(WAIT_S)
        yield ready[0]
    finally:
        ready[0]._loop.call_soon_threadsafe(stop.set)
        thread.join(WAIT_S)
        assert not thread.is_alive()
