"""The sandbox as a server, over raw sockets: calls that are not whole, and connections that carry many."""

from __future__ import annotations

import json
import socket
from contextlib import closing

import pytest

from tests.sandbox.served import (
    CLOSE,
    OLGA,
    Served,
    one_answer,
    request,
    rest_of,
    status_of,
)


def _half(server: Served, headers: str, body: bytes) -> bytes:
    return f"POST {server.bot}/sendMessage HTTP/1.1\r\n{headers}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 100", f"chat_id={OLGA}&text=half".encode()),
        ("Content-Length: 100\r\nContent-Type: application/json", b'{"chat_id": 1001, "text": "half"}'),
        ("Transfer-Encoding: chunked", b"16\r\nchat_id=1001&text=half\r\n"),
        ("Transfer-Encoding: chunked", b"16\r\nchat_id=1001&text=half\r\nxx"),
    ],
    ids=["a form", "json", "chunks without an end", "chunks that break off"],
)  # fmt: skip
def test_half_a_call_is_never_carried_out(server: Served, headers: str, body: bytes) -> None:
    with closing(server.connect()) as client:
        client.sendall(_half(server, headers, body))
        client.shutdown(socket.SHUT_WR)
        rest_of(client)
    assert server.works()
    assert "half" not in server.texts()


@pytest.mark.parametrize(
    "body", [b"{", b"[1", b'{"chat_id": 1001, "text": "\xff"}', b"[]", b"null"]
)
def test_broken_json_is_refused_in_the_platforms_words(server: Served, body: bytes) -> None:
    kind = "Content-Type: application/json"
    answer = server.talk(request(f"{server.bot}/sendMessage", body, kind, CLOSE))
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (status_of(answer), told["ok"], told["error_code"]) == (400, False, 400)
    answer = server.talk(request("/vk/method/messages.send", body, kind, CLOSE))
    assert (status_of(answer), "error" in json.loads(answer.partition(b"\r\n\r\n")[2])) == (
        200,
        True,
    )


def test_pipelined_calls_are_answered_in_their_order(server: Served) -> None:
    with closing(server.connect()) as client:
        names = ["getMe", "nothing", "getMyCommands", "getMe"]
        client.sendall(b"".join(request(f"{server.bot}/{name}") for name in names))
        answers = [one_answer(client) for _ in names]
    assert [status for status, _ in answers] == [200, 404, 200, 200]
    assert json.loads(answers[2][1])["result"] == []


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"])
@pytest.mark.parametrize("path", ["", "/vk/method/users.get", "/control/world", "/", "/nowhere"])
def test_an_odd_method_gets_an_answer_and_leaves_the_connection_usable(
    server: Served, method: str, path: str
) -> None:
    with closing(server.connect()) as client:
        client.sendall(request(path or f"{server.bot}/getMe", method=method))
        status, body = one_answer(client)
        assert 200 <= status < 500
        assert b"Traceback" not in body
        client.sendall(request(f"{server.bot}/getMe"))
        assert one_answer(client)[0] == 200


def test_head_has_the_headers_and_no_body(server: Served) -> None:
    with closing(server.connect()) as client:
        client.sendall(request("/", method="HEAD"))
        client.sendall(request(f"{server.bot}/getMe", b"", CLOSE))
        answers = rest_of(client).split(b"\r\n\r\n")
    assert answers[0].startswith(b"HTTP/1.1 200")
    assert answers[1].startswith(b"HTTP/1.1 200")
    assert json.loads(answers[2])["ok"] is True


def test_a_wish_for_another_protocol_is_passed_over(server: Served) -> None:
    wish = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
    body = f"chat_id={OLGA}&text=h2c".encode()
    kind = "Content-Type: application/x-www-form-urlencoded"
    with closing(server.connect()) as client:
        client.sendall(request(f"{server.bot}/sendMessage", body, kind, *wish))
        assert one_answer(client)[0] == 200
        client.sendall(request(f"{server.bot}/getMe"))
        assert one_answer(client)[0] == 200
    assert server.texts()[-1] == "h2c"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/vk", 404), ("/vk/method", 404), ("/control/x", 404),
     ("/telegramm", 404), ("//", 404), ("/control/world/../x", 404), ("/%00", 404), ("/%ff%fe", 404)],
)  # fmt: skip
def test_an_unknown_path_is_not_found(server: Served, path: str, status: int) -> None:
    answer = server.talk(request(path, b"", CLOSE, method="GET"))
    assert status_of(answer) == status
    if path.startswith("/control"):
        assert "docs/sandbox.md" in json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
