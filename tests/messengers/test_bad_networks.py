"""What an adapter concludes from every way a call can fail: nothing was done, or nobody knows.

One table over both HTTP clients in use: pyreqwest (Telegram) and requests through vk_api (VK).
"""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import orjson
import pytest
import wire
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wire import Wire, answer, saying

from core.errors import MessengerError
from core.messenger import Later, MediaFile, Messenger, Outcome, Part, Place, Refused, Sent, Unknown
from core.richtext import plain
from core.words import ChatKind, Reason
from messengers.telegram.adapter import Telegram
from messengers.transport import Timeouts
from messengers.vk.adapter import Vk

QUICK = Timeouts(connect=0.4, total=0.4, upload=0.4, poll=0, idle=10, careful_idle=10)
TOKEN = "77:secret/of+the-bot"
COMMUNITY_KEY, USER_KEY = "vk1.a.secret-community", "vk1.a.secret-human"
SECRETS = ("secret", "of+the-bot", "of%2Bthe-bot")
PART = Part(plain("Новость"))
Told = TypeVar("Told")


def telegram(base: str, times: Timeouts = QUICK, proxy: str | None = None) -> Messenger:
    return Telegram(TOKEN, base, timeouts=times, proxy=proxy)


def vk(base: str, times: Timeouts = QUICK, proxy: str | None = None) -> Messenger:
    api = f"{base}/method/"
    return Vk(9, COMMUNITY_KEY, USER_KEY, api, timeouts=times, proxy=proxy, wall_pause=0)


@dataclass(frozen=True)
class Network:
    """How one messenger is opened, where it writes to, and what a success looks like."""

    open: Callable[[str], Messenger]
    open_with: Callable[..., Messenger]
    place: Place
    good: bytes
    senseless: bytes  # JSON, but not this messenger's


NETWORKS = {
    "telegram": Network(
        telegram,
        telegram,
        Place("5", ChatKind.CHANNEL),
        b'{"ok":true,"result":{"message_id":8}}',
        b'{"result":{"message_id":8}}',
    ),
    "vk": Network(
        vk,
        vk,
        Place("5", ChatKind.PRIVATE),
        b'{"response":[{"peer_id":5,"message_id":1,"conversation_message_id":8}]}',
        b'{"ok":true}',
    ),
    "vk wall": Network(
        vk,
        vk,
        Place("-9", ChatKind.WALL),
        b'{"response":{"post_id":8}}',
        b"[1]",
    ),
}


@contextmanager
def serving(act: wire.Act, scheme: str = "http") -> Iterator[str]:
    with Wire(act) as server:
        yield f"{scheme}://127.0.0.1:{server.port}"


@contextmanager
def refusing() -> Iterator[str]:
    yield f"http://127.0.0.1:{wire.nobody()}"


@contextmanager
def nameless() -> Iterator[str]:
    yield "http://nobody.invalid"


PAGE = b"<html>502 Bad Gateway</html>"
NOT_LEFT = {
    "refused": refusing,
    "no such name": nameless,
    "no TLS there": lambda: serving(wire.not_tls, "https"),
}
LOST = {
    "hang after the request": lambda: serving(wire.hang),
    "reset after the request": lambda: serving(wire.reset),
    "closed after the request": lambda: serving(wire.hang_up),
    "cut head": lambda: serving(saying(b"HTTP/1.1 200 OK\r\nConte")),
    "cut body": lambda: serving(saying(answer(b'{"ok":true,"result":{}}')[:-9])),
    "not HTTP": lambda: serving(saying(b"\x00\x01\x02\r\n\r\n")),
    "page of a proxy": lambda: serving(saying(answer(PAGE, "502 Bad Gateway"))),
    "page with 200": lambda: serving(saying(answer(PAGE))),
    "empty 200": lambda: serving(saying(answer(b""))),
    "JSON of nobody": lambda: serving(saying(answer(b"null"))),
    # Followed, it would end in a refused connection and look as if nothing had left.
    "redirect": lambda: serving(
        saying(answer(b"", "302 Found", b"Location: http://127.0.0.1:1/\r\n"))
    ),
}


def run(network: Network, base: str, do: Callable[[Messenger], Awaitable[Told]]) -> Told:
    async def story() -> Told:
        messenger = network.open(base)
        try:
            return await do(messenger)
        finally:
            await messenger.close()

    return asyncio.run(story())


