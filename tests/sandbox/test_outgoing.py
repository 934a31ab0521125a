"""The calls that the sandbox makes itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from receiver import Receiver, answer, receiver

from sandbox.outgoing import MAX_ANSWER, Errands, Unreachable, check_url, post


def with_receiver(story: Callable[[Receiver], Awaitable[None]]) -> None:
    async def run() -> None:
        async with receiver() as server:
            await story(server)

    asyncio.run(run())


def test_a_post_carries_body_headers_path_and_query() -> None:
    async def story(server: Receiver) -> None:
        server.answers = [answer("201 Created", b"done", X_Name="value")]
        said = await post(server.url, b'{"a":1}', headers={"X-Secret": "s"})
        came = await server.next()
        assert (said.status, said.headers["x-name"], said.body) == (201, "value", b"done")
        assert came.line == "POST /hook?key=1 HTTP/1.1"
        assert (came.headers["x-secret"], came.json) == ("s", {"a": 1})
        assert came.headers["host"] in server.url

    with_receiver(story)


def test_answers_of_every_form_are_read() -> None:
    cases = [
        (answer("200 OK", b"ok"), (200, b"ok")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            (200, b"ok"),
        ),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", (200, b"until the end")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + answer("503 Busy", b"x"), (503, b"x")),
        # A redirect is an answer like any other.
        (answer("302 Found", Location="http://127.0.0.1:1/"), (302, b"")),
        (answer("200 OK", b"x" * (MAX_ANSWER + 9)), (200, b"x" * MAX_ANSWER)),
    ]

    async def story(server: Receiver) -> None:
        for raw, expected in cases:
            server.answers = [raw]
            said = await post(server.url, b"")
            assert (said.status, said.body) == expected

    with_receiver(story)


def test_what_is_no_answer_is_unreachable_in_one_sentence() -> None:
    cases: list[tuple[bytes | None, str]] = [
        (b"SSH-2.0-OpenSSH\r\n", "not HTTP"),
        (None, "Connection closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "Connection closed"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", "headers of the answer"),
    ]

    async def story(server: Receiver) -> None:
        for raw, says in cases:
            server.answers = [raw]
            with pytest.raises(Unreachable, match=says):
                await post(server.url, b"")
        server.hold = asyncio.Event()
        with pytest.raises(Unreachable, match="Read timeout expired"):
            await post(server.url, b"", timeout_s=0.05)

    with_receiver(story)


def test_nobody_listening_is_said_in_the_systems_words() -> None:
    async def story(server: Receiver) -> None:
        closed = await asyncio.start_server(server.take, "127.0.0.1", 0)
        port = closed.sockets[0].getsockname()[1]
        closed.close()
        with pytest.raises(Unreachable, match="Connection refused"):
            await post(f"http://127.0.0.1:{port}/", b"")

    with_receiver(story)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.org/",
        "http://localhost@example.org/",
        "http://0.0.0.0/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "127.0.0.1/hook",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "",
    ],
)
def test_only_this_machine_is_reached(url: str) -> None:
    with pytest.raises(Unreachable):
        check_url(url)
    with pytest.raises(Unreachable):
        asyncio.run(post(url, b""))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://127.8.9.1:81", "http://[::1]:9/x", "http://localhost/я?ю"]
)
def test_every_address_of_this_machine_is_allowed(url: str) -> None:
    check_url(url)


def test_errands_end_when_they_are_stopped_and_say_what_went_wrong(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended: list[str] = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waiting")

    async def failing() -> None:
        raise RuntimeError("on the way")

    async def story() -> None:
        errands = Errands()
        task = errands.start(waiting())
        failed = errands.start(failing())
        await asyncio.wait([failed])
        assert not task.done()
        await errands.stop()
        assert task.cancelled()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert ended == ["waiting"]
    assert "on the way" in caplog.text
