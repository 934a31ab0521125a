"""What breaks inside of the sandbox is answered in the platforms' words, and logged."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.sandbox.served import (
    CLOSE,
    OLGA,
    Served,
    request,
    status_of,
)


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
