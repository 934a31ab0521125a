"""One account, call by call, on a simulated clock: the product's own pace against the bench's own judge.

The host is late, ways differ, some answers take seconds, the platform refuses now and then; all of
it is drawn from a seed, so a run can be repeated exactly.
"""

from __future__ import annotations

import heapq
import math
import random
import tracemalloc
from collections import deque
from dataclasses import dataclass, replace
from itertools import count

from bench.judge import REFUSED_S, Judge
from broadcaster.chat_pace import ChatPace
from broadcaster.courier import IN_AIR
from broadcaster.pace import AccountPace, Flight
from core.clock import MovableClock
from core.messenger import Pace
from core.words import ChatKind

BEGAN_MS = 1_764_000_000_000
_KEY = "account"


@dataclass(frozen=True, slots=True)
class Weather:
    """What stands between the pace and the platform; means of exponential draws, shares of calls."""

    late_ms: float = 2  # a wake comes later than asked for
    trip_ms: float = 60  # there and back, at the least
    jitter_ms: float = 5  # more than that, each way
    slow: float = 0.001  # share of calls that take long, half of them on their way there
    slow_ms: float = 2_000
    refused_every_s: float = 600  # so often the account hears «too fast» for no fault of ours
    refused_s: int = 3


@dataclass(frozen=True, slots=True)
class Flown:
    """What became of it: `share` of the rate from the first call on, `refused` by the judge, `planted` by the weather."""

    seconds: float
    calls: int
    messages: int
    refused: int
    planted: int
    share: float

    @property
    def per_s(self) -> float:
        """Return messages a second."""
        return self.messages / self.seconds


def fly(
    pace: Pace,
    *,
    pack: int,
    seed: int,
    recipients: int | None = None,
    seconds: float = math.inf,
    weather: Weather | None = None,
) -> Flown:
    """Send to so many recipients, or for so long; every call serves `pack` of them."""
    flight = _Simulation(pace, pack, seed, recipients, weather or Weather())
    return flight.run(seconds)


class _Simulation:
    def __init__(
        self, pace: Pace, pack: int, seed: int, recipients: int | None, weather: Weather
    ) -> None:
        self._lot = random.Random(seed)
        self._weather = weather
        self._rate, self._pack = pace.account_per_s, pack
        self._left = recipients
        self._clock = MovableClock(BEGAN_MS, frozen=True)
        self._pace, self._chats = AccountPace(pace, self._clock), ChatPace(pace, self._clock)
        self._judge = Judge("sliding", pace.account_per_s)
        self._again: deque[tuple[int, ...]] = deque()
        self._next_chat = 1
        self._numbers = count()
        self._planted = self._air = 0
        self._events: list[tuple[int, int, str, Flight, tuple[int, ...], list[int], int]] = []

    def run(self, seconds: float) -> Flown:
        end = BEGAN_MS + seconds * 1000
        while self._clock.now() < end and (self._has_more() or self._events):
            self._arrive()
            if self._has_more() and self._air < IN_AIR:
                if (at := self._pace.ready_at()) <= self._clock.now():
                    self._leave()
                    continue
                at = max(at, self._clock.now()) + round(self._draw(self._weather.late_ms))
            else:
                at = None
            moments = [at] if at is not None else []
            moments += [self._events[0][0]] if self._events else []
            if moments:
                self._clock.set(min(moments))
        return self._flown(min(end, self._clock.now()))

    def _flown(self, end: float) -> Flown:
        seen = self._judge.told(math.inf)[_KEY]
        spent = (end - BEGAN_MS) / 1000
        share = seen["calls"] / (spent * self._rate)
        refused = seen["refused"]
        return Flown(spent, seen["calls"], seen["messages"], refused, self._planted, share)

    def _has_more(self) -> bool:
        return bool(self._again) or self._left is None or self._left > 0

    def _taken(self) -> tuple[int, ...]:
        if self._again:
            return self._again.popleft()
        number = self._pack if self._left is None else min(self._pack, self._left)
        if self._left is not None:
            self._left -= number
        first, self._next_chat = self._next_chat, self._next_chat + number
        return tuple(range(first, first + number))

    def _leave(self) -> None:
        chats = self._taken()
        self._pace.take()
        noted = [self._chats.take(chat, ChatKind.PRIVATE) for chat in chats]
        flight = self._pace.sent(1, "text")
        self._air += 1
        there = self._weather.trip_ms / 2 + self._draw(self._weather.jitter_ms)
        if self._lot.random() < self._weather.slow / 2:
            there += self._draw(self._weather.slow_ms)
        self._at(self._clock.now() + there, "counted", flight, chats, noted)

    def _arrive(self) -> None:
        while self._events and self._events[0][0] <= self._clock.now():
            at, _, what, flight, chats, noted, pause_s = heapq.heappop(self._events)
            if what == "counted":
                back = self._weather.trip_ms / 2 + self._draw(self._weather.jitter_ms)
                if self._lot.random() < self._weather.slow / 2:
                    back += self._draw(self._weather.slow_ms)
                self._at(at + back, "answered", flight, chats, noted, self._verdict(at, len(chats)))
                continue
            self._air -= 1
            self._pace.answered(flight)
            for chat, moment in zip(chats, noted, strict=True):
                self._chats.answered(chat, ChatKind.PRIVATE, moment)
            if pause_s:
                self._again.append(chats)
                self._pace.hold(self._clock.now() + pause_s * 1000)

    def _verdict(self, at: int, messages: int) -> int:
        """Return for how many seconds the platform sends us away, 0 if the call passes."""
        if self._lot.random() < 1 / (self._rate * self._weather.refused_every_s):
            self._planted += 1
            return self._weather.refused_s
        passes = self._judge.passes(_KEY, at / 1000, messages)
        return 0 if passes else math.ceil(REFUSED_S)

    def _at(
        self,
        at: float,
        what: str,
        flight: Flight,
        chats: tuple[int, ...],
        noted: list[int],
        pause_s: int = 0,
    ) -> None:
        event = (math.ceil(at), next(self._numbers), what, flight, chats, noted, pause_s)
        heapq.heappush(self._events, event)

    def _draw(self, mean: float) -> float:
        return self._lot.expovariate(1 / mean) if mean else 0.0


def paid(pace: Pace, per_s: float) -> Pace:
    """Return a pace with another rate for the whole account."""
    return replace(pace, account_per_s=per_s)


def remembered_mb(pace: Pace) -> float:
    """Return what an account's pace holds in memory once it knows as many chats as it ever does, MB of 10^6 bytes."""
    clock = MovableClock(BEGAN_MS, frozen=True)
    tracemalloc.start()
    try:
        chats = ChatPace(pace, clock)
        for chat in range(10_000):
            chats.take(chat, ChatKind.PRIVATE)
            clock.advance(round(1000 / pace.account_per_s))
        return tracemalloc.get_traced_memory()[0] / 1e6
    finally:
        tracemalloc.stop()
