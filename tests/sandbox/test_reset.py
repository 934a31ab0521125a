"""A reset gives a new world to the same bots: what they remember still holds, and nothing begins again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest
from asked import Asked

from sandbox.demo import build
from sandbox.server import serve
from tests.support.inspected import inspected

BOT = "/telegram/bot7000000001:SANDBOX-vestnik-telegram-key"
VK_KEY = {"access_token": "sandbox-vestnik-vk-community-key", "v": "5.199"}
OLGA = 1001


@pytest.fixture
def town() -> Iterator[Asked]:
    with Asked(demo=True) as asked:
        yield asked


def start(town: Asked, network: str) -> None:
    town.post("/control/do", {"network": network, "chat": "vestnik", "as": OLGA, "what": "start"})


def updates(town: Asked, offset: int = 0) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = town.post(f"{BOT}/getUpdates", {"offset": offset})["result"]
    return result


def vk(town: Asked, method: str, **params: Any) -> Any:
    return town.post(f"/vk/method/{method}", VK_KEY | params)["response"]


def door(town: Asked) -> Any:
    return vk(town, "groups.getLongPollServer", group_id=200000001)


def check(town: Asked, opened: Any, ts: str) -> Any:
    address = httpx.URL(opened["server"]).path
    return town.get(f"{address}?act=a_check&key={opened['key']}&ts={ts}&wait=0").json()


def test_a_telegram_cursor_holds_over_a_reset(town: Asked) -> None:
    start(town, "telegram")
    (before,) = updates(town)
    town.post("/control/reset")
    assert updates(town, before["update_id"] + 1) == []
    start(town, "telegram")
    (after,) = updates(town, before["update_id"] + 1)
    assert after["update_id"] == before["update_id"] + 1
    assert after["message"]["message_id"] == before["message"]["message_id"] + 1


def test_a_vk_cursor_holds_over_a_reset_with_a_new_key(town: Asked) -> None:
    opened = door(town)
    start(town, "vk")
    first = check(town, opened, opened["ts"])
    town.post("/control/reset")
    assert check(town, opened, first["ts"]) == {"failed": 2}
    start(town, "vk")
    (event,) = check(town, door(town), first["ts"])["updates"]
    known, said = (one["object"]["message"] for one in (first["updates"][0], event))
    assert said["id"] == known["id"] + 1
    assert said["conversation_message_id"] == known["conversation_message_id"] + 1


def test_events_that_nobody_fetched_are_lost_in_vks_own_words(town: Asked) -> None:
    opened = door(town)
    start(town, "vk")
    town.post("/control/reset")
    assert check(town, door(town), opened["ts"]) == {"failed": 1, "ts": str(int(opened["ts"]) + 1)}


def test_posts_and_publications_are_numbered_on(town: Asked) -> None:
    def act() -> tuple[int, int, set[str]]:
        news = {"publish": {"title": "Новость", "text": "да"}}
        items = {item["id"] for item in town.post("/control/sites/youth", news)["items"]}
        wall = {"network": "vk", "chat": "-200000001", "as": 1004, "text": "Пост"}
        channel = {"network": "telegram", "chat": "-1001000000001", "as": 1004, "text": "Пост"}
        said = [town.post("/control/say", one)["messages"][0] for one in (wall, channel)]
        return said[0], said[1], items

    post, message, items = act()
    archive = {i for i in items if not i.rpartition("-")[2].isdecimal()}
    town.post("/control/reset")
    post_again, message_again, items_again = act()
    assert (post_again, message_again) == (post + 1, message + 1)
    assert items & items_again == archive  # what is old stays old, what is to come is new once more
    assert len(items) == len(items_again) == len(archive) + 3


def test_handles_of_files_are_good_after_a_reset(town: Asked) -> None:
    picture = town.get("/sites/youth/img/veloprobeg-1.jpg").content

    async def upload(client: httpx.AsyncClient) -> Any:
        sent = await client.post(
            f"{BOT}/sendPhoto",
            data={"chat_id": "-1001000000001"},
            files={"photo": ("а.jpg", picture, "image/jpeg")},
        )
        return sent.json()["result"]["photo"][-1]["file_id"]

    file_id = town.together(upload)
    town.post("/control/reset")
    town.post(f"{BOT}/sendPhoto", {"chat_id": "-1001000000001", "photo": file_id})
    (message,) = town.seen("-1001000000001", OLGA)
    assert town.get(message["media"][0]["url"]).content == picture


def test_a_waiting_poll_gets_what_happens_after_the_reset(town: Asked) -> None:
    opened = door(town)
    wait = f"{httpx.URL(opened['server']).path}?act=a_check&key={opened['key']}&ts={opened['ts']}&wait=20"

    async def act(client: httpx.AsyncClient) -> Any:
        polls = [
            asyncio.create_task(client.post(f"{BOT}/getUpdates", json={"timeout": 20})),
            asyncio.create_task(client.get(wait)),
        ]
        account = town.sandbox.world.accounts["telegram", "vestnik"]
        # The poll tells nobody that it waits.
        while not town.sandbox.telegram.updates.waits(account):  # noqa: ASYNC110
            await asyncio.sleep(0)
        await client.post("/control/reset")
        order = {"network": "telegram", "chat": "vestnik", "as": OLGA, "what": "start"}
        await client.post("/control/do", json=order)
        async with asyncio.timeout(5):
            return [(await poll).json() for poll in polls]

    telegram, failed = town.together(act)
    assert [u["message"]["text"] for u in telegram["result"]] == ["/start"]
    assert failed == {"failed": 2}


def test_the_numbers_go_on_after_a_reset_and_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "world.json"

    async def story() -> None:
        sandbox = inspected(state=path)
        build(sandbox.world, sandbox.sides)
        dialog = sandbox.telegram.find_chat("vestnik", OLGA)
        (number,) = await sandbox.telegram.say(dialog, OLGA, text="раз")
        given = sandbox.world.accounts["telegram", "vestnik"].update_seq
        sandbox.world.clear()
        async with serve(sandbox):
            pass
        again = inspected(state=path)
        build(again.world, again.sides)
        dialog = again.telegram.find_chat("vestnik", OLGA)
        assert await again.telegram.say(dialog, OLGA, text="два") == [number + 1]
        assert again.world.accounts["telegram", "vestnik"].update_seq == given + 1

    asyncio.run(story())


def test_what_is_to_come_appears_in_the_feed_with_its_time(town: Asked) -> None:
    town.post("/control/clock", {"mode": "manual"})

    def titles(site: str) -> list[str]:
        answer = town.get(f"/sites/{site}/feed.xml")
        return [str(entry.title) for entry in feedparser.parse(answer.content).entries]

    sites = ("federation", "education", "youth")
    seen = {name: titles(name) for name in sites}
    fresh = []
    for step in (3600, 3 * 3600, 86400, 48 * 3600):
        town.post("/control/clock", {"advance_s": step})
        now = {name: titles(name) for name in sites}
        fresh.append(sum(len(now[name]) - len(seen[name]) for name in sites))
        seen = now
    assert fresh[0] == 2  # within the first hour
    assert fresh[1] >= 1
    assert sum(fresh) == 8
