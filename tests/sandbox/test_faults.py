"""Which calls a fault hits, how often and how long."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api import ApiCall
from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.networks import Wrong


def call(**fields: Any) -> ApiCall:
    given = {
        "network": "telegram",
        "method": "sendMessage",
        "account": "vestnik",
        "chats": ["-5"],
        **fields,
    }
    return ApiCall(params={}, **given)


def struck(faults: Faults, **fields: Any) -> list[str]:
    return [fault.do for fault in faults.strike(call(**fields))]


@pytest.mark.parametrize(
    ("order", "hit"),
    [
        ({}, True),
        ({"network": "telegram"}, True),
        ({"network": "vk"}, False),
        ({"account": "vestnik"}, True),
        ({"account": "other"}, False),
        ({"method": "SENDmessage"}, True),
        ({"method": "sendPhoto"}, False),
        ({"chat": "-5"}, True),
        ({"chat": -5}, True),
        ({"chat": "-6"}, False),
        ({"network": "telegram", "method": "sendMessage", "chat": "-6"}, False),
    ],
)
def test_a_fault_hits_only_what_it_names(order: dict[str, Any], hit: bool) -> None:
    faults = Faults(SandboxClock("manual", 0))
    faults.add({"do": "offline", **order})
    assert bool(struck(faults)) is hit


def test_a_fault_with_times_wears_off() -> None:
    faults = Faults(SandboxClock("manual", 0))
    faults.add({"do": "offline", "times": 2})
    assert [struck(faults) for _ in range(3)] == [["offline"], ["offline"], []]
    assert faults.list() == []


def test_a_fault_lets_calls_that_it_could_hit_pass_first() -> None:
    faults = Faults(SandboxClock("manual", 0))
    faults.add({"do": "offline", "after": 2, "times": 1, "network": "telegram"})
    assert struck(faults) == struck(faults, network="vk") == []
    kept = Faults(SandboxClock("manual", 0))
    kept.restore(faults.snapshot())
    for one in (faults, kept):
        assert [struck(one) for _ in range(3)] == [[], ["offline"], []]


def test_a_fault_with_an_end_ends_by_the_sandboxs_clock() -> None:
    clock = SandboxClock("manual", 100)
    faults = Faults(clock)
    faults.add({"do": "html502", "for_s": 60})
    clock.set(advance_s=59)
    assert struck(faults) == ["html502"]
    clock.set(advance_s=1)
    assert struck(faults) == []


def test_a_share_hits_about_that_part_and_the_same_calls_every_time() -> None:
    def pattern() -> list[bool]:
        faults = Faults(SandboxClock("manual", 0), seed=7)
        faults.add({"do": "hang", "share": 0.25})
        return [bool(struck(faults)) for _ in range(400)]

    assert 70 <= sum(pattern()) <= 130
    assert pattern() == pattern()


def test_slowness_adds_to_another_fault_but_two_others_do_not_add_up() -> None:
    faults = Faults(SandboxClock("manual", 0))
    for order in (
        {"do": "slow", "ms": 5},
        {"do": "reset_after"},
        {"do": "offline"},
        {"do": "slow", "ms": 7},
    ):
        faults.add(order)
    assert struck(faults) == ["slow", "reset_after", "slow"]
    assert [fault["struck"] for fault in faults.list()] == [1, 1, 0, 1]


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({}, "do is None; give one of: offline"),
        ({"do": "explode"}, "do is 'explode'"),
        ({"do": "error", "code": 400}, "needs code"),
        ({"do": "slow"}, "needs ms"),
        ({"do": "offline", "share": 2}, "from 0 to 1"),
        ({"do": "offline", "times": -1}, "times must be a number"),
        ({"do": "offline", "times": True}, "times must be a number"),
        ({"do": "offline", "when": 1}, "a fault has no when"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_and_changes_nothing(
    order: dict[str, Any], says: str
) -> None:
    faults = Faults(SandboxClock("manual", 0))
    with pytest.raises(Wrong, match=says):
        faults.add(order)
    assert faults.list() == []


def test_a_snapshot_restores_counters_and_numbers() -> None:
    clock = SandboxClock("manual", 0)
    faults, copy = Faults(clock), Faults(clock)
    faults.add({"do": "offline", "times": 2, "chat": "-5"})
    struck(faults)
    copy.restore(faults.snapshot())
    assert copy.list() == faults.list()
    assert struck(copy) == ["offline"]
    assert struck(copy) == []
    assert copy.add({"do": "hang"})["id"] == 2
