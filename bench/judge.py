"""The platform's limit as a server keeps it, in two readings, and what it counted.

Telegram publishes no limiter. A bucket is refilled at the rate and holds one second of it; a sliding
window takes at most so many calls in any one second, and is the harshest reading there is. Moments
are seconds of a clock that does not jump.
"""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import Literal, Protocol

Reading = Literal["none", "bucket", "sliding"]
REFUSED_S = 1.0  # what a refusal says, and how long it holds


class _Limit(Protocol):
    def takes(self, now: float) -> bool:
        """Tell whether a call may pass now; it counts if it may."""


class _Free:
    def takes(self, now: float) -> bool:
        return True


class _Bucket:
    def __init__(self, per_s: float) -> None:
        self._per_s = self._left = per_s
        self._at = 0.0

    def takes(self, now: float) -> bool:
        self._left = min(self._per_s, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class _Sliding:
    def __init__(self, per_s: float) -> None:
        self._recent: deque[float] = deque(maxlen=int(per_s))

    def takes(self, now: float) -> bool:
        recent = self._recent
        if len(recent) == recent.maxlen and now - recent[0] < 1:
            return False
        recent.append(now)
        return True


def _limit(reading: Reading, per_s: float) -> _Limit:
    if reading == "none":
        return _Free()
    return _Bucket(per_s) if reading == "bucket" else _Sliding(per_s)


@dataclass(slots=True)
class Seen:
    """What one key did: moments of the calls that passed, the messages each made, and how many did not."""

    limit: _Limit
    moments: array[float] = field(default_factory=lambda: array("d"))
    messages: array[int] = field(default_factory=lambda: array("l"))
    refused: int = 0
    refused_until: float = 0.0

    def within(self, seconds: float) -> int:
        """Return the messages of the first so many seconds since the first call that passed."""
        if not self.moments:
            return 0
        end = self.moments[0] + seconds
        pairs = zip(self.moments, self.messages, strict=True)
        return sum(made for at, made in pairs if at < end)


class Judge:
    """Lets calls pass or not, each key for itself."""

    def __init__(self, reading: Reading, per_s: float) -> None:
        """Keep every key to `per_s` calls a second, as one reads it."""
        self._reading: Reading = reading
        self._per_s = per_s
        self.seen: dict[str, Seen] = {}

    def passes(self, key: str, now: float, messages: int = 1) -> bool:
        """Tell whether a call that makes so many messages passes; after a refusal none does for a second."""
        seen = self.seen.get(key)
        if seen is None:
            seen = self.seen[key] = Seen(_limit(self._reading, self._per_s))
        if now < seen.refused_until or not seen.limit.takes(now):
            seen.refused_until = max(seen.refused_until, now + REFUSED_S)
            seen.refused += 1
            return False
        seen.moments.append(now)
        seen.messages.append(messages)
        return True

    def told(self, seconds: float) -> dict[str, dict[str, int]]:
        """Return of every key: calls and messages passed, calls refused, messages of its first `seconds`."""
        return {
            key: {
                "calls": len(seen.moments),
                "messages": sum(seen.messages),
                "refused": seen.refused,
                "within": seen.within(seconds),
            }
            for key, seen in self.seen.items()
        }
