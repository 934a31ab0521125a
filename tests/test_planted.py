"""The bugs of `make planted` still fit the source: whoever changes it mends what plants them."""

from __future__ import annotations

import pytest

from tests.planted.__main__ import BUGS
from tests.planted.bug import Bug
from tests.support.inspected import HOUSE


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_fits_the_source_and_its_tests_are_there(bug: Bug) -> None:
    for edit in bug.edits:
        times = (HOUSE / edit.path).read_text(encoding="utf-8").count(edit.old)
        assert times == 1, f"{edit.path} holds this {times} times:\n{edit.old}"
    for test in bug.tests:
        path, _, name = test.partition("::")
        assert f"def {name}" in (HOUSE / path).read_text(encoding="utf-8"), test
