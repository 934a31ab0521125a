"""The sandbox as a server, over raw sockets: clients that are broken, slow, greedy or many."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from sandbox.__main__ import main, read_arguments
from sandbox.connection import MAX_HEAD, MAX_URL, Patience
from sandbox.server import Sandbox
from sandbox.world import Chat, Person
from tests.support.inspected import flags, inspected

OLGA = 1001
WAIT_S = 10  # for what must come; nothing here waits so long unless it fails
CROWD = 2_000  # idle connections
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


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A patient server, shared by the cases."""
    with serving() as served:
        yield served


@pytest.fixture(scope="module")
def hasty() -> Iterator[Served]:
    """A server that gives clients fractions of a second."""
    with serving(Patience(idle=0.3, head=0.3, body=0.3, unread=0.3)) as served:
        yield served


# what is no HTTP, or too much of it

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


# calls that are not whole


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


# connections and what goes over them


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


# what breaks inside


def test_a_failing_handler_answers_in_the_platforms_words_and_is_logged(
    server: Served, caplog: pytest.LogCaptureFixture
) -> None:
    chats = [chat for chat in server.sandbox.world.chats if chat.person == OLGA]
    kept = [chat.messages for chat in chats]
    for chat in chats:
        chat.messages = None  # type: ignore[assignment]
    try:
        with caplog.at_level(logging.ERROR):
            telegram = server.call("sendMessage", {"chat_id": OLGA, "text": "x"})
            query = f"access_token={server.vk_key}&v=5.199&peer_id={OLGA}&message=x&random_id=0"
            vk = server.talk(request("/vk/method/messages.send", query.encode(), CLOSE))
    finally:
        for chat, messages in zip(chats, kept, strict=True):
            chat.messages = messages
    assert telegram == {"ok": False, "error_code": 500, "description": "Internal Server Error"}
    assert status_of(vk) == 200
    assert json.loads(vk.partition(b"\r\n\r\n")[2])["error"]["error_code"] == 10
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
    assert server.works()


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("{bot}/getChat?chat_id=@x", 500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}),
        ("/vk/longpoll/1", 200, {"error": {"error_code": 10, "error_msg": "Internal server error"}}),
    ],
)  # fmt: skip
def test_a_failure_outside_of_any_handler_is_worded_the_same_way(
    server: Served, caplog: pytest.LogCaptureFixture, path: str, status: int, told: dict[str, Any]
) -> None:
    world = server.sandbox.world
    accounts, rooms = world.accounts, world._by_id
    token_path = path.format(bot=server.bot)
    try:
        if "bot" in path:
            world._by_id = None  # type: ignore[assignment]
        else:
            world.accounts = None  # type: ignore[assignment]
        with caplog.at_level(logging.ERROR):
            answer = server.talk(request(token_path, b"", CLOSE))
    finally:
        world.accounts, world._by_id = accounts, rooms
    assert status_of(answer) == status
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == told
    assert len(caplog.records) == 1
    assert (
        server.sandbox.world.accounts["telegram", "vestnik"].token
        not in caplog.text.partition("\n")[0]
    )
    assert server.works()


# clients without haste


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


# the program


def test_the_program_ends_under_load_when_it_is_told_to() -> None:
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        "0",
        *flags(),
        "--keep",
        "5",
        "--log",
        "7",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        addresses = dict(process.stdout.readline().split() for _ in range(4))
        port = int(addresses["pages"].rstrip("/").rpartition(":")[2])
        bot = "/telegram/bot7000000001:SANDBOX-vestnik-telegram-key"
        answered = threading.Semaphore(0)

        def press_on() -> None:
            with closing(socket.create_connection(("127.0.0.1", port), WAIT_S)) as client:
                try:
                    while True:
                        client.sendall(request(f"{bot}/getMe"))
                        if not client.recv(65536):
                            return
                        answered.release()
                except OSError:
                    return

        clients = [threading.Thread(target=press_on) for _ in range(8)]
        for client in clients:
            client.start()
        for _ in range(200):
            assert answered.acquire(timeout=WAIT_S)
        log = _get(port, "/control/calls")
        process.send_signal(signal.SIGINT)
        process.wait(WAIT_S)
        for client in clients:
            client.join(WAIT_S)
        assert (process.returncode, process.stderr.read()) == (0, "")
    assert len(log["calls"]) == 7
    assert log["dropped"] > 100


def _get(port: int, path: str) -> Any:
    with closing(socket.create_connection(("127.0.0.1", port), WAIT_S)) as client:
        client.sendall(request(path, b"", CLOSE, method="GET"))
        return json.loads(rest_of(client).partition(b"\r\n\r\n")[2])


def test_a_taken_port_is_told_in_a_sentence(
    server: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--empty", "--port", str(server.port)]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"Cannot listen on 127.0.0.1:{server.port}: ")
    assert told.endswith(". Choose another --port, or 0.\n")
    assert told.count("\n") == 1


@pytest.mark.parametrize("option", ["--keep=0", "--keep=-1", "--log=many", "--log="])
def test_an_amount_that_is_none_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_arguments([option])
    assert "give a whole number above 0, not " in capsys.readouterr().err
