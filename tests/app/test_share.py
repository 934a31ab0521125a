"""Who does what: even, complete, and with as little moved as can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.share import CLOCK, CONVERSATIONS, ROLES, SOURCES, account_lease, lease_of, share
from bots.registry import WATCHES
from storage.leases import Standing, Worker

ACCOUNTS = [account_lease(n) for n in range(1, 5)]
NAMES = [*ACCOUNTS, *ROLES]


def standing(
    held: dict[int, list[str]], *, lives: set[int] | None = None, opening: tuple[int, ...] = ()
) -> Standing:
    """Return how things stand when these workers hold this."""
    return Standing(
        tuple(
            Worker(n, f"w{n}", "", "", True, n not in opening, lives is None or n in lives)
            for n in held
        ),
        {name: n for n, names in held.items() for name in names},
    )


@pytest.mark.parametrize(
    ("held", "me", "take", "give"),
    [
        pytest.param({1: []}, 1, NAMES, [], id="alone it does everything"),
        pytest.param({1: [], 2: []}, 1, [*ACCOUNTS[:2], *ROLES[:2]], [], id="the older has more"),
        pytest.param({1: [], 2: []}, 2, [*ACCOUNTS[:2], ROLES[0]], [], id="the younger has less"),
        pytest.param({1: NAMES, 2: []}, 2, [], [], id="what somebody holds is not taken"),
        pytest.param(
            {1: NAMES, 2: []}, 1, [], [*ACCOUNTS[2:], ROLES[2]], id="the surplus is given back"
        ),
        pytest.param({1: ["account:9"]}, 1, NAMES, ["account:9"], id="what is no more is dropped"),
    ],
)
def test_a_worker_comes_nearer_to_its_share(
    held: dict[int, list[str]], me: int, take: list[str], give: list[str]
) -> None:
    ours = share(me, NAMES, standing(held))
    assert (list(ours.take), list(ours.give)) == (take, give)


def test_who_is_not_ready_or_silent_has_no_share() -> None:
    opening = standing({1: NAMES, 2: []}, opening=(2,))
    assert share(1, NAMES, opening).give == share(2, NAMES, opening).take == ()
    silent = standing({1: [], 2: []}, lives={1})
    assert share(2, NAMES, silent).take == ()
    assert list(share(1, NAMES, silent).take) == NAMES
    assert share(3, NAMES, silent).take == ()


@given(
    accounts=st.integers(0, 12),
    workers=st.integers(1, 6),
    order=st.randoms(use_true_random=False),
    holders=st.data(),
)
def test_from_wherever_they_begin_all_is_done_evenly_and_then_nothing_moves(
    accounts: int, workers: int, order: object, holders: st.DataObject
) -> None:
    names = [*(account_lease(n) for n in range(accounts)), *ROLES]
    held: dict[str, int | None] = {
        name: holders.draw(st.sampled_from([None, *range(1, workers + 1)])) for name in names
    }
    crew = tuple(Worker(n, "", "", "", True, True, True) for n in range(1, workers + 1))
    moves = 0
    for _ in range(3):
        turn = list(range(1, workers + 1))
        order.shuffle(turn)  # type: ignore[attr-defined]
        moves = 0
        for me in turn:
            ours = share(me, names, Standing(crew, held))
            assert all(held[name] is None for name in ours.take)
            held |= dict.fromkeys(ours.give) | dict.fromkeys(ours.take, me)
            moves += len(ours.take) + len(ours.give)
    assert moves == 0
    for kind in (names[:accounts], ROLES):
        counts = [sum(held[name] == one.id for name in kind) for one in crew]
        assert sum(counts) == len(kind)
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
    ("topic", "lease"),
    [
        (("courier", 3), "account:3"),
        ("poller", SOURCES),
        ("publisher", CLOCK),
        ("planner", CLOCK),
        ("engine", CONVERSATIONS),
        ("downloads", CONVERSATIONS),
        *((watch.topic, CONVERSATIONS) for watch in WATCHES),
        ("leases", ""),
    ],
)
def test_a_ring_is_for_whoever_holds_the_lease(topic: object, lease: str) -> None:
    assert lease_of(topic) == lease  # type: ignore[arg-type]
