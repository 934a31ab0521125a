"""How fast an account may go: evenly spaced calls, a guard over any one second, and each chat's own pace.

Moments are milliseconds by the Clock. Telegram publishes no exact limiter; even spacing a little
below the rate passes both a bucket and a sliding window of one second.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque

from core.clock import Clock
from core.messenger import Pace
from core.words import ChatKind

MARGIN = 0.02  # below the platform's rate, so that jitter on the way does not bunch calls together
WIDER = 0.02  # more of it after each time the platform said «too fast»
MARGIN_MAX = 0.2
CALM_MS = 60_000  # after so long without a refusal the margin is the first one again
GUARD_MS = 1_030  # the platform's second, and what the way and a busy host may squeeze it by
CATCH_UP = 2
FULL = 0.8
JITTER_MS = 200
REMEMBERED_CHATS = 20_000


class AccountPace:
    """Spaces the calls of one account: `take` a slot when `ready_at` has come, `sent` when the call leaves."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        """Begin with nothing sent."""
        self._clock = clock
        self._per_s = pace.account_per_s
        self._margin = MARGIN
        self._refused_at = -CALM_MS
        self._next = 0.0
        self._most = max(1, int(pace.account_per_s))  # calls in any one second
        self._recent: deque[int] = deque(maxlen=self._most)
        self.held_until = 0

    def ready_at(self, *, talk: bool = False) -> int:
        """Return the earliest moment for the next call; talk need not keep the spacing, only the limit.

        One call of every second is kept free for talk, so an answer leaves at once during a fan-out.
        """
        if self._recent and self._recent[-1] > self._clock.now() + GUARD_MS:
            self._forget()
        most = self._most if talk else max(1, self._most - 1)
        at = float(self.held_until) if talk else max(self._next, float(self.held_until))
        if len(self._recent) >= most:
            at = max(at, self._recent[-most] + GUARD_MS)
        return math.ceil(at)

    def _forget(self) -> None:
        # The clock was put back: what was sent lies in the future now and must not silence us.
        self._recent.clear()
        self._next, self.held_until, self._refused_at = 0.0, 0, -CALM_MS

    def take(self, weight: int = 1) -> None:
        """Take the next slot; an album takes one for each of its items."""
        now = self._clock.now()
        if now - self._refused_at > CALM_MS:
            self._margin = MARGIN
        spacing = 1000 * (1 + self._margin) / self._per_s
        # A few slots may be caught up after a late wake; the guard keeps any second below the limit.
        self._next = max(self._next, now - CATCH_UP * spacing) + spacing * weight

    def sent(self, weight: int = 1) -> None:
        """Note a call that leaves this very moment: a busy process may be late after its `take`."""
        self._recent.extend([self._clock.now()] * weight)

    def is_full(self) -> bool:
        """Tell whether this second holds most of what the platform allows: a refusal may be the account's."""
        now = self._clock.now()
        return sum(now - sent < GUARD_MS for sent in self._recent) >= FULL * self._per_s

    def pause(self, until: int) -> None:
        """Let nothing leave before that moment."""
        self.held_until = max(self.held_until, until)

    def hold(self, until: int) -> None:
        """Pause the whole account: being throttled at all means that the spacing was too tight."""
        now = self._clock.now()
        if now - self._refused_at > GUARD_MS:  # the calls in the air with it were the same mistake
            self._margin = min(MARGIN_MAX, self._margin + WIDER)
        self._refused_at = now
        self.held_until = max(self.held_until, until)
        self._next = max(self._next, float(until))


class ChatPace:
    """Keeps each chat below its own limit: a burst, then one by one; groups and channels by the minute."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        """Begin with nothing sent."""
        self._clock = clock
        self._pace = pace
        self._sent: OrderedDict[int, deque[int]] = OrderedDict()
        self._held: dict[int, int] = {}

    def ready_at(self, chat_id: int, kind: ChatKind) -> int:
        """Return the earliest moment for the next message to this chat."""
        count, window = self._limit(kind)
        sent = self._sent.get(chat_id)
        if sent and sent[-1] > self._clock.now() + GUARD_MS:  # the clock was put back
            sent.clear()
            self._held.pop(chat_id, None)
        at = self._held.get(chat_id, 0)
        if sent is not None and len(sent) >= count:
            at = max(at, sent[-count] + window)
        return at

    def take(self, chat_id: int, kind: ChatKind, weight: int = 1) -> int:
        """Note messages that go out now; returns the moment, for `answered`."""
        count, _ = self._limit(kind)
        sent = self._sent.setdefault(chat_id, deque(maxlen=count))
        now = self._clock.now()
        sent.extend([now] * weight)
        self._sent.move_to_end(chat_id)
        if len(self._sent) > REMEMBERED_CHATS:
            self._sent.popitem(last=False)
        return now

    def answered(self, chat_id: int, taken: int) -> None:
        """Count what was noted at `taken`, and since, from now on.

        The platform counts a message when it comes in, which is later than `take` by whatever a busy
        host or a long way cost, but not later than its answer.
        """
        sent, now = self._sent.get(chat_id), self._clock.now()
        if sent is None:
            return
        for n in reversed(range(len(sent))):
            if sent[n] < taken:
                break
            sent[n] = now

    def hold(self, chat_id: int, until: int) -> None:
        """Pause one chat."""
        self._held[chat_id] = max(self._held.get(chat_id, 0), until)

    def _limit(self, kind: ChatKind) -> tuple[int, int]:
        if kind is ChatKind.PRIVATE:
            count = self._pace.chat_burst
            return count, math.ceil(1000 * count / self._pace.chat_per_s) + JITTER_MS
        return max(1, int(self._pace.group_per_min)), 60_000 + JITTER_MS
