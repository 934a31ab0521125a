"""Which items of two sequences belong together, in a time that grows nearly in line with their length."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

_MOST_PAIRS = 5_000  # equal pairs that difflib may look at in one call of `align`


@dataclass(frozen=True, slots=True)
class Stretch:
    """`before[a:b]` became `after[c:d]`; they are equal when `same`."""

    same: bool
    a: int
    b: int
    c: int
    d: int


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Stretch]:
    """Return both sequences whole as stretches in order, same and changed ones in turn.

    Items that occur once on either side hold the two together; only what lies between such items
    is compared one by one, as long as there is little of it. So the result is always right but not
    always the shortest.
    """
    pairs = [(-1, -1), *_anchors(before, after), (len(before), len(after))]
    matched: list[tuple[int, int]] = []
    budget = _MOST_PAIRS
    for (left_a, left_c), (right_a, right_c) in pairwise(pairs):
        found, budget = _between(before, after, (left_a + 1, right_a, left_c + 1, right_c), budget)
        matched += found
        matched.append((right_a, right_c))
    return _stretches(matched)


def _anchors(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the longest row of items that stand once on either side, in the same order."""
    once = {item for item, count in Counter(before).items() if count == 1}
    once &= {item for item, count in Counter(after).items() if count == 1}
    place = {item: index for index, item in enumerate(after) if item in once}
    pairs = [(index, place[item]) for index, item in enumerate(before) if item in once]
    lowest: list[int] = []  # the lowest end of a rising row of each length
    ends: list[int] = []  # which pair it is
    previous: list[int] = []
    for at, (_, c) in enumerate(pairs):
        length = bisect_left(lowest, c)
        previous.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [c]
        ends[length : length + 1] = [at]
    result: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        result.append(pairs[at])
        at = previous[at]
    return result[::-1]


def _between(
    before: Sequence[Hashable],
    after: Sequence[Hashable],
    gap: tuple[int, int, int, int],
    budget: int,
) -> tuple[list[tuple[int, int]], int]:
    """Return the equal pairs in a gap between two anchors, and what is left of the budget."""
    a, b, c, d = gap
    head: list[tuple[int, int]] = []
    while a < b and c < d and before[a] == after[c]:
        head.append((a, c))
        a, c = a + 1, c + 1
    tail: list[tuple[int, int]] = []
    while a < b and c < d and before[b - 1] == after[d - 1]:
        b, d = b - 1, d - 1
        tail.append((b, d))
    left, right = Counter(before[a:b]), Counter(after[c:d])
    cost = sum(count * right[item] for item, count in left.items())
    inner: list[tuple[int, int]] = []
    if 0 < cost <= budget:
        budget -= cost
        matcher = SequenceMatcher(None, before[a:b], after[c:d], autojunk=False)
        for i, j, size in matcher.get_matching_blocks():
            inner += ((a + i + k, c + j + k) for k in range(size))
    return head + inner + tail[::-1], budget


def _stretches(matched: Sequence[tuple[int, int]]) -> list[Stretch]:
    """Return the stretches for rising pairs of which the last is the two ends."""
    result: list[Stretch] = []
    a = c = 0
    for i, j in matched:
        if (i, j) == (a, c) and result and result[-1].same:
            last = result[-1]
            result[-1] = Stretch(True, last.a, i + 1, last.c, j + 1)
        else:
            if (i, j) != (a, c):
                result.append(Stretch(False, a, i, c, j))
            result.append(Stretch(True, i, i + 1, j, j + 1))
        a, c = i + 1, j + 1
    last = result.pop()  # the pair of the two ends is no item
    if last.b - last.a > 1:
        result.append(Stretch(True, last.a, last.b - 1, last.c, last.d - 1))
    return result
