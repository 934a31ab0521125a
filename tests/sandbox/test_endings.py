"""After a stop nothing is left: no task, no socket, no timer; and two sandboxes do not know of each other."""

from __future__ import annotations

import asyncio
import gc
import os
from typing import Any

import aiohttp
from receiver import receiver
from telegram_town import CHANNEL, OLGA, settle

from sandbox.server import Sandbox, serve
from tests.support.inspected import inspected
from tests.support.wait import until

CYCLES = 100
VK_KEY, USER_KEY = "key-of-vk", "key-of-admin"


def settled() -> Sandbox:
    """A sandbox with people, bots and a community."""
    sandbox = inspected()
    settle(sandbox)
    sandbox.vk.add_account("news", token=VK_KEY, user_token=USER_KEY, admins=[OLGA], id=5001)
    sandbox.gate.limits.change({"vk": {"on": False}})
    return sandbox


async def busy(sandbox: Sandbox, http: aiohttp.ClientSession, hook: str) -> None:
    """Let everything run that runs beside calls: polls of both kinds, deliveries, what waits for its time."""
    world = sandbox.world
    first, second = (world.account("telegram", name) for name in ("vestnik", "second"))
    assert first and second

    async def vk(method: str, **params: Any) -> Any:
        given = {"v": "5.199", "access_token": USER_KEY, **params}
        async with http.post(f"{sandbox.url}/vk/method/{method}", data=given) as answer:
            return (await answer.json())["response"]

    async def bot(token: str, method: str, **params: Any) -> Any:
        async with http.post(f"{sandbox.url}/telegram/bot{token}/{method}", json=params) as answer:
            return (await answer.json())["result"]

    await bot(first.token, "setWebhook", url=hook)
    await sandbox.telegram.do(sandbox.telegram.find_chat("vestnik", OLGA), OLGA, "start", {})
    options = {"question": "?", "options": [{"text": "а"}, {"text": "б"}], "open_period": 600}
    await bot(first.token, "sendPoll", chat_id=CHANNEL, **options)
    await vk("groups.addCallbackServer", group_id=5001, url=hook, title="x")
    later = {"message": "x", "publish_date": int(world.clock.now()) + 600}
    await vk("wall.post", owner_id=-5001, from_group=1, **later)
    door = await vk("groups.getLongPollServer", group_id=5001)
    polls = [
        asyncio.create_task(bot(second.token, "getUpdates", timeout=50)),
        asyncio.create_task(_check(http, door)),
    ]
    await until(lambda: sandbox.telegram.updates.waits(second))
    await sandbox.stop()
    await asyncio.gather(*polls, return_exceptions=True)


async def _check(http: aiohttp.ClientSession, door: dict[str, Any]) -> None:
    given = {"act": "a_check", "key": door["key"], "ts": door["ts"], "wait": "50"}
    async with http.get(door["server"], params=given) as answer:
        await answer.read()


def open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_after_many_starts_and_stops_nothing_is_left() -> None:
    async def story() -> None:
        async with receiver() as hook, aiohttp.ClientSession() as http:
            sandbox = settled()
            await sandbox.start()
            await busy(sandbox, http, hook.url)
            own, files = asyncio.all_tasks(), open_files()
            for _ in range(CYCLES):
                await sandbox.start()
                await sandbox.stop()
                assert asyncio.all_tasks() == own
            # One more with everything at work, to see that nothing of the hundred stands in its way.
            again = settled()
            await again.start()
            await busy(again, http, hook.url)
            await until(lambda: asyncio.all_tasks() == own)
            assert open_files() <= files + 1  # a connection that the client keeps

        gc.collect()  # what was dropped without being closed warns here

    asyncio.run(story())


def test_two_sandboxes_in_one_process_do_not_disturb_each_other() -> None:
    async def story() -> None:
        async with (
            serve(settled()) as one,
            serve(settled()) as other,
            aiohttp.ClientSession() as http,
        ):
            one.world.clock.set(mode="manual", advance_s=1000)
            one.gate.faults.add({"network": "telegram", "do": "error", "code": 500, "text": "x"})
            dialog = one.telegram.find_chat("vestnik", OLGA)
            await one.telegram.do(dialog, OLGA, "start", {})
            token = "7000000001:"
            account = other.world.account("telegram", "vestnik")
            assert account is not None and account.token.startswith(token)
            for method in ("getMe", "getUpdates"):
                address = f"/telegram/bot{account.token}/{method}"
                async with http.get(one.url + address) as answer:
                    assert answer.status == 500
                async with http.get(other.url + address) as answer:
                    assert answer.status == 200
                    result = (await answer.json())["result"]
            assert result == []
            assert other.world.clock.mode == "real" and other.gate.calls.next == 3
            await one.stop()
            async with http.get(f"{other.url}/telegram/bot{account.token}/getMe") as answer:
                assert answer.status == 200

    asyncio.run(story())
