"""How the tests are dealt out to workers: whole functions, groups first, and what is done is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.support.units import ByFunction

COLLECTED = [
    *("a.py::slow@kills", "b.py::slow[1]@kills"),
    *(f"c.py::cases[{n}@x]" for n in range(4)),
    *("c.py::one", "d.py::two", "e.py::three"),
]


@dataclass(eq=False)
class Worker:
    """What the one that deals out sees of a worker: its orders."""

    ordered: list[int] = field(default_factory=list)
    shutting_down: bool = False
    gateway: Any = field(default_factory=lambda: SimpleNamespace(id="gw"))

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        self.ordered += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def test_each_case_runs_once_a_function_stays_together_and_nothing_done_is_kept() -> None:
    said = {"tx": ["popen", "popen"]}
    config: Any = SimpleNamespace(
        getvalue=said.__getitem__, option=SimpleNamespace(loadscopereorder=False)
    )
    dealer = ByFunction(config)
    workers: list[Any] = [Worker(), Worker()]
    for worker in workers:
        dealer.add_node(worker)
    for worker in workers:
        dealer.add_node_collection(worker, COLLECTED)
    dealer.schedule()
    kills, cases = workers
    assert kills.ordered[:2] == [0, 1]
    assert cases.ordered[:4] == [2, 3, 4, 5]
    done = 0
    while not dealer.tests_finished or dealer.has_pending:
        for worker in workers:
            for index in worker.ordered[done : done + 1]:
                dealer.mark_test_complete(worker, index)
        done += 1
        assert done < 20
    assert sorted(kills.ordered + cases.ordered) == list(range(len(COLLECTED)))
    assert all(worker.shutting_down for worker in workers)
    assert not any(dealer.assigned_work[worker] for worker in workers)
