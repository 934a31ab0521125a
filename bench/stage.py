"""The stage of a measurement: a sandbox process with people, and a network of ours with their subscriptions."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from app.build import open_network
from app.config import load
from app.network import Network
from core.words import ChatKind, ChatState, Mode
from storage import tables
from storage.database import Database
from storage.migrate import migrate
from storage.rows import insert

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


@asynccontextmanager
async def stage(subscribers: int, talkers: int, round_trip_ms: int) -> AsyncIterator[Stage]:
    """Build people 1…subscribers who are subscribed and `talkers` more who are not, and start the network."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vestnik-bench-")))
        url = await stack.enter_async_context(_sandbox())
        control = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=90)
        )
        people = range(1, subscribers + talkers + 1)
        await _populate(control, people)
        (folder / "config.yaml").write_text(CONFIG.format(url=url), encoding="utf-8")
        migrate(folder / "vestnik.db")
        network = await open_network(load(folder / "config.yaml"), folder, stack)
        db = Database(folder / "vestnik.db")
        stack.push_async_callback(db.close)
        await _subscribe(db, range(1, subscribers + 1))
        made = Stage(network, db, control)
        if round_trip_ms:
            await made.post("faults", network="telegram", do="slow", ms=round_trip_ms)
        stop = asyncio.Event()
        running = asyncio.create_task(network.run(stop, 5))
        try:
            yield made
        finally:
            stop.set()
            await running


async def _populate(control: httpx.AsyncClient, people: range) -> None:
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


async def _subscribe(db: Database, people: range) -> None:
    async with db.write() as connection:
        account_id = (await connection.execute(sa.select(tables.account.c.id))).scalar_one()
        federation = (await connection.execute(sa.select(tables.organization.c.id))).scalar_one()
        for n in people:
            chat_id = await insert(
                connection,
                tables.chat,
                account_id=account_id,
                external=str(n),
                kind=int(ChatKind.PRIVATE),
                state=int(ChatState.ACTIVE),
                began_at=0,
            )
            wish = await insert(
                connection,
                tables.subscription,
                chat_id=chat_id,
                mode=int(Mode.AT_ONCE),
                digest_minute=19 * 60,
                created_at=0,
            )
            await connection.execute(
                tables.subscription_organization.insert().values(
                    subscription_id=wish, organization_id=federation
                )
            )


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
