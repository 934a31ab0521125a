"""How fast one may call, by the sandbox's clock."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api import ApiCall
from sandbox.clock import SandboxClock
from sandbox.limits import Limits
from sandbox.networks import Wrong
from sandbox.world import Chat, World


@pytest.fixture
def world() -> World:
    made = World(SandboxClock("manual", 1_000_000))
    made.chats += [
        Chat(-100, "telegram", "channel", "Канал"),
        Chat(-7, "telegram", "group", "Группа"),
    ]
    return made


def send(chat: str = "1", weight: int = 1, **fields: Any) -> ApiCall:
    given = {
        "network": "telegram",
        "method": "sendMessage",
        "account": "bot",
        "lane": "send",
        **fields,
    }
    return ApiCall(params={}, chats=[chat], weight=weight, **given)


def passed(limits: Limits, calls: list[ApiCall]) -> int:
    return sum(limits.check(call) == 0 for call in calls)


@pytest.mark.parametrize(
    ("chats", "through"),
    [
        ([str(n) for n in range(1, 50)], 30),  # all chats of a bot: 30 in a second
        (["1"] * 10, 5),  # one person: a burst of 5
        (["-7"] * 30, 20),  # a group: 20 in a minute
        (["-100"] * 30, 20),  # a channel: the same until set otherwise
    ],
)
def test_so_many_messages_go_through_at_once(world: World, chats: list[str], through: int) -> None:
    assert passed(Limits(world), [send(chat) for chat in chats]) == through


@pytest.mark.parametrize("limiter", ["sliding", "bucket"])
def test_after_the_named_wait_the_call_goes_through_and_not_before(
    world: World, limiter: str
) -> None:
    limits = Limits(world)
    limits.change({"limiter": limiter})
    passed(limits, [send("-7")] * 20)
    wait = limits.check(send("-7"))
    assert wait > 0
    world.clock.set(advance_s=wait - 0.01)
    assert limits.check(send("-7")) > 0
    world.clock.set(advance_s=0.011)
    assert limits.check(send("-7")) == 0


def test_a_refused_call_uses_nothing_up(world: World) -> None:
    limits = Limits(world)
    passed(limits, [send("-7")] * 20)
    refused = [limits.check(send("-7")) for _ in range(50)]
    assert all(refused)
    # The group is full, but the account's own allowance was not spent on refusals.
    assert passed(limits, [send(str(n)) for n in range(1, 20)]) == 10


def test_an_album_weighs_its_items(world: World) -> None:
    limits = Limits(world)
    assert limits.check(send("-7", weight=10)) == 0
    assert limits.check(send("-7", weight=10)) == 0
    assert limits.check(send("-7")) > 0


def test_an_album_larger_than_a_window_passes_an_empty_one(world: World) -> None:
    assert Limits(world).check(send("1", weight=10)) == 0


def test_bots_do_not_share_their_allowance(world: World) -> None:
    limits = Limits(world)
    passed(limits, [send("-7")] * 20)
    assert limits.check(send("-7", account="other")) == 0


@pytest.mark.parametrize(("lane", "through"), [("community", 20), ("user", 3), (None, 40)])
def test_a_vk_key_has_calls_per_second(world: World, lane: str | None, through: int) -> None:
    limits = Limits(world)
    calls = [send(network="vk", lane=lane, method="users.get") for _ in range(40)]
    assert passed(limits, calls) == through


def test_switched_off_a_network_has_no_limits_and_the_other_keeps_its_own(world: World) -> None:
    limits = Limits(world)
    limits.change({"telegram": {"on": False}})
    assert passed(limits, [send()] * 100) == 100
    assert limits.rate("vk", "wall") is not None
    assert limits.rate("telegram", "group") is None


def test_a_changed_rate_is_described_and_obeyed(world: World) -> None:
    limits = Limits(world)
    limits.change({"telegram": {"channel": {"count": 2, "per_s": 10}}})
    assert limits.describe()["telegram"]["channel"] == {"count": 2, "per_s": 10}
    assert passed(limits, [send("-100")] * 5) == 2
    limits.reset()
    assert limits.describe() == Limits(world).describe()


def test_a_description_can_be_given_back(world: World) -> None:
    limits = Limits(world)
    limits.change({"limiter": "bucket", "vk": {"on": False, "user": {"count": 5}}})
    limits.change({"telegram": {"poll_pauses": True, "stars": 12.5}})
    other = Limits(world)
    other.change(limits.describe())
    assert other.describe() == limits.describe()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"limiter": "none"}, "give sliding or bucket"),
        ({"max": {}}, "there is no limit 'max'"),
        ({"telegram": {"on": "yes"}}, "telegram.on must be true or false"),
        ({"telegram": {"poll_pauses": 1}}, "telegram.poll_pauses must be true or false"),
        ({"telegram": {"stars": -1}}, "telegram.stars is a number from 0"),
        ({"vk": {"stars": 1}}, "vk has the limits community"),
        (
            {"telegram": {"planet": {"count": 1}}},
            "telegram has the limits account, private, group, channel",
        ),
        ({"telegram": {"group": {"count": -1}}}, "telegram.group: count is a whole number"),
        ({"telegram": {"group": {"per_s": 0}}}, "telegram.group: count is a whole number"),
    ],
)
def test_a_wrong_change_is_refused_whole(world: World, wanted: dict[str, Any], says: str) -> None:
    limits = Limits(world)
    with pytest.raises(Wrong, match=says):
        limits.change({"vk": {"on": False}, **wanted})
    assert limits.describe() == Limits(world).describe()


@pytest.mark.parametrize("limiter", ["sliding", "bucket"])
def test_a_clock_set_back_does_not_lock_anybody_out(world: World, limiter: str) -> None:
    limits = Limits(world)
    limits.change({"limiter": limiter})
    passed(limits, [send("-7")] * 20)
    world.clock.set(at=10)
    assert limits.check(send("-7")) == 0


def spread(count: int, **fields: Any) -> list[ApiCall]:
    """Messages to as many people."""
    return [send(str(n), **fields) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("stars", "paid", "through"),
    [
        (0, True, 30),  # nothing to pay with
        (1000, False, 30),  # not asked for
        (1000, True, 1030),  # a thousand above the free rate
        (2, True, 50),  # twenty messages at a tenth of a Star
    ],
)
def test_a_paid_broadcast_goes_beyond_the_free_rate_while_there_are_stars(
    world: World, stars: int, paid: bool, through: int
) -> None:
    limits = Limits(world)
    limits.change({"telegram": {"stars": stars}})
    assert passed(limits, spread(1100, paid=paid)) == through


def test_stars_are_paid_by_each_bot_for_what_is_above_the_free_rate_only(world: World) -> None:
    limits = Limits(world)
    limits.change({"telegram": {"stars": 1}})
    assert passed(limits, spread(50, paid=True)) == 40
    world.clock.set(advance_s=1)
    assert passed(limits, spread(50, paid=True)) == 30  # the Star is spent
    assert passed(limits, spread(50, paid=True, account="other")) == 40
    limits.change({"telegram": {"stars": 2}})  # paid in anew
    assert passed(limits, spread(50, paid=True)) == 20


def test_money_does_not_open_one_chat_wider(world: World) -> None:
    limits = Limits(world)
    limits.change({"telegram": {"stars": 1000}})
    assert passed(limits, [send("-7", paid=True)] * 30) == 20


def test_windows_hold_no_more_than_what_counts(world: World) -> None:
    limits = Limits(world)
    for _ in range(200):
        passed(limits, [send("1")] * 5)
        world.clock.set(advance_s=5)
    (window,) = (w for key, w in limits._windows.items() if len(key) == 3)  # type: ignore[arg-type]
    assert (len(window.entries), window.total) == (5, 5)
