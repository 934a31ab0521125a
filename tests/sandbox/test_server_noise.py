"""The sandbox as a server, over raw sockets: what is no HTTP, or too much of it."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from sandbox.connection import MAX_HEAD, MAX_URL
from tests.sandbox.served import (
    CLOSE,
    MEGABYTE,
    OLGA,
    Served,
    one_answer,
    request,
    rest_of,
    status_of,
)

NO_HTTP = {
    "noise": b"\x00\x01\x02\xff\r\n\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 20,
    "an unknown method": b"FOO / HTTP/1.1\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a blank in a header's name": b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "a length that is no number": b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a broken chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
    "a raw letter in the path": "GET /ж HTTP/1.1\r\n\r\n".encode(),
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_what_is_no_http_is_refused_and_the_server_goes_on(server: Served, sent: bytes) -> None:
    answer = server.talk(sent)
    assert status_of(answer) == 400
    assert b"Traceback" not in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert server.works()


def test_calls_before_the_noise_are_answered_first(server: Served) -> None:
    calls = request(f"{server.bot}/getMe") + request(f"{server.bot}/getMyName")
    answer = server.talk(calls + b"\x00\x01\x02\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.index(b"HTTP/1.1 400") > answer.rindex(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * (MAX_URL + 1) + b" HTTP/1.1\r\n" + CLOSE.encode() + b"\r\n\r\n", 414),
        (
            b"GET / HTTP/1.1\r\nX: "
            + b"x" * (MAX_HEAD + 1)
            + b"\r\n"
            + CLOSE.encode()
            + b"\r\n\r\n",
            431,
        ),
        (b"GET /" + b"x" * 2 * MEGABYTE, 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 2 * MEGABYTE, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * (MEGABYTE // 3), 431),
    ],
    ids=[
        "a long address",
        "a long header",
        "an endless address",
        "an endless header",
        "headers without end",
    ],
)
def test_a_head_that_is_too_long_is_refused(server: Served, sent: bytes, status: int) -> None:
    with closing(server.connect()) as client:
        try:
            client.sendall(sent)
        except (BrokenPipeError, ConnectionResetError):
            assert len(sent) > MEGABYTE  # the server hung up in the middle of it
        answer = rest_of(client)
    # What hangs up on a client that is still sending may take the answer with it.
    assert status_of(answer) in ((status,) if len(sent) < MEGABYTE else (status, 0))
    assert server.works()


def test_a_long_address_within_the_limit_is_taken(server: Served) -> None:
    text = "%D0%96" * 4096
    answer = server.talk(
        request(f"{server.bot}/sendMessage?chat_id={OLGA}&text={text}", b"", CLOSE, method="GET")
    )
    assert status_of(answer) == 200
    assert server.texts()[-1] == "Ж" * 4096


def test_what_is_announced_too_large_is_refused_before_it_comes(server: Served) -> None:
    with closing(server.connect()) as client:
        client.sendall(
            f"POST {server.bot}/sendDocument HTTP/1.1\r\nContent-Length: {60 * MEGABYTE}\r\n\r\n".encode()
        )
        status, body = one_answer(client)
    assert (status, json.loads(body)["description"]) == (413, "Request Entity Too Large")


def test_what_grows_too_large_is_refused_thrown_away_and_the_connection_lives(
    server: Served,
) -> None:
    chunk = b"%x\r\n%b\r\n" % (MEGABYTE, b"x" * MEGABYTE)
    with closing(server.connect()) as client:
        head = f"POST {server.bot}/sendDocument HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.sendall(head.encode())
        for _ in range(64):
            client.sendall(chunk)
        client.sendall(b"0\r\n\r\n" + request(f"{server.bot}/getMe"))
        assert one_answer(client)[0] == 413
        assert one_answer(client)[0] == 200
