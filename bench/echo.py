"""`python -m bench.echo --port N`: a server that says yes to every call, for figures beyond the sandbox.

It reads the request only as far as it needs to give an answer a client believes: message ids that
grow, an album's answer with one message for each item, VK's with one line for each peer. Nothing is
checked. It may answer late (`--delay-ms`) and keep sends to a rate (`--judge`); what passed is told at
`/told?seconds=60`, and at `/paused` the longest time in seconds that the host did not let it run.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from typing import cast
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import orjson

from bench.judge import REFUSED_S, Judge, Reading
from bench.process import pin, run

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
_WATCH_S = 0.02
_OK = b"200 OK"
_TOO_MANY = b"429 Too Many Requests"
_HEAD = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
_SLOW_DOWN = {
    "ok": False,
    "error_code": 429,
    "description": f"Too Many Requests: retry after {REFUSED_S:.0f}",
    "parameters": {"retry_after": int(REFUSED_S)},
}
_SLOW_DOWN_VK = {"error": {"error_code": 6, "error_msg": "Too many requests per second"}}


class Answers:
    """Words the answers; the ids of messages grow from call to call."""

    def __init__(self, judge: Judge, clock: Callable[[], float]) -> None:
        """Begin with message 1; sends pass the judge."""
        self._ids = count(1)
        self._judge, self._clock = judge, clock
        self._paused_s = 0.0

    async def watch(self) -> None:
        """Note for how long this process could not run: what came meanwhile seems to come at once."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(_WATCH_S)
            self._paused_s = max(self._paused_s, time.monotonic() - began - _WATCH_S)

    def to(self, target: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Return status and body of the answer to a request for `target` (path and query) with `body`."""
        split = urlsplit(target.decode("latin-1"))
        rest, _, method = split.path.rpartition("/")
        given = partial(_given, query=split.query, body=body)
        if method == "told":
            return _OK, orjson.dumps(self._judge.told(float(given("seconds") or 60)))
        if method == "paused":
            return _OK, orjson.dumps(self._paused_s)
        if split.path.startswith("/vk/"):
            if method == "messages.send":
                peers = 1 + given("peer_ids").count(",")
                if not self._judge.passes(given("access_token"), self._clock(), peers):
                    return _OK, orjson.dumps(_SLOW_DOWN_VK)
            return _OK, orjson.dumps({"response": self._vk(method, given)})
        key = rest.rpartition("/bot")[2]
        if method.startswith("send") and not self._judge.passes(key, self._clock()):
            return _TOO_MANY, orjson.dumps(_SLOW_DOWN)
        return _OK, orjson.dumps({"ok": True, "result": self._telegram(method.lower(), given)})

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
    encoded = name.encode()
    if body[:2] != b"--":
        _, found, rest = (b"&" + body).partition(b"&" + encoded + b"=")
        if found:
            return unquote_plus(rest.partition(b"&")[0].decode("latin-1"))
    elif part := re.search(rb'name="%b"[^\0]*?\r\n\r\n(.*?)\r\n--' % encoded, body, re.DOTALL):
        return part[1].decode("latin-1")
    return dict(parse_qsl(query)).get(name, "") if query else ""


class Echo(asyncio.Protocol):
    """One connection; requests with a Content-Length, one after another or pipelined."""

    def __init__(self, answers: Answers, delay_s: float, connected: set[asyncio.Transport]) -> None:
        """Answer from `answers`, so much later; stand in `connected` while there is a connection."""
        self._answers, self._delay_s, self._connected = answers, delay_s, connected
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        self._connected.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Be gone."""
        self._connected.discard(self._transport)

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
            status, body = self._answers.to(target, rest[end + 4 : whole])
            self._say(_HEAD % (status, len(body), body))
            rest = rest[whole:]
        self._rest = rest

    def _say(self, answer: bytes) -> None:
        if self._delay_s:
            loop = asyncio.get_running_loop()
            # The loop's clock stands while it works: a late request would be answered too early.
            behind = max(0.0, time.monotonic() - loop.time())
            loop.call_later(self._delay_s + behind, self._transport.write, answer)
        else:
            self._transport.write(answer)


@asynccontextmanager
async def listening(port: int, delay_s: float, judge: Judge) -> AsyncIterator[str]:
    """Answer at a port of this computer (0 takes any free one) while the block lasts; gives the address."""
    loop = asyncio.get_running_loop()
    answers = Answers(judge, time.monotonic)
    connected: set[asyncio.Transport] = set()
    server = await loop.create_server(
        lambda: Echo(answers, delay_s, connected), "127.0.0.1", port, backlog=2048
    )
    watching = asyncio.create_task(answers.watch())
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        watching.cancel()
        server.close()
        for transport in connected:
            transport.abort()
        await asyncio.sleep(0)  # in which they are told


async def _serve(port: int, delay_s: float, judge: Judge) -> None:
    async with listening(port, delay_s, judge) as url:
        print(url, flush=True)
        await asyncio.Event().wait()


def main() -> int:
    """Listen until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m bench.echo", description=__doc__)
    readings: tuple[Reading, ...] = ("none", "bucket", "sliding")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one (default)")
    parser.add_argument(
        "--delay-ms", type=float, default=0, help="between a request and its answer"
    )
    parser.add_argument("--judge", choices=readings, default="none", help="how sends are limited")
    parser.add_argument("--per-s", type=float, default=30, help="sends a second for each key")
    parser.add_argument("--core", type=int, help="the processor core to run on")
    args = parser.parse_args()
    pin(args.core)
    with suppress(KeyboardInterrupt):
        run(_serve(args.port, args.delay_ms / 1000, Judge(args.judge, args.per_s)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
