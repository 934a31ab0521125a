"""How much is claimed at a time: half a second of work, so a stop is heard, and never a slot unused."""

from __future__ import annotations

import pytest

from broadcaster.claiming import SLOTS, at_once, refill_below
from core.messenger import Pace


@pytest.mark.parametrize(
    ("per_s", "claimed", "left"),
    [
        (0.5, 2, 2),
        (3, 2, 2),
        (20, 10, 3),
        (30, 15, 5),
        (1000, SLOTS, SLOTS // 3),
        (1e6, SLOTS, SLOTS // 3),
    ],
)
def test_the_faster_the_account_the_more_is_claimed(per_s: float, claimed: int, left: int) -> None:
    pace = Pace(per_s, 1, 5, 20)
    assert (at_once(pace), refill_below(pace)) == (claimed, left)
