"""The judge of a measurement: what it lets pass is what figures are counted by."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.judge import Judge, Reading


def passed(reading: Reading, moments: Sequence[float], per_s: float = 3) -> list[bool]:
    """Return which of one key's calls at these moments pass."""
    judge = Judge(reading, per_s)
    return [judge.passes("key", at) for at in moments]


YES, NO = True, False


@pytest.mark.parametrize(
    ("reading", "moments", "expected"),
    [
        ("none", [0, 0, 0, 0, 0], [YES] * 5),
        ("bucket", [10, 10, 10, 10], [YES, YES, YES, NO]),
        ("bucket", [10, 10, 10, 10.34, 10.67], [YES] * 5),
        ("bucket", [10, 10, 10, 10.3], [YES, YES, YES, NO]),
        ("bucket", [10, 99, 99, 99, 99], [YES, YES, YES, YES, NO]),
        ("sliding", [10, 10.3, 10.6, 11], [YES] * 4),
        ("sliding", [10, 10.3, 10.6, 10.99], [YES, YES, YES, NO]),
        ("sliding", [10, 10.3, 10.6, 11, 11.29], [YES, YES, YES, YES, NO]),
    ],
)
def test_a_reading_lets_pass_what_its_limit_allows(
    reading: Reading, moments: Sequence[float], expected: list[bool]
) -> None:
    assert passed(reading, moments) == expected


@pytest.mark.parametrize("reading", ["bucket", "sliding"])
def test_after_a_refusal_nothing_passes_for_a_second_and_asking_makes_it_longer(
    reading: Reading,
) -> None:
    moments = [10, 10, 10, 10, 10.9, 11.8, 12.9]
    assert passed(reading, moments) == [YES, YES, YES, NO, NO, NO, YES]


def test_keys_are_limited_apart() -> None:
    judge = Judge("sliding", 1)
    assert [judge.passes(key, 5.0) for key in ("one", "two", "one")] == [YES, YES, NO]


def test_what_is_told_counts_messages_from_the_first_that_passed() -> None:
    judge = Judge("sliding", 2)
    for at, messages in ((100, 5), (100.5, 7), (100.6, 9), (103, 11), (109.9, 13), (110, 17)):
        judge.passes("key", at, messages)
    told = judge.told(10)["key"]
    assert told == {"calls": 5, "messages": 53, "refused": 1, "within": 36}
