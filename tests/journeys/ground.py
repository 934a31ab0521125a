"""Builds the scene of the kills: who lives in the sandbox, who subscribes, what is stopped from the beginning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from app.apply import apply
from app.config import load
from core.words import ChatKind, ChatState, HoldScope, Mode, RoleKind
from sandbox.server import serve
from storage import people, roles, tables
from storage.database import open_database
from storage.migrate import migrate
from storage.rows import insert
from tests.journeys.killing import AUTHOR, MODERATOR, Place, Scene
from tests.support.database import empty_where
from tests.support.inspected import inspected

_CONFIG = """
region: {{name: Область, zone: Europe/Moscow}}
sandbox: {url}
organizations:
  - {{slug: federation, name: Федерация, short: Федерация, kind: federation}}
  - {{slug: stopped, name: Остановленная, short: Остановленная, kind: member, parent: federation}}
accounts:
  - {{slug: telegram, messenger: telegram, organization: federation, handle: main, key: "sandbox:main", api: sandbox}}
  - {{slug: vk, messenger: vk, group: {group}, organization: federation, handle: main, key: "sandbox:main", wall_key: "sandbox:main", api: sandbox}}
sources:
  - {{slug: news, organization: federation, url: "sandbox:/sites/news/feed.xml", every: "5 s", reach: region}}
  - {{slug: withheld, organization: stopped, url: "sandbox:/sites/stopped/feed.xml", every: "5 s", reach: region}}
fetch: {{allow: ["127.0.0.0/8"]}}
"""


@asynccontextmanager
async def scene(folder: Path, persons: int) -> AsyncIterator[Scene]:
    """Build a sandbox in which so many persons subscribe on both messengers, two channels, a group and the wall too.

    What the second organization says is held by a stop from the beginning.
    """
    async with (
        serve(inspected()) as sandbox,
        httpx.AsyncClient(
            base_url=sandbox.url, trust_env=False, verify=False, timeout=30
        ) as control,
    ):
        where = empty_where(folder)
        made = Scene(control, sandbox.url, folder, open_database(where), {})
        subscribers = range(1, persons + 1)
        made.world = await made.post("world", **_world(subscribers))
        # A long campaign posts more on a wall than a day allows.
        await made.post("limits", vk={"wall": {"count": 1000}})
        group = next(a["id"] for a in made.world["accounts"] if a["network"] == "vk")
        config = _CONFIG.format(url=sandbox.url, group=group)
        if not isinstance(where, Path):
            config += f"database: {where}\n"
        (folder / "config.yaml").write_text(config, encoding="utf-8")
        await asyncio.to_thread(migrate, where)
        started = [("telegram", one) for one in (*subscribers, AUTHOR, MODERATOR)]
        for network, person in [*started, *(("vk", one) for one in subscribers)]:
            await made.post("do", network=network, chat="main", what="start", **{"as": person})
        await _settle_in(made, subscribers, group)
        try:
            yield made
        finally:
            await made.db.close()


def _world(subscribers: Sequence[int]) -> dict[str, Any]:
    rooms = {"network": "telegram", "members": [1], "admins": [2]}
    return {
        "people": [{"id": n, "name": f"Человек {n}"} for n in (*subscribers, AUTHOR, MODERATOR)],
        "accounts": [
            {"network": "telegram", "name": "main"},
            {"network": "telegram", "name": "reader"},
            {"network": "vk", "name": "main", "user_token": "wall"},
        ],
        "sites": [{"name": name, "title": name} for name in ("news", "stopped")],
        "chats": [
            {**rooms, "bots": bots, "kind": kind, "title": f"{kind} {n}"}
            for kind, n, bots in (
                ("channel", 1, ["main", "reader"]),
                ("channel", 2, ["main", "reader"]),
                ("supergroup", 1, ["main"]),
            )
        ],
    }


async def _settle_in(made: Scene, subscribers: Sequence[int], group: int) -> None:
    async with made.db.write() as connection:
        applied = await apply(connection, load(made.folder / "config.yaml"), 0)
        stopped = applied.organizations["stopped"]
        scope = int(HoldScope.ORGANIZATION)
        await insert(connection, tables.hold, scope=scope, at=0, organization_id=stopped)
        for one, role in ((AUTHOR, RoleKind.PRESS), (MODERATOR, RoleKind.MODERATOR)):
            person = await people.find_or_add(connection, "telegram", str(one), f"Человек {one}", 1)
            federation = applied.organizations["federation"]
            await roles.grant(connection, person, federation, role, None, 1)
        wanted = [
            (network, str(n), ChatKind.PRIVATE, f"main?as={n}")
            for network in ("telegram", "vk")
            for n in subscribers
        ]
        kinds = {"channel": ChatKind.CHANNEL, "supergroup": ChatKind.GROUP}
        wanted += [
            ("telegram", str(c["id"]), kinds[c["kind"]], f"{c['id']}?as=1")
            for c in made.world["chats"]
            if c["kind"] in kinds
        ]
        for network, external, kind, shown_at in wanted:
            chat_id = await insert(
                connection,
                tables.chat,
                account_id=applied.accounts[network],
                external=external,
                kind=int(kind),
                state=int(ChatState.ACTIVE),
                began_at=0,
            )
            wish = await insert(
                connection,
                tables.subscription,
                chat_id=chat_id,
                mode=int(Mode.AT_ONCE),
                digest_minute=0,
                created_at=0,
            )
            for organization_id in applied.organizations.values():
                await connection.execute(
                    tables.subscription_organization.insert().values(
                        subscription_id=wish, organization_id=organization_id
                    )
                )
            made.places.append(Place(chat_id, network, kind, external, shown_at))
        wall = await connection.scalar(sa.select(tables.chat.c.id).where(tables.chat.c.kind == 4))
        assert wall is not None
        made.places.append(Place(wall, "vk", ChatKind.WALL, f"-{group}", f"-{group}?as=1"))
