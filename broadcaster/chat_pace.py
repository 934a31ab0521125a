"""How fast one chat is written to: a burst, then one by one; groups and channels by the minute.

Moments are milliseconds by the Clock.
"""

from __future__ import annotations

import math
from collections import OrderedDict

from broadcaster.pace import GUARD_MS
from core.clock import Clock
from core.messenger import Pace
from core.words import ChatKind

JITTER_MS = 200


class ChatPace:
    """Keeps each chat below its own limit: a burst, then one by one; groups and channels by the minute."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        """Begin with nothing sent."""
        self._clock = clock
        self._private = _Limit(
            pace.chat_burst, math.ceil(1000 * pace.chat_burst / pace.chat_per_s) + JITTER_MS
        )
        self._places = _Limit(max(1, int(pace.group_per_min)), 60_000 + JITTER_MS)
        self._held: dict[int, int] = {}
        self._held_at = 0  # when that was said last
        self._aside: dict[int, int] = {}

    def ready_at(self, chat_id: int, kind: ChatKind, *, retracts: bool = False) -> int:
        """Return the earliest moment for the next message to this chat.

        What `retracts` does not wait for a chat that is set aside: a deletion may do where a message cannot.
        """
        at = self._paced_at(chat_id, kind)
        return at if retracts else max(at, self._aside.get(chat_id, 0))

    def _paced_at(self, chat_id: int, kind: ChatKind) -> int:
        limit = self._limit(kind)
        sent = limit.sent.get(chat_id)
        latest = self._clock.now() + GUARD_MS
        if self._held_at > latest:  # the clock was put back
            self._held.clear()
            self._held_at = 0
        if sent and sent[-1] > latest:
            del limit.sent[chat_id]
            return 0
        at = self._held.get(chat_id, 0)
        if sent is not None and len(sent) >= limit.count:
            at = max(at, sent[-limit.count] + limit.window_ms)
        return at

    def take(self, chat_id: int, kind: ChatKind, weight: int = 1) -> int:
        """Note messages that go out now; returns the moment, for `answered`."""
        limit, now = self._limit(kind), self._clock.now()
        sent = limit.sent
        before = sent.get(chat_id, ())
        if before and max(before) > now + GUARD_MS:  # the clock was put back
            before = ()
        sent[chat_id] = (before + (now,) * weight)[-limit.count :]
        sent.move_to_end(chat_id)
        # In their order: whose last message is older than that may have the next one at any time.
        while next(iter(sent.values()))[-1] < now - limit.window_ms:
            sent.popitem(last=False)
        return now

    def answered(self, chat_id: int, kind: ChatKind, taken: int) -> None:
        """Count what was noted at `taken`, and since, from now on.

        The platform counts a message when it comes in, which is later than `take` by whatever a busy
        host or a long way cost, but not later than its answer.
        """
        now, limit = self._clock.now(), self._limit(kind)
        if (sent := limit.sent.get(chat_id)) is not None:
            limit.sent[chat_id] = tuple([now if at >= taken else at for at in sent])

    def hold(self, chat_id: int, until: int) -> None:
        """Pause one chat."""
        self._held[chat_id] = max(self._held.get(chat_id, 0), until)
        self._held_at = self._clock.now()

    def set_aside(self, chat_id: int, until: int) -> None:
        """Let nothing new go to a chat before that moment."""
        self._aside[chat_id] = until

    def let_return(self, chat_id: int) -> None:
        """Let a chat that was set aside be as any other."""
        self._aside.pop(chat_id, None)

    def __len__(self) -> int:
        """Return how many chats are remembered."""
        return len(self._private.sent) + len(self._places.sent)

    def _limit(self, kind: ChatKind) -> _Limit:
        return self._private if kind is ChatKind.PRIVATE else self._places


class _Limit:
    """At most so many messages in any stretch of so many ms, and what each chat had of late, by its last."""

    def __init__(self, count: int, window_ms: int) -> None:
        self.count = count
        self.window_ms = window_ms
        # Tuples, of which most hold one moment: a deque is as large as ten of them.
        self.sent: OrderedDict[int, tuple[int, ...]] = OrderedDict()
