"""From a command to running tasks: signals, logs, the lock, and the order of opening and closing."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from app import logs
from core.errors import ConfigError, VestnikError
from core.messenger import Capabilities
from core.words import ChatKind

if TYPE_CHECKING:
    from app.network import Network

log = logging.getLogger(__name__)

GRACE_S = 25.0  # `run`: how long calls in the air may take to come home
GRACE_DEMO_S = 2.0

Work = Callable[[asyncio.Event], Awaitable[None]]


def database_of(data: Path) -> Path:
    """Return where a data folder keeps its database."""
    return data / "vestnik.db"


def execute(work: Work, *, level: str) -> None:
    """Run until done or told to stop by a signal; what people can mend is printed without a trace."""
    logs.set_up(level)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_until_told(work))
    except* VestnikError as group:
        for error in _flat(group):
            print(error, file=sys.stderr)
        sys.exit(1)
    except* PermissionError as refused:
        print(_no_folder(refused.exceptions[0]), file=sys.stderr)
        sys.exit(1)


def _no_folder(error: BaseException) -> str:
    return f"Папку данных нельзя открыть для записи ({error}). Укажите другую: --data ПАПКА."


async def _until_told(work: Work) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows has no handlers in the loop
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    telling = asyncio.create_task(_tell_when_stopping(stop))
    await work(stop)
    telling.cancel()
    if stop.is_set() and any(not thread.daemon for thread in _others()):
        # A blocking call in the air cannot be interrupted; its delivery is marked as in flight, and
        # the next start judges it. Waiting for the thread would only hold the terminal.
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)


async def _tell_when_stopping(stop: asyncio.Event) -> None:
    await stop.wait()
    print("Останавливаем…", file=sys.stderr, flush=True)


def _others() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread is not threading.main_thread()]


async def run_network(config: Path, data: Path, stop: asyncio.Event) -> None:
    """Run the network that config.yaml describes."""
    from storage.database import RunLock

    with RunLock(database_of(data)):
        await run_config(config, data, stop, GRACE_S)


async def run_config(
    config_path: Path,
    data: Path,
    stop: asyncio.Event,
    grace_s: float,
    *,
    sandbox_url: str | None = None,
    ready: Callable[[Network], Awaitable[None]] | None = None,
) -> None:
    """Load, check, migrate, open and run until `stop`; raises VestnikError for what people can mend.

    The caller holds the RunLock of the data folder.
    """
    from app.build import open_network
    from app.config import load
    from app.readiness import require_operator
    from storage.migrate import migrate

    config = load(config_path, sandbox_url=sandbox_url)
    require_operator(config)
    path = database_of(data)
    for name in await asyncio.to_thread(migrate, path):
        log.info("migration %s is done", name)
    async with AsyncExitStack() as stack:
        network = await open_network(config, data, stack)
        if ready is not None:
            await ready(network)
        await network.run(stop, grace_s)


def migrate_command(data: Path, out: TextIO) -> int:
    """Migrate the database of a data folder and say what was done."""
    from storage.migrate import migrate

    try:
        done = migrate(database_of(data))
    except VestnikError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(_no_folder(error), file=sys.stderr)
        return 1
    print(f"Обновлено: {', '.join(done)}." if done else "База уже новейшая.", file=out)
    return 0


def deliveries_command(config: Path, data: Path, post: str, out: TextIO) -> int:
    """Print who got a post."""
    from app import deliveries
    from app.config import load

    path = database_of(data)
    if not path.exists():
        print(f"В папке {data} нет базы. Укажите папку: --data ПАПКА.", file=sys.stderr)
        return 1
    try:
        zone = ZoneInfo(load(config).region.zone)
    except ConfigError:
        zone = ZoneInfo("Europe/Moscow")  # a broken file must not hide what was delivered
    return asyncio.run(deliveries.run(path, post, zone, out))


def print_troubles(data: Path, out: TextIO) -> None:
    """Print what stands still in the network of a data folder; nothing where there is no database."""
    path = database_of(data)
    if not path.exists():
        return
    lines = asyncio.run(_troubles(path))
    print("\nСейчас в работе:" if lines else "\nВсе источники и аккаунты работают.", file=out)
    for line in lines:
        print(f"  {line}", file=out)


async def _troubles(path: Path) -> list[str]:
    from storage import health
    from storage.database import Database

    db = Database(path)
    try:
        async with db.read() as connection:
            sources = await health.troubled_sources(connection)
            accounts = await health.troubled_accounts(connection)
    finally:
        await db.close()
    found = [("Источник", *pair) for pair in sources] + [("Аккаунт", *pair) for pair in accounts]
    return [f"{what} «{slug}»: {trouble}" for what, slug, trouble in found]


def capabilities_for(messenger: str, errors: TextIO) -> Capabilities | None:
    """Return what a messenger can do in a dialog; None after saying that there is no such messenger."""
    from messengers import DEFAULT_APIS, capabilities_of

    if messenger not in DEFAULT_APIS:
        known = ", ".join(DEFAULT_APIS)
        print(f"Мессенджера «{messenger}» нет. Есть: {known}.", file=errors)
        return None
    return capabilities_of(messenger, ChatKind.PRIVATE)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not for this system
        return None
    return uvloop.new_event_loop


def _flat(group: BaseExceptionGroup[VestnikError]) -> list[VestnikError]:
    found: list[VestnikError] = []
    for error in group.exceptions:
        found.extend(_flat(error) if isinstance(error, BaseExceptionGroup) else [error])
    return found


def own_networks(config: Path) -> Sequence[IPv4Network | IPv6Network]:
    """Return the private networks that config.yaml lets feeds come from; none if it cannot be read."""
    from app.config import load

    try:
        return load(config).fetch.allow
    except ConfigError:
        return ()