async def created(messenger: Messenger, place: Place) -> Outcome:
    (outcome,) = await messenger.send([place], PART, 7)
    return outcome


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("failure", NOT_LEFT)
def test_a_create_that_surely_did_not_leave_is_tried_again(name: str, failure: str) -> None:
    network = NETWORKS[name]
    with NOT_LEFT[failure]() as base:
        outcome = run(network, base, lambda m: created(m, network.place))
    assert isinstance(outcome, Later), outcome
    assert outcome.reason is Reason.UNREACHABLE
    assert outcome.whole_account


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("failure", LOST)
def test_a_create_that_may_have_left_is_unknown(name: str, failure: str) -> None:
    network = NETWORKS[name]
    with LOST[failure]() as base:
        outcome = run(network, base, lambda m: created(m, network.place))
    assert isinstance(outcome, Unknown), outcome


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("failure", [*NOT_LEFT, *LOST])
def test_an_edit_is_always_tried_again(name: str, failure: str) -> None:
    network = NETWORKS[name]
    with {**NOT_LEFT, **LOST}[failure]() as base:
        outcome = run(network, base, lambda m: m.edit(network.place, ["8"], PART))
    assert isinstance(outcome, Later), outcome


@pytest.mark.parametrize("name", NETWORKS)
def test_who_never_answers_is_not_waited_for(name: str) -> None:
    network = NETWORKS[name]
    with Wire(wire.hang) as server:
        base = f"http://127.0.0.1:{server.port}"
        outcome = run(network, base, lambda m: created(m, network.place))
        assert not server.closed.is_set(), "it was the server that gave up"
    assert isinstance(outcome, Unknown), outcome


@pytest.mark.parametrize("name", NETWORKS)
def test_an_answer_of_another_shape_leaves_a_create_unknown(name: str) -> None:
    network = NETWORKS[name]
    with serving(saying(answer(network.senseless))) as base:
        outcome = run(network, base, lambda m: created(m, network.place))
    assert isinstance(outcome, Unknown), outcome


