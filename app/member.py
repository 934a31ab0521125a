"""This process as one of the workers of a database: whether it lives there, and may have a part in the work.

Here time is the computer's and the database's, not the product's: whether a process lives has
nothing to do with what o'clock it is in the sandbox.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import socket
import time
from contextlib import suppress

from sqlalchemy.exc import OperationalError

from app.config import Config
from app.process import has_ended, this_process
from app.pulse import Pulse
from core.errors import LeaseLost
from storage import leases
from storage.database import Database
from storage.leases import Standing
from storage.line import Line

log = logging.getLogger(__name__)

BEATS = 3  # in the time of a lease
AGAIN_S = 1.0  # when the database is away


def digest(config: Config) -> str:
    """Return what tells settings apart; where a secret or an authority lies may differ from machine to machine."""
    places = {"key": True, "wall_key": True, "proxy": True, "ca": True}
    settings = config.model_dump_json(
        exclude={
            "database": True,
            "database_password": True,
            "fetch": {"ca": True},
            "accounts": {"__all__": places},
        }
    )
    return hashlib.sha256(settings.encode()).hexdigest()[:16]


def ended(standing: Standing) -> list[int]:
    """Return the workers that are known to have ended: they are not waited for."""
    return [one.id for one in standing.workers if has_ended(one.process)]


class Member:
    """A worker; `ready` when it may take leases, `pulse` tells whether it keeps those it has."""

    def __init__(self, db: Database, line: Line, config: str, lease_s: float) -> None:
        """Prepare; `config` is a digest of the settings."""
        self.beat_s = lease_s / BEATS
        self.pulse = Pulse(lease_s)
        self.ready = False
        self._db = db
        self._line = line
        self._config = config
        self._lease_s = lease_s
        self._id: int | None = None
        self._heard_at = self._heard_since = 0.0  # by the database, without a gap
        self._different: str | None = None  # whose settings are not ours; said once

    @property
    def id(self) -> int:
        """Return its number, after it was admitted for the first time."""
        assert self._id is not None
        return self._id

    async def may_work(self, *, ready: bool) -> bool:
        """Tell whether it is admitted now: nobody works by other settings. Joins anew if it counts as gone.

        Only when it says that it is `ready` do others leave its share to it.
        """
        try:
            if self._id is None or self.pulse.lost or not await self.beat():
                await self._join()
            async with self._db.write() as connection:
                standing = await leases.standing(connection)
                await leases.bury(connection, ended(standing), silent=False)
                different = await leases.admit(connection, self.id, ready=ready)
        except LeaseLost:
            return False  # it joins anew
        except OperationalError as error:
            log.warning("whether there is work cannot be asked now: %s", error.orig)
            return False
        if different is not None and different != self._different:
            log.warning(
                "Настройки отличаются от тех, с которыми уже работает %s. Этот запуск ждёт и ничего "
                "не делает: дайте всем один config.yaml или остановите остальных.",
                different,
            )
        self._different = different
        self.ready = ready and different is None
        return different is None

    async def _join(self) -> None:
        self.ready = False
        said_at = time.monotonic()
        name = f"{socket.gethostname()}:{os.getpid()}"
        async with self._db.write(alone=False) as connection:
            self._id = await leases.join(
                connection, name, this_process(), self._config, self._lease_ms
            )
        self.pulse = Pulse(self._lease_s)
        self.pulse.beat(said_at)
        self._note(said_at)

    async def beat(self) -> bool:
        """Say that it lives; False if it counts as gone."""
        said_at, pulse = time.monotonic(), self.pulse
        if await self._line.beat(self.id, self._lease_ms):
            pulse.beat(said_at)
            self._note(said_at)
        else:
            pulse.lost = True
        return not pulse.lost

    def _note(self, said_at: float) -> None:
        if said_at - self._heard_at > self._lease_s:
            self._heard_since = said_at
        self._heard_at = said_at

    @property
    def knows_silence(self) -> bool:
        """Tell whether others could have been heard for a while, too: after an outage they have to come back first."""
        now = time.monotonic()
        return now - self._heard_at < self._lease_s and now - self._heard_since > 2 * self.beat_s

    async def live(self, lost: asyncio.Event) -> None:
        """Say again and again that it lives, until cancelled; `lost` is set when it counts as gone."""
        away = False
        while True:
            pause = self.beat_s
            try:
                if not self.pulse.lost and not await self.beat():
                    lost.set()
                if away:
                    log.warning("the database answers again")
                away = False
            except OperationalError as error:
                self._heard_at = 0.0
                pause = min(AGAIN_S, self.beat_s)
                if not away:
                    log.warning(
                        "the database does not answer, nothing new will leave: %s", error.orig
                    )
                away = True
            except Exception:  # whoever stops saying that it lives loses all that it does
                log.exception("that this worker lives could not be said")
            await asyncio.sleep(pause)

    async def leave(self) -> None:
        """Let everything go that it holds; a database that is away finds out by itself."""
        self.ready = False
        with suppress(OperationalError):
            async with self._db.write() as connection:
                await leases.leave(connection, self.id)

    @property
    def _lease_ms(self) -> int:
        return int(self._lease_s * 1000)
