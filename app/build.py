"""Opens everything a network needs, in order; what was opened is closed in reverse by the caller's stack."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from app import logs
from app.apply import apply
from app.cluster import LEASE_S, Cluster
from app.config import Config
from app.follow import SandboxTime
from app.keys import AccountKeys, Secret, resolve_keys
from app.member import digest
from app.network import Network, Wiring
from app.networks import NETWORKS
from app.readiness import real_hosts
from bots.settings import Settings
from broadcaster.feeds.fetch import Fetcher
from core.clock import Clock, SystemClock
from core.errors import VestnikError
from core.messenger import Messenger
from messengers import open_messenger, warm_up
from newsroom.desk import DeskRules
from newsroom.digest import DigestWords
from storage.accounts import active
from storage.database import Where, open_database
from storage.media import MediaFolder

CLOSE_S = 1.0  # what is still in the air after the grace is not waited for


async def open_network(
    config: Config, where: Where, data: Path, stack: AsyncExitStack, lease_s: float = LEASE_S
) -> Network:
    """Return the network on a migrated database, ready to run; raises VestnikError for a missing key or sandbox.

    Where several may work on one database, it waits while they go by other settings.
    """
    world = await _sandbox_world(config) if config.sandbox else None
    keys = resolve_keys(config, world)
    logs.hide(secret.reveal() for account in keys.values() for secret in _secrets(account))
    clock = await _clock(config, stack)
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)  # pictures are files anyway
    db = open_database(where)
    stack.push_async_callback(db.close)
    cluster = None
    if not isinstance(where, Path):
        cluster = Cluster(db, where, digest(config), lease_s)
        stack.push_async_callback(cluster.close)
        await cluster.admitted()
    async with db.write() as connection:
        applied = await apply(connection, config, clock.now())
        accounts = tuple(await active(connection))
    by_slug = {account.slug: account for account in config.accounts}
    messengers = {
        row.id: open_messenger(
            row.network,
            token=keys[row.slug].key.reveal(),
            user_token=_revealed(keys[row.slug].wall_key),
            group=by_slug[row.slug].group,
            api=config.api_of(by_slug[row.slug]),
            proxy=_revealed(keys[row.slug].proxy),
            ca=by_slug[row.slug].ca,
            clock=clock,
        )
        for row in accounts
    }
    stack.push_async_callback(_close, messengers.values())
    # Importing what an adapter reads with takes seconds: before we say that we listen, not after.
    await asyncio.gather(
        *(asyncio.to_thread(warm_up, name) for name in {r.network for r in accounts})
    )
    fetcher = Fetcher(allow=config.fetch.allow, tls=_tls(config))
    stack.push_async_callback(fetcher.close)
    rules = DeskRules(
        ZoneInfo(config.region.zone),
        applied.rubrics,
        config.urgent_marks,
        approvals=config.approvals,
        grace_ms=config.grace * 1000,
        night=(config.night.from_, config.night.to),
    )
    return Network(
        Wiring(
            db=db,
            clock=clock,
            folder=MediaFolder(data / "media"),
            fetcher=fetcher,
            rules=rules,
            settings=_settings(config, rules, {row.slug: row.id for row in accounts}),
            words=DigestWords(),
            accounts=accounts,
            messengers=messengers,
            unknowns=config.unknowns,
            free=lambda: shutil.disk_usage(data).free,
            cluster=cluster,
        )
    )


def _settings(config: Config, rules: DeskRules, ids: dict[str, int]) -> Settings:
    federation = config.federation
    return Settings(
        region=config.region.name,
        operator_name=config.operator.name or federation.name,
        operator_contacts=config.operator.contacts,
        zone=config.region.zone,
        administrators=frozenset((a.messenger, a.id) for a in config.administrators),
        networks={a.messenger: NETWORKS[a.messenger] for a in config.accounts},
        shared_dialogs=frozenset(ids[a.slug] for a in config.accounts if a.shared_dialogs),
        digest_minute=config.evening,
        night=(config.night.from_, config.night.to),
        rules=rules,
    )


async def _sandbox_world(config: Config) -> dict[str, Any]:
    try:
        url = config.sandbox or ""
        tls = url.startswith("https:")  # without it, authorities need not be read
        async with httpx.AsyncClient(base_url=url, trust_env=False, verify=tls) as client:
            answer = await client.get("/control/world")
            answer.raise_for_status()
            world: dict[str, Any] = answer.json()
            return world
    except httpx.HTTPError as error:
        raise VestnikError(
            f"Песочница по адресу {config.sandbox} не отвечает. Запустите её: python -m sandbox, "
            "или всё вместе: make demo."
        ) from error


async def _clock(config: Config, stack: AsyncExitStack) -> Clock:
    # Only where nothing real can be reached may somebody else's clock be ours.
    if config.sandbox is None or real_hosts(config):
        return SystemClock()
    time = SandboxTime(config.sandbox)
    stack.push_async_callback(time.close)
    await time.sync()
    following = asyncio.create_task(time.follow())
    stack.callback(following.cancel)
    return time.clock


async def _close(messengers: Iterable[Messenger]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(m.close() for m in messengers)), CLOSE_S)


def _secrets(keys: AccountKeys) -> list[Secret]:
    return [secret for secret in (keys.key, keys.wall_key, keys.proxy) if secret is not None]


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.fetch.ca is None:
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(config.fetch.ca)
    return context
