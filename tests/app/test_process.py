"""That a process has ended is only said when it is certain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.process import has_ended, this_process

HOUSE = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


def test_a_process_has_ended_when_it_has_and_not_before() -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", "from app.process import *; print(this_process()); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HOUSE,
    )
    assert other.stdout is not None
    told = other.stdout.readline().strip()
    assert told != this_process()
    assert not has_ended(told)
    other.kill()
    with other:
        pass
    assert has_ended(told)
    assert not has_ended(this_process())


@pytest.mark.parametrize("elsewhere", ["", "another-boot/pid:[1]/1-1"])
def test_of_what_cannot_be_seen_nothing_is_said(elsewhere: str) -> None:
    assert not has_ended(elsewhere)


def test_another_process_of_the_same_number_is_another() -> None:
    here, _, rest = this_process().rpartition("/")
    assert has_ended(f"{here}/{rest.partition('-')[0]}-1")
