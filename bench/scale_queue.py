"""Queues of many accounts by arithmetic: every account works off its waves at its own rate, all within one capacity.

Between two moments at which something changes all rates stand still, so no call has to be simulated.
What a rate is has to be known from elsewhere (bench.scale_pace).
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_NOTHING = 1e-6  # of a recipient


@dataclass(slots=True)
class Wave:
    """Recipients of an account that fall due together (`due`, seconds); `end` is when the last has it.

    `per_s` is how many of them the platform takes a second, `cost` what one costs of the capacity.
    """

    account: int
    lane: int
    due: float
    recipients: float
    per_s: float
    cost: float = 0.0
    what: str = ""
    end: float = field(default=math.nan, init=False)


def drain(waves: Iterable[Wave], capacity: float = math.inf) -> float:
    """Work all waves off and set their ends; returns the most that was used of the capacity at once.

    An account takes the lowest lane first, in it what fell due first; where the capacity is too small
    all busy accounts slow down to one rate that fits.
    """
    alone: dict[int, list[Wave]] = defaultdict(list)
    for wave in waves:
        alone[wave.account].append(wave)
    if math.isinf(capacity):
        for one in alone.values():
            _drain(one, capacity)
        return most_at_once([wave for one in alone.values() for wave in one])
    return _drain([wave for one in alone.values() for wave in one], capacity)


def most_at_once(waves: Sequence[Wave]) -> float:
    """Return the most of the capacity that waves would use if each began when due and nothing held it."""
    changes: list[tuple[float, float]] = []
    for wave in waves:
        changes += [
            (wave.due, wave.per_s * wave.cost),
            (wave.due + wave.recipients / wave.per_s, -wave.per_s * wave.cost),
        ]
    used = most = 0.0
    for _, change in sorted(changes):
        used += change
        most = max(most, used)
    return most


def _drain(waves: Sequence[Wave], capacity: float) -> float:
    coming = sorted(waves, key=lambda wave: wave.due, reverse=True)
    turn = {id(wave): number for number, wave in enumerate(waves)}
    open_: dict[int, list[tuple[int, float, int, Wave]]] = {}
    left = {id(wave): wave.recipients for wave in waves}
    now = most = 0.0
    while coming or open_:
        first = {account: heap[0][3] for account, heap in open_.items()}
        rates = shared(first, capacity)
        most = max(most, sum(rates[a] * wave.cost for a, wave in first.items()))
        ends = [now + left[id(wave)] / rates[a] for a, wave in first.items()]
        then = min([*ends, coming[-1].due if coming else math.inf])
        for account, wave in first.items():
            left[id(wave)] -= rates[account] * (then - now)
            # Moments are floats: what would take less than one can tell is done.
            if left[id(wave)] <= max(_NOTHING, rates[account] * abs(then) * 1e-12):
                wave.end = then
                heapq.heappop(open_[account])
                if not open_[account]:
                    del open_[account]
        now = then
        while coming and coming[-1].due <= now:
            wave = coming.pop()
            heap = open_.setdefault(wave.account, [])
            heapq.heappush(heap, (wave.lane, wave.due, turn[id(wave)], wave))
    return most


def shared(first: Mapping[int, Wave], capacity: float) -> dict[int, float]:
    """Return how fast each account may go: at its own rate, or all at one that uses up the capacity."""
    rates: dict[int, float] = {}
    left = capacity
    cost = sum(wave.cost for wave in first.values())
    for account, wave in sorted(first.items(), key=lambda pair: pair[1].per_s):
        level = left / cost if cost > 0 else math.inf
        rates[account] = min(wave.per_s, level)
        left -= rates[account] * wave.cost
        cost -= wave.cost
    return rates
