"""From a command to running tasks: signals, logs, the lock, and the order of opening and closing."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, nullcontext
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from app import logs
from core.errors import ConfigError, StorageError, VestnikError
from core.garbage import collect_seldom
from core.messenger import Capabilities
from core.tasks import unless
from core.words import ChatKind

if TYPE_CHECKING:
    from app.network import Network
    from storage.database import Where

log = logging.getLogger(__name__)

GRACE_S = 25.0  # `run`: how long calls in the air may take to come home
GRACE_DEMO_S = 2.0

Work = Callable[[asyncio.Event], Awaitable[None]]


def execute(work: Work, *, level: str) -> None:
    """Run until done or told to stop by a signal; what people can mend is printed without a trace."""
    logs.set_up(level)
    collect_seldom()
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
    """Run the network that config.yaml describes; a database in a file has one such run."""
    from app.config import load
    from app.where import database_of
    from storage.sqlite import RunLock

    where = database_of(load(config), data)
    with RunLock(where) if isinstance(where, Path) else nullcontext():
        await run_config(config, data, stop, GRACE_S, where=where)


async def run_config(
    config_path: Path,
    data: Path,
    stop: asyncio.Event,
    grace_s: float,
    *,
    where: Where | None = None,
    lease_s: float | None = None,
    sandbox_url: str | None = None,
    ready: Callable[[Network], Awaitable[None]] | None = None,
) -> None:
    """Load, check, migrate, open and run until `stop`; raises VestnikError for what people can mend.

    `where` takes the place of the database that config.yaml names. If that is a file, the caller holds
    its RunLock. On a server others may work, too: what one of them held is taken over when nothing was
    heard of it for `lease_s` seconds (None is the usual time).
    """
    from app.build import open_network
    from app.cluster import LEASE_S
    from app.config import load
    from app.readiness import require_operator
    from app.where import database_of
    from storage.migrate import migrate

    config = load(config_path, sandbox_url=sandbox_url)
    require_operator(config)
    where = where or database_of(config, data)
    for name in await asyncio.to_thread(migrate, where):
        log.info("migration %s is done", name)
    async with AsyncExitStack() as stack:
        opening = open_network(config, where, data, stack, lease_s or LEASE_S)
        network = await unless(stop, opening)  # it may wait for others, who work by other settings
        if network is None:
            return
        if ready is not None:
            await ready(network)
        await network.run(stop, grace_s)


def migrate_command(config: Path, data: Path, out: TextIO) -> int:
    """Migrate the database of a network and say what was done."""
    from app.where import database_to_look_at, file_of
    from storage.migrate import migrate

    try:
        done = migrate(database_to_look_at(config, data) or file_of(data))
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
    from app.where import database_to_look_at

    try:
        where = database_to_look_at(config, data)
        if where is not None:
            return asyncio.run(deliveries.run(where, post, _zone_of(config), out))
    except StorageError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"В папке {data} нет базы. Укажите папку: --data ПАПКА.", file=sys.stderr)
    return 1


def print_troubles(config: Path, data: Path, out: TextIO) -> None:
    """Print what stands still in a network; nothing where there is no database."""
    from app.where import database_to_look_at

    try:
        where = database_to_look_at(config, data)
        if where is None:
            return
        wrong, numbers = asyncio.run(_vitals(where, _zone_of(config)))
    except StorageError as error:
        print(f"\n{error}", file=out)
        return
    print("\nСейчас в работе:" if wrong else "\nВсе источники и аккаунты работают.", file=out)
    for line in wrong:
        print(f"  {line}", file=out)
    print(*numbers, sep="\n", file=out)


async def _vitals(where: Where, zone: ZoneInfo) -> tuple[list[str], list[str]]:
    from app import vitals
    from app.staff import workers
    from app.where import looked_into
    from core.clock import SystemClock

    async with looked_into(where) as connection:
        wrong = await vitals.troubles(connection, zone)
        numbers = await vitals.numbers(connection, SystemClock().now(), zone)
        if not isinstance(where, Path):
            numbers += await workers(connection)
        return wrong, numbers


def _zone_of(config: Path) -> ZoneInfo:
    from app.config import load

    try:
        return ZoneInfo(load(config).region.zone)
    except ConfigError:
        return ZoneInfo("Europe/Moscow")  # a broken file must not hide what is


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
