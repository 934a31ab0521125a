"""What a client sees of the weather, on real connections, and what the log keeps of it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from telegram_town import CHANNEL, OLGA, Town, in_town


async def send(town: Town, text: str = "раз") -> dict[str, Any]:
    return await town.raw("sendMessage", chat_id=CHANNEL, text=text)


def posts(town: Town) -> list[str]:
    chat = town.world.chat("telegram", CHANNEL)
    assert chat is not None
    return [message.text for message in chat.messages]


@pytest.mark.parametrize("do", ["offline", "reset_before"])
def test_a_reset_before_the_handler_leaves_no_trace(do: str) -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": do, "times": 1})
        with pytest.raises(aiohttp.ClientOSError):
            await send(town)
        assert posts(town) == []
        logged = town.gate.calls.read()["calls"][-1]
        assert (logged["status"], logged["code"], logged["effect"]) == (0, 0, False)
        assert (await send(town))["ok"] is True

    in_town(story)


def test_a_reset_after_the_handler_loses_only_the_answer() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "reset_after", "times": 1})
        with pytest.raises(aiohttp.ClientOSError):
            await send(town)
        assert posts(town) == ["раз"]
        logged = town.gate.calls.read()["calls"][-1]
        assert (logged["status"], logged["effect"], logged["messages"]) == (0, True, [1])

    in_town(story)


def test_a_cut_answer_promises_more_than_it_brings() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "cut", "times": 1})
        with pytest.raises(aiohttp.ClientPayloadError, match="content length"):
            await send(town)
        assert posts(town) == ["раз"]

    in_town(story)


def test_an_empty_answer_is_a_success_without_a_word() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "empty", "times": 1})
        order = {"chat_id": CHANNEL, "text": "раз"}
        async with town.http.post(town.url("sendMessage"), json=order) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        assert posts(town) == ["раз"]

    in_town(story)


def test_a_wrong_answer_is_json_of_nobody_knows_whom() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "wrong", "times": 1})
        order = {"chat_id": CHANNEL, "text": "раз"}
        async with town.http.post(town.url("sendMessage"), json=order) as answer:
            assert answer.status == 200
            assert set(await answer.json()) == {"answer"}
        assert posts(town) == ["раз"]

    in_town(story)


def test_a_hanging_call_ends_with_the_clients_patience_and_has_no_effect() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "hang", "times": 1})
        short = aiohttp.ClientTimeout(total=0.05)
        with pytest.raises(TimeoutError):
            await town.http.post(
                town.url("sendMessage"), json={"chat_id": CHANNEL, "text": "?"}, timeout=short
            )
        assert posts(town) == []

    in_town(story)


def test_a_front_end_answers_with_a_page_instead_of_json() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "html502", "times": 1})
        async with town.http.post(town.url("getMe")) as answer:
            assert answer.status == 502
            assert answer.content_type == "text/html"
            assert "<h1>502 Bad Gateway</h1>" in await answer.text()

    in_town(story)


def test_throttling_says_how_long_in_body_and_header() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "throttle", "retry_after": 6.2, "times": 1})
        async with town.http.post(town.url("getMe")) as answer:
            body = await answer.json()
            assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        assert body == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }

    in_town(story)


def test_an_ordered_error_comes_in_the_networks_words() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add(
            {"do": "error", "code": 500, "text": "Internal Server Error: restart", "times": 1}
        )
        assert await town.refused("getMe") == (500, "Internal Server Error: restart")

    in_town(story)


def test_a_slow_call_takes_its_time_and_succeeds() -> None:
    async def story(town: Town) -> None:
        town.gate.faults.add({"do": "slow", "ms": 30, "times": 1})
        assert (await send(town))["ok"] is True
        assert town.gate.calls.read()["calls"][-1]["took_ms"] >= 30

    in_town(story)


def test_the_log_counts_calls_of_every_outcome_in_order() -> None:
    async def story(town: Town) -> None:
        await town.call("getMe")
        await town.refused("sendMessage", chat_id=OLGA, text="рано")
        await town.refused("flyToMoon")
        await send(town)
        read = town.gate.calls.read(since=2)
        assert [(c["n"], c["method"], c["status"]) for c in read["calls"]] == [
            (2, "sendMessage", 403),
            (3, "flyToMoon", 404),
            (4, "sendMessage", 200),
        ]
        assert (read["next"], read["dropped"]) == (5, 0)
        assert read["calls"][-1]["chats"] == [str(CHANNEL)]
        assert len(read["calls"][-1]["digest"]) == 16

    in_town(story)


def test_who_waits_for_a_call_learns_of_it_at_once() -> None:
    async def story(town: Town) -> None:
        waiting = asyncio.create_task(town.gate.calls.wait(since=1, timeout=30))
        await town.call("getMe")
        await asyncio.wait_for(waiting, 1)

    in_town(story)


def test_same_words_and_pictures_have_the_same_digest() -> None:
    async def story(town: Town) -> None:
        for text in ("раз", "два", "раз"):
            await send(town, text)
        first, second, third = (call["digest"] for call in town.gate.calls.read()["calls"])
        assert first == third != second

    in_town(story)
