"""A sandbox and a house of ours in one event loop, for tests that watch news arrive.

`Town` plays the platform's side (people, chats); `rows` writes what config.yaml or conversations
would have written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from app.follow import SandboxTime
from broadcaster.courier import Courier
from broadcaster.feeds.fetch import Fetcher
from broadcaster.poller import Poller
from broadcaster.render import Renderer
from core.bell import Bell
from core.clock import MovableClock
from core.messenger import Messenger
from core.words import ChatKind, ChatState, Mode, OrganizationKind, PostKind, Reach
from messengers import open_messenger
from newsroom.desk import DeskRules
from newsroom.digest import DigestWords
from sandbox.server import Sandbox, serve
from storage import tables
from storage.accounts import AccountRow, active
from storage.database import Database
from storage.media import MediaFolder
from storage.rows import insert
from tests.support.database import fresh
from tests.support.inspected import inspected

MOSCOW = ZoneInfo("Europe/Moscow")
LOOPBACK = ("127.0.0.0/8",)
MORNING = "2026-11-23T08:00:00+03:00"
PATIENCE_S = 30  # a busy machine answers late, and nothing is wrong then


@dataclass
class Town:
    """One federation with an account on each messenger."""

    sandbox: Sandbox
    control: aiohttp.ClientSession
    db: Database
    time: SandboxTime
    bell: Bell
    folder: MediaFolder
    federation: int
    accounts: dict[str, AccountRow] = field(default_factory=dict)
    messengers: dict[str, Messenger] = field(default_factory=dict)
    couriers: dict[str, Courier] = field(default_factory=dict)
    poller: Poller | None = None

    @property
    def clock(self) -> MovableClock:
        """Return the product's clock."""
        return self.time.clock

    async def post(self, path: str, **body: Any) -> Any:
        """Call control and return its answer; a refusal fails the test with its sentence."""
        # From a file: aiohttp warns of large bodies given in one piece.
        data, head = BytesIO(orjson.dumps(body)), {"content-type": "application/json"}
        async with self.control.post(f"/control/{path}", data=data, headers=head) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()

    async def get(self, path: str, **params: Any) -> Any:
        """Ask control."""
        async with self.control.get(f"/control/{path}", params=params) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()

    async def advance(self, seconds: float) -> None:
        """Move the sandbox's clock, and the product's with it."""
        told = await self.post("clock", advance_s=seconds)
        self.clock.set(int(told["now_s"] * 1000), frozen=told["mode"] == "manual")

    async def seen(self, network: str, chat: object, person: int) -> list[dict[str, Any]]:
        """Return the messages a person sees in a chat."""
        found: list[dict[str, Any]] = (await self.get(f"chats/{network}/{chat}", **{"as": person}))[
            "messages"
        ]
        return found

    async def calls(self, *methods: str, effect: bool = True) -> list[dict[str, Any]]:
        """Return the API calls of these methods (of all, if none is named) that changed the world."""
        found = (await self.get("calls", since=0))["calls"]
        wanted = {m.lower() for m in methods}
        return [
            call
            for call in found
            if (not wanted or call["method"].lower() in wanted) and (call["effect"] or not effect)
        ]

    async def subscriber(self, network: str, person: int, **wish: Any) -> int:
        """Let a person begin with the bot and subscribe to the federation; returns the chat's row."""
        await self.post("do", network=network, chat="main", **{"as": person}, what="start")
        return await self.subscribe(network, str(person), ChatKind.PRIVATE, **wish)

    async def subscribe(
        self,
        network: str,
        external: str,
        kind: ChatKind,
        *,
        mode: Mode = Mode.AT_ONCE,
        organizations: Sequence[int] = (),
        **wish: Any,
    ) -> int:
        """Write a chat with its subscription, as conversations or config.yaml would."""
        values = {"digest_minute": 19 * 60, "created_at": self.clock.now(), **wish}
        async with self.db.write() as connection:
            chat_id = await insert(
                connection,
                tables.chat,
                account_id=self.accounts[network].id,
                external=external,
                kind=int(kind),
                state=int(ChatState.ACTIVE),
                title=external,
                began_at=self.clock.now(),
            )
            subscription_id = await insert(
                connection, tables.subscription, chat_id=chat_id, mode=int(mode), **values
            )
            for organization_id in organizations or [self.federation]:
                await connection.execute(
                    tables.subscription_organization.insert().values(
                        subscription_id=subscription_id, organization_id=organization_id
                    )
                )
        return chat_id

    async def source(self, slug: str, *, interval_s: int = 60, **values: Any) -> int:
        """Write a source that reads the sandbox's site of that name."""
        async with self.db.write() as connection:
            return await insert(
                connection,
                tables.source,
                slug=slug,
                organization_id=values.pop("organization_id", self.federation),
                url=f"{self.sandbox.url}/sites/{slug}/feed.xml",
                interval_s=interval_s,
                reach=int(Reach.REGION),
                kind=int(PostKind.NEWS),
                next_at=0,
                **values,
            )

    async def flow(self) -> None:
        """Read what is due, then deliver until nothing is left to do now."""
        assert self.poller is not None
        await self.poller.drain()
        for courier in self.couriers.values():
            await courier.drain()


