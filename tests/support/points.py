"""Points at which a process of the tests kills itself, as kill -9 would: before and after a commit, around a call.

The seams are wrapped before the product starts, which knows nothing of it: the drivers of both
databases, through which every statement goes, and the messengers that `app.build` opens. A statement
is known by regular expressions, all of which must be found in one transaction.
"""

from __future__ import annotations

import functools
import os
import re
import signal
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from app import build
from core.messenger import Part

TITLE, MORE, ADDED = "Новость", "Абзац", "Стало"  # how texts of these tests begin
_MARK = r"UPDATE delivery SET state = 2\b"
_RECORD = r"UPDATE delivery SET state = .*settled_at ="
_NEW_WAVE, _NEW_POST = r"INSERT INTO wave\b", r"INSERT INTO post\b"


@dataclass(frozen=True, slots=True)
class Committed:
    """Around the commit of a transaction in which all of this was executed."""

    words: tuple[str, ...]
    after: bool = False


@dataclass(frozen=True, slots=True)
class Executed:
    """Before a statement, in the middle of its transaction."""

    words: str


@dataclass(frozen=True, slots=True)
class Called:
    """Around a call to a messenger that sends a part for which `fits` holds."""

    fits: Callable[[Part], bool] = lambda part: True
    after: bool = False


def _first(part: Part) -> bool:
    return part.text.text.startswith(TITLE)


def _text_goes_on(part: Part) -> bool:
    return MORE in part.text.text and not _first(part)


def _album_before_text(part: Part) -> bool:
    return bool(part.media) and _first(part) and MORE in part.text.text


def _added(part: Part) -> bool:
    return _text_goes_on(part) and ADDED in part.text.text


Point = Committed | Executed | Called
POINTS: Mapping[str, Point] = {
    "before the mark is on disk": Committed((_MARK,)),
    "after the mark is on disk": Committed((_MARK,), after=True),
    "before the request leaves": Called(),
    "after the answer": Called(after=True),
    "before the answer is on disk": Committed((_RECORD,)),
    "after the answer is on disk": Committed((_RECORD,), after=True),
    "between an album and its text": Called(_album_before_text, after=True),
    "between the parts of a long text": Called(_text_goes_on),
    "after a further part of a long text": Called(_text_goes_on, after=True),
    "in the middle of a take": Executed(_NEW_POST),
    "before a take is on disk": Committed((_NEW_POST,)),
    "after a take is on disk": Committed((_NEW_POST,), after=True),
    "in the middle of planning": Executed(r"INSERT INTO delivery\b"),
    "before an update is on disk": Committed((r"INSERT INTO inbox\b",)),
    "after an update is on disk": Committed((r"INSERT INTO inbox\b",), after=True),
    "before an approval is on disk": Committed((r"INSERT INTO approval\b",)),
    "after an approval is on disk": Committed((r"INSERT INTO approval\b",), after=True),
    "before an approved post is planned": Committed((r"UPDATE review\b", _NEW_WAVE)),
    "before a correction is planned": Committed((r"INSERT INTO revision\b", _NEW_WAVE, r"of_id")),
    "before a part that a correction adds": Called(_added),
    "after a part that a correction adds": Called(_added, after=True),
}


def install(name: str, passes: int) -> None:
    """Let this process die at a point, after it has passed it so many times.

    «statement N» is the one before which the process has executed N.
    """
    die = _Dying(passes)
    if name.startswith("statement "):
        counting = _Counting(_Dying(int(name.partition(" ")[2])))
        _watch(lambda: counting)
        return
    match POINTS[name]:
        case Called() as point:
            _wrap_messengers(point, die)
        case point:
            _watch(lambda: _Statements(point, die))


class _Dying:
    def __init__(self, passes: int) -> None:
        self._passes = passes

    def __call__(self) -> None:
        if self._passes == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._passes -= 1


class _Counting:
    def __init__(self, die: _Dying) -> None:
        self._die = die

    def __call__(self, statement: str) -> None:
        self._die()


class _Statements:
    """What one connection executes; a transaction's words are forgotten when the next begins."""

    def __init__(self, point: Committed | Executed, die: _Dying) -> None:
        self._point, self._die = point, die
        self._missing: set[str] = set()
        self._committed = False

    def __call__(self, statement: str) -> None:
        if self._committed:
            self._committed = False
            self._die()
        if isinstance(self._point, Executed):
            if re.search(self._point.words, statement):
                self._die()
            return
        if statement.startswith("BEGIN"):
            self._missing = set(self._point.words)
        elif statement.startswith("COMMIT"):
            if not self._missing and self._point.after:
                self._committed = True
            elif not self._missing:
                self._die()
            self._missing = set(self._point.words)
        else:
            self._missing -= {w for w in self._missing if re.search(w, statement, re.DOTALL)}


def _watch(watcher: Callable[[], Callable[[str], None]]) -> None:
    connect: Any = sqlite3.connect

    @functools.wraps(connect)
    def watched(*args: Any, **named: Any) -> Any:
        made = connect(*args, **named)
        made.set_trace_callback(watcher())
        return made

    driver: Any = sqlite3
    driver.connect = driver.dbapi2.connect = watched

    dial = asyncpg.connect

    @functools.wraps(dial)
    async def connected(*args: Any, **named: Any) -> Any:
        made = await dial(*args, **named)
        made._protocol = _Protocol(made._protocol, watcher())
        return made

    asyncpg.connect = connected


class _Protocol:
    """Stands before asyncpg's own: everything that is executed goes through it."""

    def __init__(self, protocol: Any, told: Callable[[str], None]) -> None:
        self._protocol, self._told = protocol, told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._protocol, name)

    def query(self, statement: str, *args: Any, **named: Any) -> Any:
        self._told(statement)
        return self._protocol.query(statement, *args, **named)

    def bind_execute(self, state: Any, *args: Any, **named: Any) -> Any:
        self._told(state.query)
        return self._protocol.bind_execute(state, *args, **named)

    def bind_execute_many(self, state: Any, *args: Any, **named: Any) -> Any:
        self._told(state.query)
        return self._protocol.bind_execute_many(state, *args, **named)


def _wrap_messengers(point: Called, die: _Dying) -> None:
    seam: Any = build
    opened = seam.open_messenger

    @functools.wraps(opened)
    def opening(*args: Any, **named: Any) -> Any:
        messenger: Any = opened(*args, **named)
        send = messenger.send

        async def sending(*given: Any, **more: Any) -> Any:
            fits = any(isinstance(one, Part) and point.fits(one) for one in given)
            if fits and not point.after:
                die()
            outcome = await send(*given, **more)
            if fits and point.after:
                die()
            return outcome

        messenger.send = sending
        return messenger

    seam.open_messenger = opening
