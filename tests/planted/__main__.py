"""Plants each bug of the table and runs its tests: caught, or survived. `python -m tests.planted [WORD …]`.

Words choose the bugs whose names hold one of them. Exit code 1 when a bug survived, when an edit does
not fit the source any more, or when the tests fail without any bug.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.planted import deciding, delivering, enduring
from tests.planted.bug import Bug
from tests.planted.checkout import Checkout, Stale

BUGS = delivering.BUGS + enduring.BUGS + deciding.BUGS
AT_ONCE = 2
FAILED = 1  # pytest: tests ran, and some failed
PASSED = 0


def main(words: Sequence[str]) -> int:
    """Try the chosen bugs and print what became of each."""
    chosen = [bug for bug in BUGS if not words or any(word in bug.name for word in words)]
    if not chosen:
        print("no bug has a name like that")
        return 1
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="vestnik-planted-") as folder:
        copies: SimpleQueue[Checkout] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(Checkout(Path(folder) / str(number)))
        if not _sound(copies.get_nowait(), chosen, copies):
            return 1
        with ThreadPoolExecutor(AT_ONCE) as pool:
            caught = sum(pool.map(lambda bug: _try(bug, copies), chosen))
    print(f"{caught} of {len(chosen)} caught, {time.monotonic() - started:.0f} s")
    return 0 if caught == len(chosen) else 1


def _sound(copy: Checkout, bugs: Sequence[Bug], copies: SimpleQueue[Checkout]) -> bool:
    """Tell whether the tests pass while there is no bug: else their failing would prove nothing."""
    code, said = copy.test(list(dict.fromkeys(test for bug in bugs for test in bug.tests)))
    copies.put(copy)
    if code != PASSED:
        print(said, "\nWithout any bug the tests fail already.")
    return code == PASSED


def _try(bug: Bug, copies: SimpleQueue[Checkout]) -> bool:
    copy = copies.get()
    started = time.monotonic()
    try:
        with copy.planted(bug):
            code, said = copy.test(bug.tests)
    except Stale as stale:
        code, said = None, str(stale)
    finally:
        copies.put(copy)
    word = {FAILED: "caught  ", PASSED: "SURVIVED"}.get(
        code if code is not None else -1, "BROKEN  "
    )
    print(f"{word} {time.monotonic() - started:5.1f} s  {bug.name}", flush=True)
    if word.startswith("BROKEN"):
        print("    " + "\n    ".join(said.splitlines()[-15:]))
    return code == FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