@asynccontextmanager
async def town(folder: Path, *networks: str, people: int = 3) -> AsyncIterator[Town]:
    """Build a sandbox with people 1, 2, … and accounts called `main`, and everything of ours that delivers."""
    db = fresh(folder)
    async with (
        serve(inspected()) as sandbox,
        aiohttp.ClientSession(
            sandbox.url, timeout=aiohttp.ClientTimeout(total=PATIENCE_S)
        ) as client,
    ):
        # The same morning whenever the tests run: none of them may depend on today's date.
        async with client.post("/control/clock", json={"at": MORNING}) as answer:
            assert answer.ok, await answer.text()
        time = SandboxTime(sandbox.url)
        await time.sync()
        async with db.write() as connection:
            federation = await insert(
                connection,
                tables.organization,
                slug="federation",
                name="Федерация",
                short="Федерация",
                kind=int(OrganizationKind.FEDERATION),
            )
        made = Town(sandbox, client, db, time, Bell(), MediaFolder(folder / "media"), federation)
        await made.post(
            "world", people=[{"id": n, "name": f"Человек {n}"} for n in range(1, people + 1)]
        )
        try:
            await _open(made, networks or ("telegram", "vk"))
            yield made
        finally:
            for messenger in made.messengers.values():
                await messenger.close()
            if made.poller is not None:
                await made.fetcher.close()  # type: ignore[attr-defined]
            await time.close()
            await db.close()


async def _open(made: Town, networks: Sequence[str]) -> None:
    import ipaddress

    renderer = Renderer(made.db, made.folder, DigestWords())
    for network in networks:
        answer = await made.post(
            "world",
            accounts=[
                {"network": network, "name": "main", "user_token": "wall"}
                if network == "vk"
                else {"network": network, "name": "main"}
            ],
        )
        account = answer["accounts"][0]
        async with made.db.write() as connection:
            await insert(
                connection,
                tables.account,
                slug=network,
                network=network,
                organization_id=made.federation,
            )
            made.accounts = {row.network: row for row in await active(connection)}
        api = f"{made.sandbox.url}/{network}" + ("/method/" if network == "vk" else "")
        made.messengers[network] = open_messenger(
            network,
            token=account["token"],
            user_token=account.get("user_token"),
            group=account["id"],
            api=api,
            clock=made.clock,
        )
        made.couriers[network] = Courier(
            made.accounts[network],
            made.messengers[network],
            made.db,
            renderer,
            made.bell,
            made.clock,
        )
    fetcher = Fetcher(allow=[ipaddress.ip_network(n) for n in LOOPBACK])
    made.fetcher = fetcher  # type: ignore[attr-defined]
    made.poller = Poller(made.db, fetcher, made.folder, DeskRules(MOSCOW), made.bell, made.clock)
