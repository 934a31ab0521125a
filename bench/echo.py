"""`python -m bench.echo --port N`: a server that says yes to every call, for figures beyond the sandbox.

It reads the request only as far as it needs to give an answer a client believes: message ids that
grow, an album's answer with one message for each item, VK's with one line for each peer. Nothing is
kept, limited or checked.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import cast
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import orjson

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_BOT_ID = 7_000_000_001
_GROUP_ID = 220_000_001
_DATE = 1_750_000_000
_BOT = {"id": _BOT_ID, "is_bot": True, "first_name": "Echo", "username": "echo_bot"}
_SILENT = {
    "getupdates": [],
    "getme": _BOT,
    "getwebhookinfo": {"url": "", "pending_update_count": 0},
}
Given = Callable[[str], str]  # a parameter by its name
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "


class Answers:
    """Words the answers; the ids of messages grow from call to call."""

    def __init__(self) -> None:
        """Begin with message 1."""
        self._ids = count(1)

    def to(self, target: bytes, body: bytes) -> bytes:
        """Return the body of the answer to a request for `target` (path and query) with `body`."""
        split = urlsplit(target.decode("latin-1"))
        method = split.path.rpartition("/")[2]
        given = partial(_given, query=split.query, body=body)
        if split.path.startswith("/vk/"):
            return orjson.dumps({"response": self._vk(method, given)})
        return orjson.dumps({"ok": True, "result": self._telegram(method.lower(), given)})

    def _telegram(self, method: str, given: Given) -> object:
        if method in _SILENT:
            return _SILENT[method]
        if method == "sendmediagroup":
            items = orjson.loads(given("media") or "[]")
            return [self._message(given) | {"media_group_id": "1"} for _ in items]
        if method.startswith(("send", "edit", "forward")):
            return self._message(given)
        return {"message_id": next(self._ids)} if method == "copymessage" else True

    def _message(self, given: Given) -> dict[str, object]:
        chat = int(given("chat_id") or 0)
        return {
            "message_id": next(self._ids),
            "from": _BOT,
            "date": _DATE,
            "chat": {"id": chat, "type": "private", "first_name": "Echo"},
            "text": "…",
        }

    def _vk(self, method: str, given: Given) -> object:
        if method == "messages.send":
            peers = [int(peer) for peer in given("peer_ids").split(",") if peer]
            lines = [
                {"peer_id": peer, "message_id": number, "conversation_message_id": number}
                for peer, number in zip(peers, self._ids, strict=False)
            ]
            return lines or next(self._ids)
        if method == "wall.post":
            return {"post_id": next(self._ids)}
        if method == "groups.getById":
            return {"groups": [{"id": _GROUP_ID, "name": "Echo", "screen_name": "echo"}]}
        return 1


def _given(name: str, query: str, body: bytes) -> str:
    """Return one parameter as text, "" if it did not come; the rest of the body is not decoded."""
    if body[:1] == b"{":
        value = orjson.loads(body).get(name, "")
        return value if isinstance(value, str) else orjson.dumps(value).decode()
    pattern = rb'(?:^|&)%b=([^&]*)|name="%b"[^\0]*?\r\n\r\n(.*?)\r\n--'
    found = re.search(pattern % (name.encode(), name.encode()), body, re.DOTALL)
    if found:
        return unquote_plus((found[1] or found[2] or b"").decode("latin-1"))
    return dict(parse_qsl(query)).get(name, "") if query else ""


class Echo(asyncio.Protocol):
    """One connection; requests with a Content-Length, one after another or pipelined."""

    def __init__(self, answers: Answers) -> None:
        """Answer from `answers`."""
        self._answers = answers
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole by now."""
        rest = self._rest + data if self._rest else data
        while True:
            end = rest.find(b"\r\n\r\n")
            if end < 0:
                break
            found = _LENGTH.search(rest, 0, end + 2)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(rest) < whole:
                break
            target = rest[: rest.index(b"\r\n")].split(b" ")[1]
            body = self._answers.to(target, rest[end + 4 : whole])
            self._transport.write(b"%b%d\r\n\r\n%b" % (_HEAD, len(body), body))
            rest = rest[whole:]
        self._rest = rest


async def _serve(port: int) -> None:
    answers = Answers()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Echo(answers), "127.0.0.1", port, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> int:
    """Listen until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m bench.echo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one (default)")
    args = parser.parse_args()
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = None
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(_serve(args.port))
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
