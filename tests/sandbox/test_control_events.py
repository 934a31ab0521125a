"""News of the sandbox as a stream: at once, as they happen, and to an end when the sandbox stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from sandbox.server import Sandbox, serve
from tests.support.inspected import inspected

Event = tuple[str, dict[str, Any]]
TOKEN = "5000000001:SANDBOX-herald-key-of-the-stream-test"
Story = Callable[[Sandbox, httpx.AsyncClient], Awaitable[None]]


def play(story: Story) -> None:
    """Run a story in a sandbox with a person, a bot and their dialog."""

    async def run() -> None:
        async with (
            serve(inspected()) as sandbox,
            httpx.AsyncClient(base_url=sandbox.url, verify=False) as http,
        ):
            account = {"network": "telegram", "name": "herald", "token": TOKEN}
            world = {"people": [{"name": "Анна"}, {"name": "Борис"}], "accounts": [account]}
            (await http.post("/control/world", json=world)).raise_for_status()
            await asyncio.wait_for(story(sandbox, http), 20)

    asyncio.run(run())


async def events(answer: httpx.Response) -> AsyncIterator[Event]:
    name = ""
    async for line in answer.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


async def say(http: httpx.AsyncClient, text: str) -> None:
    body = {"network": "telegram", "chat": "herald", "as": 1001, "text": text}
    (await http.post("/control/say", json=body)).raise_for_status()


def test_the_picture_comes_at_once_and_again_when_something_changed() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        async with http.stream("GET", "/control/events?as=1001") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            told = events(answer)
            name, first = await anext(told)
            assert (name, first["chats"]) == ("seen", [])
            await say(http, "Привет")
            name, second = await anext(told)
            assert second["version"] > first["version"]
            assert second["chats"][0]["last"]["text"] == "Привет"

    play(story)


def test_a_reader_who_has_the_newest_picture_gets_only_what_is_newer() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        known = sandbox.world.seq
        async with http.stream("GET", f"/control/events?as=1001&after={known}") as answer:
            await say(http, "Раз")
            _, picture = await anext(events(answer))
            assert picture["version"] > known

    play(story)


def test_calls_are_told_from_the_one_that_is_wanted_and_anew_after_a_reset() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        for _ in range(3):
            await http.get(f"/telegram/bot{TOKEN}/getMe")
        known = sandbox.world.seq
        path = f"/control/events?as=1001&after={known}&calls=2"
        async with http.stream("GET", path) as answer:
            told = events(answer)
            name, log = await anext(told)
            assert name == "calls"
            assert ([call["n"] for call in log["calls"]], log["next"]) == ([2, 3], 4)
            assert log["anew"] is False
            await http.get(f"/telegram/bot{TOKEN}/getMe")
            assert [call["n"] for call in (await anext(told))[1]["calls"]] == [4]
            sandbox.gate.calls.clear()
            sandbox.world.touch()
            fresh = [await anext(told), await anext(told)]
            (begun,) = [log for name, log in fresh if name == "calls"]
            assert (begun["anew"], begun["next"]) == (True, 1)

    play(story)


def test_the_stream_ends_when_the_sandbox_stops() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        async with http.stream("GET", "/control/events?as=1001&calls=1") as answer:
            told = events(answer)
            await anext(told)
            stopping = asyncio.create_task(sandbox.stop())
            assert [event async for event in told if event[0] == "calls"] == []
            await stopping

    play(story)


def test_the_stream_ends_when_its_person_is_gone_and_cannot_begin_again() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        async with http.stream("GET", "/control/events?as=1002") as answer:
            told = events(answer)
            await anext(told)
            await http.post("/control/reset", json={"to": "empty"})
            assert [event async for event in told] == []
        refused = await http.get("/control/events?as=1002")
        assert refused.status_code == 400
        assert "nobody is" in refused.json()["error"]

    play(story)


def test_a_reader_who_leaves_leaves_nothing_behind() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        async with http.stream("GET", "/control/events?as=1001&calls=1") as answer:
            await anext(events(answer))
            before = len(asyncio.all_tasks())
        while len(asyncio.all_tasks()) >= before:  # noqa: ASYNC110
            await asyncio.sleep(0)

    play(story)


@pytest.mark.parametrize("query", ["", "?as=Никто", "?as=1001&calls=a", "?as=1001&after=b"])
def test_a_stream_that_makes_no_sense_is_refused_in_words(query: str) -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        answer = await http.get(f"/control/events{query}")
        assert answer.status_code == 400
        assert answer.json()["error"]

    play(story)


def test_one_fault_is_lifted_by_its_number_and_the_others_stay() -> None:
    async def story(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        made = [
            (await http.post("/control/faults", json={"do": do})).json()["id"]
            for do in ("hang", "html502")
        ]
        left = (await http.delete(f"/control/faults?id={made[0]}")).json()["faults"]
        assert [fault["do"] for fault in left] == ["html502"]
        assert (await http.delete(f"/control/faults?id={made[0]}")).status_code == 400
        assert (await http.delete("/control/faults")).json() == {"faults": []}

    play(story)
