"""Fetching what people attached: from each sandbox, and from servers that behave badly."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import Sequence

import pytest
import wire
from town import ANNA, Town, play
from wire import Act, Wire, answer, saying

from core.errors import FileTooBig, MessengerError
from core.incoming import Incoming, IncomingFile, IncomingKind
from core.messenger import Messenger
from messengers.telegram.adapter import Telegram
from messengers.transport import Timeouts
from messengers.vk.adapter import Vk
from sandbox.world import Media

each_network = pytest.mark.parametrize("network", ["telegram", "vk"])
QUICK = Timeouts(connect=0.5, total=0.5, upload=0.5, poll=0)
# Nothing with «hush» in it may be told.
TOKEN, KEY = "77:hush-of-the-bot", "vk1.a.hush-of-the-community"
DOC = "/doc?hash=hush"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def photo(town: Town, color: int) -> Media:
    content = b"\xff\xd8\xff picture %d" % color
    return Media("photo", town.world.keep(content), "лист.jpg", "image/jpeg", len(content), 900, 60)


def document(town: Town, name: str, mime: str, content: bytes) -> Media:
    return Media("document", town.world.keep(content), name, mime, len(content))


def files(batch: Sequence[Incoming]) -> list[IncomingFile]:
    return [file for one in batch for file in one.files]


@each_network
def test_a_photo_is_fetched_in_its_largest_size(network: str) -> None:
    async def story(town: Town) -> None:
        await town.side.say(town.chat(ANNA), ANNA, text="Смотрите", media=[photo(town, 1)])
        [file] = files(await town.updates())
        assert file.kind == "photo"
        assert await town.messenger.download(file.ref, 1000) == b"\xff\xd8\xff picture 1"

    play(network, story)


@each_network
def test_an_albums_pictures_come_in_order(network: str) -> None:
    async def story(town: Town) -> None:
        album = [photo(town, number) for number in range(3)]
        await town.side.say(town.chat(ANNA), ANNA, text="Митинг", media=album, album=True)
        got = await town.updates(3 if network == "telegram" else 1)
        contents = [await town.messenger.download(file.ref, 1000) for file in files(got)]
        assert contents == [b"\xff\xd8\xff picture %d" % number for number in range(3)]
        assert "".join(one.text.text for one in got) == "Митинг"
        assert len({one.album for one in got}) == 1

    play(network, story)


@each_network
@pytest.mark.parametrize(
    ("name", "mime"), [("Отчёт о митинге.docx", DOCX), ("снимок.jpg", "image/jpeg")]
)
def test_a_document_keeps_its_name_kind_and_bytes(network: str, name: str, mime: str) -> None:
    async def story(town: Town) -> None:
        content = bytes(range(256)) * 5
        await town.side.say(town.chat(ANNA), ANNA, media=[document(town, name, mime, content)])
        [file] = files(await town.updates())
        assert (file.kind, file.name, file.mime, file.size) == ("document", name, mime, 1280)
        assert await town.messenger.download(file.ref, 1280) == content
        with pytest.raises(FileTooBig):
            await town.messenger.download(file.ref, 1279)

    play(network, story)


@each_network
def test_an_edited_message_brings_its_new_picture(network: str) -> None:
    async def story(town: Town) -> None:
        chat = town.chat(ANNA)
        numbers = await town.side.say(
            chat, ANNA, text="Митинг", media=[photo(town, 1), photo(town, 2)], album=True
        )
        first = await town.updates(len(numbers))
        change = {"message": numbers[-1], "media": [photo(town, 9)]}
        await town.side.do(chat, ANNA, "edit", change)
        [edited] = await town.updates()
        assert (edited.kind, edited.message) == (IncomingKind.EDITED, str(numbers[-1]))
        assert edited.album == first[-1].album
        [file] = edited.files
        assert await town.messenger.download(file.ref, 1000) == b"\xff\xd8\xff picture 9"

    play(network, story)


def test_telegram_does_not_give_out_more_than_20_megabytes() -> None:
    async def story(town: Town) -> None:
        big = bytes(20 * 1024 * 1024 + 1)
        await town.side.say(
            town.chat(ANNA), ANNA, media=[document(town, "архив.zip", "application/zip", big)]
        )
        [file] = files(await town.updates())
        assert file.size == len(big)
        with pytest.raises(FileTooBig):
            await town.messenger.download(file.ref, 10**9)

    play("telegram", story)


@each_network
def test_what_is_not_there_is_an_error(network: str) -> None:
    async def story(town: Town) -> None:
        ref = "made-up" if network == "telegram" else f"{town.sandbox.url}/vk/files/none"
        with pytest.raises(MessengerError) as caught:
            await town.messenger.download(ref, 1000)
        assert type(caught.value) is MessengerError

    play(network, story)


# Servers that behave badly. Telegram is first asked where the file lies.

WHERE = answer(
    b'{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_path":"photos/a b.jpg"}}',
    head=b"Connection: close\r\n",
)


def fetch(
    network: str, *acts: Act, limit: int = 1000, where: bytes = WHERE
) -> tuple[bytes, list[bytes]]:
    """Download from a server that treats the request for the file like this; return what it heard."""
    first = (saying(where),) if network == "telegram" else ()

    async def story(base: str) -> bytes:
        messenger: Messenger = Telegram(TOKEN, base, timeouts=QUICK)
        if network == "vk":
            messenger = Vk(9, KEY, None, f"{base}/method/", timeouts=QUICK)
        try:
            return await messenger.download("f" if network == "telegram" else f"{base}{DOC}", limit)
        finally:
            await messenger.close()

    with Wire(*first, *acts) as server:
        got = asyncio.run(story(f"http://127.0.0.1:{server.port}"))
        return got, server.heard


def endless(connection_head: bytes, chunk: bytes) -> Act:
    """Answer with a body that does not end until the caller has had enough."""

    def act(wire: Wire, connection: socket.socket) -> None:
        wire.read(connection)
        connection.sendall(connection_head)
        while True:
            connection.sendall(chunk)

    return act


@each_network
@pytest.mark.parametrize(
    ("head", "chunk"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1000\r\n" + b"x" * 4096 + b"\r\n",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n", b"x" * 4096),
    ],
    ids=["no length", "chunked", "a long one"],
)
def test_the_limit_is_measured_while_reading(network: str, head: bytes, chunk: bytes) -> None:
    with pytest.raises(FileTooBig, match="100000"):
        fetch(network, endless(head, chunk), limit=100_000)


@each_network
@pytest.mark.parametrize("length", [999, 1000])
def test_a_file_up_to_the_limit_is_taken_whole(network: str, length: int) -> None:
    content, _ = fetch(network, saying(answer(b"x" * length)))
    assert content == b"x" * length


BAD: dict[str, Act] = {
    "cut": saying(HALF),
    "cut chunks": saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nxxx"),
    "hang": wire.hang,
    "reset": wire.reset,
    "closed": wire.hang_up,
    "not HTTP": saying(b"\x00\x01\x02\r\n\r\n"),
    "gone": saying(answer(b"no such file", "404 Not Found")),
    "busy": saying(answer(b"<html>502</html>", "502 Bad Gateway")),
    "moved to nowhere": saying(answer(b"", "302 Found")),
}


@each_network
@pytest.mark.parametrize("failure", BAD)
def test_a_file_that_does_not_come_whole_is_an_error_without_secrets(
    network: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MessengerError) as caught:
        fetch(network, BAD[failure])
    assert type(caught.value) is MessengerError
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    said += "".join(record.getMessage() for record in caplog.records)
    assert "hush" not in said


@pytest.mark.parametrize(
    "body", [b'{"ok":true,"result":{}}', b'{"ok":true,"result":{"file_path":7}}']
)
def test_telegram_that_does_not_say_where_the_file_lies_is_an_error(body: bytes) -> None:
    with pytest.raises(MessengerError, match="where the file lies"):
        fetch("telegram", where=answer(body))


def test_telegrams_path_is_quoted_and_asked_with_the_token() -> None:
    _, heard = fetch("telegram", saying(answer(b"x")))
    assert heard[1].startswith(f"GET /file/bot{TOKEN}/photos/a%20b.jpg ".encode())


def moved(to: str) -> Act:
    head = f"Location: {to}\r\nConnection: close\r\n".encode()
    return saying(answer(b"", "302 Found", head))


def test_a_document_of_vk_is_followed_to_where_it_lies_and_no_key_goes_there() -> None:
    content, heard = fetch("vk", moved("/elsewhere?dl=1"), saying(answer(b"docx")))
    assert content == b"docx"
    assert heard[1].startswith(b"GET /elsewhere?dl=1 ")
    assert not [request for request in heard if b"of-the-community" in request]


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("/doc", "moved too often"),
        ("file:///etc/passwd", "not one of the web"),
        ("ftp://127.0.0.1/x", "not one of the web"),
        ("http://[::1", "nowhere"),
    ],
)
def test_vk_cannot_lead_astray(to: str, says: str) -> None:
    with pytest.raises(MessengerError, match=says):
        fetch("vk", moved(to))


def test_telegram_is_not_followed_elsewhere() -> None:
    with pytest.raises(MessengerError, match="moved too often"):
        fetch("telegram", moved("/elsewhere"), saying(answer(b"x")))


@pytest.mark.parametrize(
    "ref",
    ["file:///etc/passwd", "/etc/passwd", "", "data:,x", "http://", "http://[", "javascript:1"],
)
def test_only_addresses_of_the_web_are_asked(ref: str) -> None:
    async def story() -> None:
        vk = Vk(9, KEY, None, "http://127.0.0.1:1/method/", timeouts=QUICK)
        try:
            with pytest.raises(MessengerError, match="not one of the web"):
                await vk.download(ref, 1000)
        finally:
            await vk.close()

    asyncio.run(story())
