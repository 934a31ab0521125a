"""How fast an account goes: evenly spaced calls, and a guard over any one second.

Moments are milliseconds by the Clock. Not every platform publishes its limiter; even spacing at the rate
with no second above it passes both a bucket and a sliding window of one second.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable

from core.clock import Clock
from core.messenger import Pace

SECOND_MS = 1_000
WIDER = 0.02  # slower by this much after each time the platform said «too fast»
WIDEST = 0.2
# The same where it may have been said to a chat alone: a storm of those must not slow the others down.
UNSURE, UNSURE_WIDEST = 0.005, 0.04
CALM_MS = 60_000  # after so long without a refusal the rate is the platform's again
GUARD_MS = SECOND_MS + 5  # moments are whole milliseconds, of two clocks
WAYS_MS = 10_000
CATCH_UP = 5  # slots that a late wake may bring back; the guard keeps any second below the limit
FULL = 0.8
TALK_MS = 10_000  # so long after somebody was answered a place is kept free for the next answer
ROOMY = 10  # calls a second, below which no place is kept free


class Ways:
    """How long calls of each kind take at the least, of late.

    Whatever a call took beyond that may have passed before the platform counted it.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._since = 0
        self._now: dict[Hashable, int] = {}
        self._before: dict[Hashable, int] = {}

    def learn(self, flight: Flight, took: int, now: int) -> None:
        """Note how long an answered call took."""
        if took < 0:  # the clock was put back meanwhile
            return
        if not 0 <= now - self._since < WAYS_MS:
            self._since, self._before, self._now = now, self._now, {}
        self._now[flight.kind] = min(took, self._now.get(flight.kind, took))

    def late(self, flight: Flight, now: int) -> int:
        """Return how much later than usual the platform may have counted this call, or may still."""
        took = (now if flight.answered_at is None else flight.answered_at) - flight.sent_at
        known = [ways[flight.kind] for ways in (self._now, self._before) if flight.kind in ways]
        return max(0, took - min(known)) if known else 0


class Flight:
    """A call on its way, a context to make it in; `answered_at` is None until it is left."""

    __slots__ = ("_pace", "answered_at", "kind", "sent_at", "weight")

    def __init__(self, pace: AccountPace, sent_at: int, weight: int, kind: Hashable) -> None:
        """Begin at that moment; calls of one `kind` take about as long."""
        self._pace = pace
        self.sent_at = sent_at
        self.weight = weight
        self.kind = kind
        self.answered_at: int | None = None

    def __enter__(self) -> None:
        """Make the call inside."""

    def __exit__(self, *_: object) -> None:
        """Note that it is over, whatever became of it."""
        self._pace.answered(self)


