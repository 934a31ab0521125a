"""What the stories of this folder share: a checker that remembers what it saw."""

from __future__ import annotations

import pytest

from sandbox.specs import Finding, SpecInspector
from tests.support.inspected import ABSENT, FOLDER, inspector

NEEDS_SPECS = [
    pytest.mark.conformance,
    pytest.mark.skipif(inspector() is None, reason=ABSENT),
]


class Watch:
    """An inspector of one story's own, and what it found."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.found: list[Finding] = []
        self.inspector = SpecInspector(FOLDER, self.found.append)

    def seen(self, network: str) -> set[str]:
        """Return the methods with a good answer that was looked at."""
        return {method for where, method in self.inspector.seen if where == network}

    def nothing_wrong(self) -> None:
        """Fail with the findings, each once."""
        assert not self.found, "\n" + "\n".join(dict.fromkeys(map(str, self.found)))
