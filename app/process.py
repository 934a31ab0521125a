"""Which process this is, so that another one on the same machine can tell for certain that it has ended."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Return what no other process ever was or will be; "" where the system does not tell."""
    here, started = _here(), _started(os.getpid())
    return f"{here}/{os.getpid()}-{started}" if here and started else ""


def has_ended(process: str) -> bool:
    """Tell whether a process of this machine has ended; False for one that cannot be seen from here."""
    here, _, rest = process.rpartition("/")
    pid, _, started = rest.partition("-")
    if not here or here != _here():
        return False
    now = _started(int(pid))
    return _is_free(int(pid)) if now is None else now != started


def _here() -> str:
    """Return what tells this machine since its start, and the processes that can be seen on it."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink(_PROC / 'self/ns/pid')}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """Return when the process of this number started, "" if it only waits to be forgotten, None if it is not seen."""
    try:
        # The name in brackets may hold anything; the state and 19 numbers later the start come after it.
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "" if words[0] in "ZX" else words[19]


def _is_free(pid: int) -> bool:
    """Tell whether no process has this number: some systems hide from /proc what others run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