class AccountPace:
    """Spaces the calls of one account: `take` a slot when `ready_at` has come, make the call in `sent`."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        """Begin with nothing sent."""
        self._clock = clock
        self._per_s = pace.account_per_s
        self._wider = 0.0
        self._refused_at = -CALM_MS
        self._next = 0.0
        self._most = max(1, int(pace.account_per_s))  # calls in any one second
        self._recent: deque[Flight] = deque()  # once for each message of an album
        # Without an answer, so it may be counted at any moment: each has a place in every second.
        self._overdue: list[Flight] = []
        self._taken: deque[int] = deque()  # slots whose calls have not left yet
        self._ways = Ways()
        self._talked_at = -TALK_MS
        self._held_until = self._held_at = 0  # and when that was said
        self._seen = 0  # the latest moment of all

    @property
    def held_until(self) -> int:
        """Return until when nothing may leave; what was said before the clock was put back is over."""
        if self._held_at > self._clock.now() + GUARD_MS:
            self._forget()
        return self._held_until

    @held_until.setter
    def held_until(self, until: int) -> None:
        self._held_until, self._held_at = until, self._clock.now()

    def ready_at(self, *, talk: bool = False) -> int:
        """Return the earliest moment for the next call.

        Talk need not keep the spacing, only the limit, and while people talk the rest leaves a place
        free in every second: where calls came in a throng there is a gap a second later, and the next.
        """
        now = self._now()
        held = float(self.held_until)
        if talk:
            return math.ceil(max(held, self._guard(now, 0)))
        free = int(self._most >= ROOMY and now - self._talked_at < TALK_MS)
        return math.ceil(max(self._next, held, self._guard(now, free)))

    def _guard(self, now: int, free: int) -> float:
        """Return when a further call makes no second too full: so many places short of what is allowed."""
        guard = GUARD_MS * (1 + self._wider)
        while self._taken and self._taken[0] + GUARD_MS < now:
            self._taken.popleft()  # it was for nothing, or for a call that nobody notes
        while True:
            most = max(1, self._most - free - len(self._overdue) - len(self._taken))
            if len(self._recent) < most:
                return 0.0
            flight = self._recent[-most]
            late = self._ways.late(flight, now)
            if flight.answered_at is not None or not late:
                return flight.sent_at + late + guard
            # Nobody waits for an answer that may take half a minute.
            self._recent = deque(one for one in self._recent if one is not flight)
            self._overdue += [flight] * flight.weight

    def _now(self) -> int:
        now = self._clock.now()
        if self._seen > now + GUARD_MS:
            self._forget()
            self._seen = now
        self._seen = max(self._seen, now)
        return now

    def _forget(self) -> None:
        # The clock was put back: what was sent lies in the future now and must not silence us.
        self._recent.clear()
        self._overdue.clear()
        self._taken.clear()
        self._ways = Ways()
        self._next, self._refused_at, self._talked_at = 0.0, -CALM_MS, -TALK_MS
        self._held_until = self._held_at = 0

    def take(self, weight: int = 1, *, talk: bool = False) -> None:
        """Take the next slot; an album takes one for each of its items."""
        now = self._now()
        if talk:
            self._talked_at = now
        if now - self._refused_at > CALM_MS:
            self._wider = 0.0
        spacing = SECOND_MS * (1 + self._wider) / self._per_s
        # A moment is a whole millisecond, which may hold more than one slot.
        late = max(CATCH_UP * spacing, 1)
        self._next = max(self._next, now - late) + spacing * weight
        self._taken.extend([now] * weight)

    def sent(self, weight: int = 1, kind: Hashable = None) -> Flight:
        """Note a call that leaves this very moment: a busy process may be late after its `take`."""
        now = self._now()
        recent = self._recent
        while recent and (over := recent[0].answered_at) and over + (1 + WIDEST) * GUARD_MS < now:
            recent.popleft()
        for _ in range(min(weight, len(self._taken))):
            self._taken.popleft()
        flight = Flight(self, now, weight, kind)
        recent.extend([flight] * weight)
        return flight

    def answered(self, flight: Flight) -> None:
        """Note that the call is over."""
        now = flight.answered_at = self._clock.now()
        self._ways.learn(flight, now - flight.sent_at, now)
        if flight in self._overdue:
            self._overdue = [one for one in self._overdue if one is not flight]
            flight.sent_at = now  # it was counted at some moment up to now
            self._recent.extend([flight] * flight.weight)

    def is_full(self) -> bool:
        """Tell whether this second holds most of what the platform allows: a refusal may be the account's."""
        now = self._clock.now()
        recent = sum(now - flight.sent_at < GUARD_MS for flight in self._recent)
        return recent >= FULL * self._per_s

    def pause(self, until: int) -> None:
        """Let nothing leave before that moment."""
        self.held_until = max(self.held_until, until)

    def hold(self, until: int) -> None:
        """Pause the whole account: being throttled at all means that the spacing was too tight.

        A moment that has come pauses nothing: the refusal may have been a chat's own.
        """
        now = self._clock.now()
        if now - self._refused_at > GUARD_MS:  # the calls in the air with it were the same mistake
            step, most = (WIDER, WIDEST) if until > now else (UNSURE, UNSURE_WIDEST)
            self._wider = max(self._wider, min(most, self._wider + step))
        self._refused_at = now
        self.held_until = max(self.held_until, until)
        self._next = max(self._next, float(until))
