"""The sandbox as a program: how it ends, and what it says of wrong options."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from typing import Any

import pytest

from sandbox.__main__ import main, read_arguments
from tests.sandbox.served import (
    CLOSE,
    WAIT_S,
    Served,
    request,
    rest_of,
)
from tests.support.inspected import flags


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
