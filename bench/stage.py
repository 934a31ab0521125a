"""The stage of a measurement: a sandbox process with people, and a network of ours with their subscriptions."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from app.build import open_network
from app.config import load
from app.network import Network
from bench.house import people
from core.errors import VestnikError
from storage import tables
from storage.database import Database, open_database
from storage.migrate import migrate

CONFIG = """
region: {{name: Область, zone: Europe/Moscow}}
sandbox: {url}
organizations: [{{slug: federation, name: Федерация, short: Федерация, kind: federation}}]
accounts: [{{slug: tg, messenger: telegram, organization: federation, handle: bench, key: "sandbox:bench", api: sandbox}}]
sources: [{{slug: news, organization: federation, url: "sandbox:/sites/news/feed.xml", every: "1 h", reach: region}}]
fetch: {{allow: ["127.0.0.0/8"]}}
"""


@dataclass
class Stage:
    """A running network and the sandbox's control."""

    network: Network
    db: Database
    control: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> Any:
        """Call control."""
        answer = await self.control.post(f"/control/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    async def calls(self, since: int, method: str) -> tuple[list[dict[str, Any]], int]:
        """Return the calls of a method since a number, and the next number."""
        answer = (await self.control.get("/control/calls", params={"since": since})).json()
        return [c for c in answer["calls"] if c["method"].lower() == method], answer["next"]

    async def poll_now(self) -> None:
        """Let the source be due this instant."""
        async with self.db.write() as connection:
            await connection.execute(tables.source.update().values(next_at=0))
        self.network.bell.ring("poller")

    async def slow(self, ms: int) -> None:
        """Let every call of the messenger take so much longer from now on; 0 is as fast as it comes."""
        await self.control.delete("/control/faults")
        if ms:
            await self.post("faults", network="telegram", do="slow", ms=ms)

    async def publish(self, title: str) -> None:
        """Put an item on the site and let it be seen this instant."""
        text = {"title": title, "html": "<p>Большая новость.</p>", "pictures": 0}
        await self.post("sites/news", publish=text)
        await self.poll_now()

    async def answered(self, person: int) -> float:
        """Ask as a person; returns ms until the answer is seen in the dialog."""
        chat = f"/control/chats/telegram/bench?as={person}"
        before = (await self.control.get(chat)).json()
        started = time.monotonic()
        await self.post("say", network="telegram", chat="bench", text="меню", **{"as": person})
        version = before["version"]
        while True:
            now = (await self.control.get(f"{chat}&wait=5&after={version}")).json()
            version = now["version"]
            if len(now["messages"]) >= len(before["messages"]) + 2:
                return (time.monotonic() - started) * 1000

    async def first_reading(self) -> None:
        """Let the source be read once: what is new after that is sent."""
        await self.poll_now()
        for _ in range(200):
            async with self.db.read() as connection:
                if await connection.scalar(sa.select(tables.source.c.polled_at)):
                    return
            await asyncio.sleep(0.05)
        raise VestnikError("The source was never read.")


@asynccontextmanager
async def stage(
    subscribers: int, talkers: int, round_trip_ms: int, *, known: int | None = None
) -> AsyncIterator[Stage]:
    """Build people 1…subscribers who are subscribed and `talkers` more who are not, and start the network.

    With `known` the sandbox has only so many of the subscribers, the first to be written to: for a
    fan-out that is not watched to its end.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vestnik-bench-")))
        url = await stack.enter_async_context(_sandbox())
        control = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=90)
        )
        first = subscribers if known is None else known
        await _populate(
            control, [*range(1, first + 1), *range(subscribers + 1, subscribers + talkers + 1)]
        )
        (folder / "config.yaml").write_text(CONFIG.format(url=url), encoding="utf-8")
        where = folder / "vestnik.db"
        migrate(where)
        network = await open_network(load(folder / "config.yaml"), where, folder, stack)
        db = open_database(where)
        stack.push_async_callback(db.close)
        if subscribers:
            # Both are the first of their table: config.yaml names one of each.
            async with db.write() as connection:
                await people(connection, 1, 1, subscribers)
        made = Stage(network, db, control)
        await made.slow(round_trip_ms)
        stop = asyncio.Event()
        running = asyncio.create_task(network.run(stop, 5))
        try:
            yield made
        finally:
            stop.set()
            await running


async def _populate(control: httpx.AsyncClient, people: Sequence[int]) -> None:
    world: dict[str, Any] = {
        "people": [{"id": n, "name": f"Человек {n}"} for n in people],
        "accounts": [{"network": "telegram", "name": "bench"}],
        "sites": [{"name": "news", "title": "Новости"}],
    }
    made = (await control.post("/control/world", json=world)).raise_for_status().json()
    for n in people:
        begun = {"network": "telegram", "chat": "bench", "as": n, "what": "start"}
        (await control.post("/control/do", json=begun)).raise_for_status()
    # The network under measurement starts with these conversations behind it.
    token = made["accounts"][0]["token"]
    last = (await control.get(f"/telegram/bot{token}/getUpdates", params={"offset": -1})).json()
    offset = last["result"][-1]["update_id"] + 1
    await control.get(f"/telegram/bot{token}/getUpdates", params={"offset": offset})


@asynccontextmanager
async def _sandbox() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--empty", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode().split()
        yield line[1].rstrip("/")
    finally:
        process.terminate()
        await process.wait()
