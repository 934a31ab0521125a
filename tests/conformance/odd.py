"""Odd calls for the networks' APIs: those of a day that went well, with values changed by a seeded random."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.api import ApiCall

ODD: tuple[Any, ...] = (
    None, "", " ", "\n", 0, 1, -1, 5, True, False, 1.5, -0.0, 1e300, [], {}, [[]], [{}], [None], {"": None},
    {"type": []}, {"type": {}}, [[{"text": []}]], {"chat_id": {}}, "0", "-", "--1", "-abc", "+1", " 1 ", "1_000",
    "1.5", "1e5", "nan", "inf", "-inf", "²", "٣", "true", "null", "[]", "{}", "[[]]", "[null]", "[{}]", '"x"',
    '{"type":[]}', '[{"type":"bold","offset":0,"length":9223372036854775807}]', '[{"type":{},"offset":0,"length":1}]',
    '[{"type":"text_link","offset":0,"length":1,"url":[]}]', "[NaN]", '{"a":1,"a":2}', "[" * 10_000,
    '{"a":' * 10_000, 2**31, 2**32, 2**53, 2**63 - 1, -(2**63), 2**63, 2**64, "9" * 30, "-" + "9" * 30,
    "9" * 5000, "\x00", "a\x00b", "я", "👍🏽" * 2000, "\u202eсправа\u2066", "\ufeff", "a" * 40_000, "é" * 5000,
    "@", "@\x00", "@novosti", "-1002000000001", "2000000001", "-5001", "http://[", "http://[::1", "https://а.рф/ я",
    "http://127.0.0.1:99999/x", "http://127.0.0.1:1/\x00", "http://127.0.0.1:x/", "tg://", "//", "https://",
    "attach://", "attach://x", "attach://photo", "<b", "<a href='http://['>x</a>", "&#x110000;", "<b><i></b>", "*_[",
    "[x](http://[)", "`" * 9, ">", "||", "photo", "photo_", "photo1_1", "photo-5001_1,photo-5001_1", "wall-5001_1",
    "doc9_9_x", "poll-5001_1", "video-5001_1_", ",", ",,,", "1,-2,x", "[1|", "[id1|x]", "*id1 (x)", "%", "%s", "{0}",
    "return", "return 1", "while(true){}", "return API.users.get({});", "return [1,2][9];", "return -[];", "return (",
)  # fmt: skip


@dataclass(slots=True)
class Recorder:
    """An inspector that keeps the calls it sees: network, method, parameters, whose key."""

    calls: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)

    def before(self, call: ApiCall) -> None:
        self.calls.append((call.method, dict(call.params), call.lane))

    def after(self, call: ApiCall, outcome: Any) -> None:
        return

    def told(self, network: str, body: dict[str, Any]) -> None:
        return


def changed(random: Random, params: dict[str, Any], known: list[str]) -> dict[str, Any]:
    """Return the parameters with one to three changed, added or left out."""
    given = dict(params)
    for _ in range(random.randint(1, 3)):
        if given and random.random() < 0.7:
            name = random.choice(sorted(given))
        else:
            name = random.choice(known or ["chat_id"])
        if random.random() < 0.1:
            given.pop(name, None)
        else:
            given[name] = _value(random, given.get(name))
    return given


def _value(random: Random, old: Any) -> Any:
    inner = old
    if isinstance(old, str) and old[:1] in ("[", "{"):
        try:
            inner = json.loads(old)
        except (ValueError, RecursionError):
            inner = old
    if isinstance(inner, (dict, list)) and inner and random.random() < 0.7:
        new = _inside(random, inner)
        return json.dumps(new) if isinstance(old, str) else new
    return random.choice(ODD)


def _inside(random: Random, value: Any) -> Any:
    """Return a structure with one value in it changed, or one more than it had."""
    if not isinstance(value, (dict, list)) or not value or random.random() < 0.15:
        return random.choice(ODD)
    if isinstance(value, list):
        place = random.randrange(len(value))
        new = [*value[:place], _inside(random, value[place]), *value[place + 1 :]]
        return new * random.choice((1, 1, 1, 1, 2, 20))
    name = random.choice(sorted(value))
    if random.random() < 0.1:
        return {key: inner for key, inner in value.items() if key != name}
    return {**value, name: _inside(random, value[name])}


@dataclass(slots=True)
class Answer:
    """What a call was answered with."""

    status: int
    body: bytes


async def ask(
    app: Callable[..., Awaitable[None]], path: str, body: bytes, kind: str, query: bytes = b""
) -> Answer:
    """POST to an app without a socket and return its answer; raises what the app raises."""
    got = Answer(0, b"")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
        else:
            got.body += message.get("body", b"")

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query,
        "headers": [(b"content-type", kind.encode()), (b"host", b"sandbox.test")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "extensions": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return got


def bodies(random: Random, params: dict[str, Any]) -> tuple[bytes, str]:
    """Return the parameters as one of the bodies that clients send, with its content type."""
    if random.random() < 0.6:
        return json.dumps(params).encode(), "application/json"
    return _form(params), "application/x-www-form-urlencoded"


def _form(params: dict[str, Any]) -> bytes:
    def pairs() -> Iterator[bytes]:
        for name, value in params.items():
            text = value if isinstance(value, str) else json.dumps(value)
            yield f"{_quoted(name)}={_quoted(text)}".encode()

    return b"&".join(pairs())


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
