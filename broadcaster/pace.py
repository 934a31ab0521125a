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

MARGIN = 0.03  # below the platform's rate, so that jitter on the way does not bunch calls together
MARGIN_MAX = 0.25
GUARD_MS = 1_020
CATCH_UP = 3
REMEMBERED_CHATS = 20_000


class AccountPace:
    """Spaces the calls of one account."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        """Begin with nothing sent."""
        self._clock = clock
        self._per_s = pace.account_per_s
        self._margin = MARGIN
        self._next = 0.0
        self._recent: deque[float] = deque(maxlen=max(1, int(pace.account_per_s)))
        self.held_until = 0

    def ready_at(self) -> int:
        """Return the earliest moment for the next call."""
        at = max(self._next, float(self.held_until))
        if len(self._recent) == self._recent.maxlen:
            at = max(at, self._recent[0] + GUARD_MS)
        return math.ceil(at)

    def take(self, weight: int = 1) -> None:
        """Note a call that goes out now; an album weighs its items."""
        now = float(self._clock.now())
        spacing = 1000 * (1 + self._margin) / self._per_s
        # A few slots may be caught up after a late wake; the guard keeps any second below the limit.
        self._next = max(self._next, now - CATCH_UP * spacing) + spacing * weight
        self._recent.extend([now] * weight)

    def hold(self, until: int) -> None:
        """Pause the whole account; being throttled at all means the spacing was too tight."""
        self.held_until = max(self.held_until, until)
        self._next = max(self._next, float(until))
        self._margin = min(MARGIN_MAX, self._margin * 1.5)


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
        at = self._held.get(chat_id, 0)
        if sent is not None and len(sent) >= count:
            at = max(at, sent[-count] + window)
        return at

    def take(self, chat_id: int, kind: ChatKind, weight: int = 1) -> None:
        """Note messages that go out now."""
        count, _ = self._limit(kind)
        sent = self._sent.setdefault(chat_id, deque(maxlen=count))
        sent.extend([self._clock.now()] * weight)
        self._sent.move_to_end(chat_id)
        if len(self._sent) > REMEMBERED_CHATS:
            self._sent.popitem(last=False)

    def hold(self, chat_id: int, until: int) -> None:
        """Pause one chat."""
        self._held[chat_id] = max(self._held.get(chat_id, 0), until)

    def _limit(self, kind: ChatKind) -> tuple[int, int]:
        if kind is ChatKind.PRIVATE:
            count = self._pace.chat_burst
            return count, math.ceil(1000 * count / self._pace.chat_per_s)
        return max(1, int(self._pace.group_per_min)), 60_500
