"""How the tests are dealt out to the workers of pytest-xdist: all cases of one function go to one worker.

As `--dist loadgroup` does it, each of seven thousand cases is a unit of its own: the one that deals
them out counts all units again after each case, which took as long as whole directories of tests, and
a worker waits for its next case longer than a small one takes.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController


class ByFunction(LoadGroupScheduling):
    """Deals out groups first, then functions with all their cases, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return group if group != nodeid else nodeid.partition("[")[0]

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget a unit that is done, or it would be counted again and again."""
        super().mark_test_complete(node, item_index, duration)
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]


# What takes long comes early, so that no worker is left alone with it at the end.
_LONG = ("journeys", "bots", "broadcaster", "app", "clients")


def order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which they are dealt out."""

    def rank(item: pytest.Item) -> int:
        if item.get_closest_marker("xdist_group"):
            return -1
        folder = item.path.parent.name
        return _LONG.index(folder) if folder in _LONG else len(_LONG)

    return sorted(items, key=rank)
