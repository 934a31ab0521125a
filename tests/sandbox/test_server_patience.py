"""The sandbox as a server, over raw sockets: clients that are slow, greedy or many."""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import threading
from contextlib import closing

import pytest

from sandbox.server import Sandbox
from tests.sandbox.served import (
    CLOSE,
    OLGA,
    WAIT_S,
    Served,
    one_answer,
    request,
    rest_of,
    status_of,
)

CROWD = 2_000  # idle connections


def test_a_connection_that_says_nothing_is_closed(hasty: Served) -> None:
    assert hasty.talk() == b""


def test_a_kept_connection_is_closed_after_a_while_without_calls(hasty: Served) -> None:
    answer = hasty.talk(request(f"{hasty.bot}/getMe"))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("beginning", "statuses"),
    [
        ("GET /", [408]),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: y", [408]),
        ("POST {bot}/sendMessage HTTP/1.1\r\nContent-Length: 100\r\n\r\nx", [408]),
        ("POST /nowhere HTTP/1.1\r\nContent-Length: 100\r\n\r\nx", [404]),
        ("GET {bot}/getMe HTTP/1.1\r\n\r\nGET {bot}/getMe HT", [200, 408]),
    ],
    ids=["an address", "headers", "a body", "a body that nobody reads", "a second request"],
)
def test_a_request_that_comes_drop_by_drop_is_ended(
    hasty: Served, beginning: str, statuses: list[int]
) -> None:
    gone = threading.Event()

    def drip(client: socket.socket) -> None:
        try:
            while not gone.wait(0.02):
                client.sendall(b"x" if not beginning.endswith("HT") else b"")
        except OSError:
            return

    with closing(hasty.connect()) as client:
        client.sendall(beginning.format(bot=hasty.bot).encode())
        dripping = threading.Thread(target=drip, args=(client,))
        dripping.start()
        try:
            assert hasty.works()
            answer = rest_of(client)
        finally:
            gone.set()
            dripping.join()
    answers = [status_of(b"HTTP/1.1 " + part) for part in answer.split(b"HTTP/1.1 ")[1:]]
    # Hanging up on one who still sends may take the last words along.
    assert answers in (statuses, statuses[:-1])


def test_a_long_poll_is_not_taken_for_an_idle_connection(hasty: Served) -> None:
    answer = hasty.talk(request(f"{hasty.bot}/getUpdates?timeout=1", b"", CLOSE))
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"ok": True, "result": []}


def test_one_who_never_reads_is_cut_off_and_holds_little(hasty: Served) -> None:
    calls_before = hasty.sandbox.gate.calls.next
    for number in range(30):
        hasty.call("sendMessage", {"chat_id": OLGA, "text": f"{number}" + "ж" * 4000})
    hungry = request(f"/control/chats/telegram/vestnik?as={OLGA}", method="GET")
    with closing(hasty.connect()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sent = 0
        client.settimeout(0.2)
        try:
            for _ in range(2_000):
                client.sendall(hungry)
                sent += 1
        except OSError:
            pass  # the server reads no further, or has hung up
        client.settimeout(WAIT_S)
        got = rest_of(client)
    assert got.count(b"HTTP/1.1 200") < sent
    assert hasty.works()
    assert hasty.sandbox.gate.calls.next - calls_before == 31
    assert hasty.run(_connections(hasty.sandbox)) <= 1


async def _connections(sandbox: Sandbox) -> int:
    while len(sandbox._uvicorn.connections) > 1:  # noqa: ASYNC110  the server's own turns are waited for
        await asyncio.sleep(0.01)
    return len(sandbox._uvicorn.connections)


def test_calls_go_on_beside_a_crowd_of_idle_connections(server: Served) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = CROWD if hard == resource.RLIM_INFINITY else min(CROWD, (hard - 300) // 2)
    crowd = [server.connect() for _ in range(most)]
    try:
        for client in crowd[::100]:
            client.sendall(request(f"{server.bot}/getMe"))
            assert one_answer(client)[0] == 200
        assert server.works()
        assert len(server.sandbox._uvicorn.connections) >= most
    finally:
        for client in crowd:
            client.close()
