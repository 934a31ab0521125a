"""Brings in what happens in the messengers: batch and cursor together on disk, only then the next poll."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import OperationalError

from core.bell import Bell
from core.clock import Clock
from core.errors import MessengerError, PollConflict, TokenDead
from core.incoming import Incoming, IncomingKind
from core.messenger import Messenger
from core.words import ChatKind
from storage import accounts, inbox
from storage.database import Database

log = logging.getLogger("vestnik.intake")

DEAD_MS = 60_000  # how often a dead key is tried again
STAND_BY_MS = 5_000
BACK_OFF_MS = (1_000, 30_000)  # the first pause after an error, and the longest

TOKEN_DEAD = (
    "Мессенджер не принимает ключ. Получите новый, положите его на место прежнего "
    "и перезапустите Вестник."
)


async def run(
    db: Database, account_id: int, messenger: Messenger, bell: Bell, clock: Clock
) -> None:
    """Read an account's updates until cancelled; no error of messenger or database ends it."""
    troubled: bool | None = None  # None: an earlier run may have left a trouble behind
    pause = BACK_OFF_MS[0]
    while True:
        try:
            await _poll(db, account_id, messenger, bell, clock, clear=troubled is not False)
            troubled, pause = False, BACK_OFF_MS[0]
            continue
        except TokenDead:
            log.error("account %s: the key is refused", account_id)
            troubled = await _say_trouble(db, account_id) or troubled
            wait = DEAD_MS
        except PollConflict:
            log.warning("account %s: somebody else polls with this key, standing by", account_id)
            wait = STAND_BY_MS
        except MessengerError as error:
            log.warning("account %s: %s", account_id, error)
            asked = int((error.retry_after or 0) * 1000)
            wait, pause = asked or pause, min(pause * 2, BACK_OFF_MS[1])
        except OperationalError as error:  # the messenger keeps them: soon after it is back
            log.warning("account %s: updates could not be taken in: %s", account_id, error.orig)
            wait, pause = min(pause, STAND_BY_MS), min(pause * 2, STAND_BY_MS)
        except Exception:
            log.exception("account %s: updates could not be taken in", account_id)
            wait, pause = pause, min(pause * 2, BACK_OFF_MS[1])
        await clock.sleep_until(clock.now() + wait)


async def _poll(
    db: Database,
    account_id: int,
    messenger: Messenger,
    bell: Bell,
    clock: Clock,
    *,
    clear: bool,
) -> None:
    async with db.read() as connection:
        cursor = await inbox.cursor(connection, account_id)
    batch, moved = await messenger.updates(cursor)
    ours = [one for one in batch if _concerns_us(one)]
    if ours or moved != cursor or clear:
        async with db.write() as connection:
            await inbox.take(connection, account_id, ours, moved, clock.now())
            if clear:
                await accounts.set_trouble(connection, account_id, None)
    if ours:
        bell.ring("engine")
    else:
        # An adapter that answers an empty poll at once must not starve the others.
        await asyncio.sleep(0)


def _concerns_us(incoming: Incoming) -> bool:
    """Tell whether to keep it at all: what people say to each other in groups is not ours to keep."""
    talk = incoming.kind in (IncomingKind.MESSAGE, IncomingKind.EDITED, IncomingKind.START)
    return not talk or incoming.chat_kind is ChatKind.PRIVATE


async def _say_trouble(db: Database, account_id: int) -> bool:
    try:
        async with db.write() as connection:
            await accounts.set_trouble(connection, account_id, TOKEN_DEAD)
    except Exception:
        log.exception("account %s: its trouble could not be written down", account_id)
    return True
