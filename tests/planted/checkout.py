"""A copy of the checkout in which bugs are planted, one at a time; the checkout itself is never touched."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.planted.bug import Bug
from tests.support.inspected import FOLDER, HOUSE

LONGEST_S = 300  # a bug may let a test hang


class Stale(Exception):
    """An edit does not fit the source any more."""


class Checkout:
    """A copy of everything that git knows or would know of the checkout, changes included."""

    def __init__(self, folder: Path) -> None:
        """Copy the checkout to a folder, which must not exist."""
        self._folder = folder
        named = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=HOUSE,
            check=True,
            capture_output=True,
        )
        for name in named.stdout.decode().split("\0"):
            if name and (HOUSE / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(HOUSE / name, folder / name)

    @contextmanager
    def planted(self, bug: Bug) -> Iterator[None]:
        """Keep a bug planted while the block lasts. Raises Stale."""
        before: dict[Path, bytes] = {}
        try:
            for edit in bug.edits:
                path = self._folder / edit.path
                source = path.read_text(encoding="utf-8") if path.exists() else ""
                if source.count(edit.old) != 1:
                    raise Stale(f"{edit.path} holds {source.count(edit.old)} times: {edit.old!r}")
                before.setdefault(path, path.read_bytes())
                self._write(path, source.replace(edit.old, edit.new).encode())
            yield
        finally:
            for path, original in before.items():
                self._write(path, original)

    def _write(self, path: Path, source: bytes) -> None:
        path.write_bytes(source)
        # Two versions of one second and one length would pass for the same.
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)

    def test(self, tests: Sequence[str]) -> tuple[int | None, str]:
        """Run tests to the first that fails; return pytest's exit code, None if it hung, and its words."""
        order = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "VESTNIK_SPECS": str(FOLDER)}
        try:
            ended = subprocess.run(
                order,
                cwd=self._folder,
                env=environment,
                timeout=LONGEST_S,
                capture_output=True,
                text=True,
            )
        except subprocess.TimeoutExpired:
            return None, f"after {LONGEST_S} s it still ran"
        return ended.returncode, ended.stdout + ended.stderr