# What stands in answers that make a message, in any place and of any kind.
WORDS = (
    "message_id",
    "photo",
    "file_id",
    "width",
    "chat",
    "username",
    "peer_id",
    "conversation_message_id",
    "error",
    "code",
    "post_id",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 9) | st.text("аx", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
        | st.fixed_dictionaries({"message_id": st.just(8), "photo": inner})
        | st.lists(st.fixed_dictionaries({"peer_id": st.just(5), "error": inner}), max_size=1)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_answer_whatever_is_in_it_lets_a_create_fail_by_itself(
    name: str, tmp_path: Path
) -> None:
    """Whoever raises is taken for not having left, and is tried again."""
    network = NETWORKS[name]
    (tmp_path / "picture").write_bytes(b"picture")
    file = MediaFile("a" * 64, tmp_path / "picture", "image/png", "picture.png")
    part = replace(PART, media=(file,)) if name == "telegram" else PART
    envelope = {"telegram": "result"}.get(name, "response")
    said = [b""]

    def say(server: Wire, connection: socket.socket) -> None:
        server.read(connection)
        connection.sendall(said[0])

    with serving(say) as base, asyncio.Runner() as runner:
        messenger = network.open(base)

        @settings(max_examples=60, deadline=None)
        @example([{"peer_id": 5, "error": {"code": None}}])
        @given(ANYTHING)
        def ask(found: object) -> None:
            said[0] = answer(orjson.dumps({"ok": True, envelope: found}))
            (outcome,) = runner.run(messenger.send([network.place], part, 7))
            assert isinstance(outcome, Sent | Refused | Unknown | Later)

        try:
            ask()
        finally:
            runner.run(messenger.close())


@pytest.mark.parametrize("photo", ["x", [{"width": 9}], [None], {"file_id": "a"}])
def test_a_picture_that_arrived_is_sent_however_its_sizes_are_told(
    tmp_path: Path, photo: object
) -> None:
    (tmp_path / "picture").write_bytes(b"picture")
    file = MediaFile("a" * 64, tmp_path / "picture", "image/png", "picture.png")
    said = orjson.dumps({"ok": True, "result": {"message_id": 8, "photo": photo}})
    with serving(saying(answer(said))) as base:
        part = replace(PART, media=(file,))
        place = NETWORKS["telegram"].place
        (outcome,) = run(NETWORKS["telegram"], base, lambda m: m.send([place], part, 7))
    assert outcome == Sent(("8",))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_connection_closed_while_idle_costs_nothing(name: str) -> None:
    network = NETWORKS[name]
    with Wire(wire.good_then_gone(answer(network.good))) as server:

        async def twice(messenger: Messenger) -> Outcome:
            assert isinstance(await created(messenger, network.place), Sent)
            await asyncio.to_thread(server.closed.wait, 5)
            await asyncio.sleep(0.05)  # the client's own thread has to hear of it
            return await created(messenger, network.place)

        outcome = run(network, f"http://127.0.0.1:{server.port}", twice)
        assert outcome == Sent(("8",))
        assert len(server.heard) == 2


# A wall has one thread, so its second call meets the first one's connection.
@pytest.mark.parametrize("name", ["telegram", "vk wall"])
def test_a_kept_connection_reset_after_the_request_is_unknown_and_not_sent_again(name: str) -> None:
    network = NETWORKS[name]

    async def twice(messenger: Messenger) -> Outcome:
        assert isinstance(await created(messenger, network.place), Sent)
        return await created(messenger, network.place)

    with Wire(wire.good_then_reset(answer(network.good))) as server:
        outcome = run(network, f"http://127.0.0.1:{server.port}", twice)
        assert isinstance(outcome, Unknown), outcome
        assert len(server.heard) == 2


@pytest.mark.parametrize(
    ("name", "idle", "careful_idle"),
    [("telegram", 10, 0), ("vk wall", 10, 0), ("vk", 0, 10)],  # dialogs have keys to repeat by
)
def test_a_connection_too_long_idle_is_not_used_for_a_create(
    name: str, idle: float, careful_idle: float
) -> None:
    network = NETWORKS[name]
    times = Timeouts(connect=0.4, total=0.4, idle=idle, careful_idle=careful_idle)

    async def twice(messenger: Messenger) -> Outcome:
        await created(messenger, network.place)
        return await created(messenger, network.place)

    # The connection would be reset at its second request; it must not get one.
    with Wire(wire.good_then_reset(answer(network.good))) as server:
        opened = replace(network, open=lambda base: network.open_with(base, times))
        outcome = run(opened, f"http://127.0.0.1:{server.port}", twice)
        assert outcome == Sent(("8",))
        assert len(server.heard) == 2


def everything_said(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + str(error)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("failure", [*NOT_LEFT, *LOST])
def test_no_key_is_in_what_a_failure_says_or_logs(
    name: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    network = NETWORKS[name]
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    async def everything(messenger: Messenger) -> Outcome:
        said.append(repr(messenger))
        for call in (
            messenger.check(),
            messenger.rights(network.place),
            messenger.updates(None),
            messenger.answer("1:5:5", "Принято"),
        ):
            try:
                await call
            except MessengerError as error:
                said.append(everything_said(error))
        said.append(repr(await messenger.delete(network.place, ["8"])))
        said.append(repr(await messenger.edit(network.place, ["8"], PART)))
        return await created(messenger, network.place)

    with {**NOT_LEFT, **LOST}[failure]() as base:
        said.append(repr(run(network, base, everything)))
    said += [record.getMessage() + str(record.exc_text) for record in caplog.records]
    assert len(said) > 7
    for secret in SECRETS:
        assert not [text for text in said if secret in text]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_key_that_the_server_repeats_is_taken_out(name: str) -> None:
    network = NETWORKS[name]
    telegram = f'{{"ok":false,"error_code":400,"description":"bad {TOKEN}"}}'
    vk = f'{{"error":{{"error_code":100,"error_msg":"bad {COMMUNITY_KEY} {USER_KEY}"}}}}'
    body = (telegram if name == "telegram" else vk).encode()
    with serving(saying(answer(body))) as base:
        outcome = run(network, base, lambda m: created(m, network.place))
    assert "***" in repr(outcome)
    assert not [secret for secret in SECRETS if secret in repr(outcome)]


@pytest.mark.parametrize("name", ["telegram", "vk"])
def test_the_environments_proxy_is_not_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{wire.nobody()}")
    network = NETWORKS[name]
    with serving(saying(answer(network.good))) as base:
        assert run(network, base, lambda m: created(m, network.place)) == Sent(("8",))


@pytest.mark.parametrize("name", ["telegram", "vk"])
def test_a_configured_proxy_is_used(name: str) -> None:
    network = NETWORKS[name]
    with Wire(saying(answer(network.good))) as server:
        proxy = f"http://user:secret@127.0.0.1:{server.port}"
        opened = replace(network, open=lambda base: network.open_with(base, QUICK, proxy))
        outcome = run(opened, "http://nobody.invalid", lambda m: created(m, network.place))
        assert outcome == Sent(("8",))
        assert server.heard[0].startswith(b"POST http://nobody.invalid/")
