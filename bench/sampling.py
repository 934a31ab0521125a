"""Where the event loop computes: its stack, sampled every few milliseconds that its thread has computed.

A profiler that counts calls makes small functions look dear; samples do not. A timer on the whole
process would charge the loop's idle moments with what other threads do, so the timer is the thread's
own, which Linux has and Python's standard library does not.
"""

from __future__ import annotations

import ctypes
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType

import greenlet

from bench.process import ROOT

_EVERY_NS = 1_000_000
_SHOWN = 60
_THREAD_CPU = 3  # CLOCK_THREAD_CPUTIME_ID of linux/time.h


class Sampler:
    """Samples the thread that entered it while its block lasts; the main thread's, and Linux only."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._ours: dict[str, float] = defaultdict(float)  # places, with all that they called
        self._others: dict[str, float] = defaultdict(float)
        self._leaves: dict[str, float] = defaultdict(float)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timer = ctypes.c_void_p()
        self._since = 0.0

    def __enter__(self) -> None:
        """Begin to sample."""
        signal.signal(signal.SIGPROF, lambda _number, frame: self._count(frame))
        event = _Event(0, signal.SIGPROF)  # to this process: handlers run in the main thread anyhow
        if self._libc.timer_create(_THREAD_CPU, ctypes.byref(event), ctypes.byref(self._timer)):
            raise OSError(ctypes.get_errno(), "no timer on a thread's CPU")
        self._since = time.thread_time()
        self._set(_EVERY_NS)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self._set(0)

    def _set(self, every_ns: int) -> None:
        spec = (ctypes.c_long * 4)(0, every_ns, 0, every_ns)  # itimerspec: interval, first
        self._libc.timer_settime(self._timer, 0, ctypes.byref(spec), None)

    def _count(self, frame: FrameType | None) -> None:
        # The kernel looks at such timers at its own ticks: a sample stands for what went by since the last.
        now = time.thread_time()
        spent, self._since = now - self._since, now
        places = list(_places(frame))
        if not places:
            return
        self._leaves[places[0][1]] += spent
        for ours, place in set(places):
            (self._ours if ours else self._others)[place] += spent

    def lines(self, count: int) -> list[str]:
        """Return the dearest places as text, in microseconds for each of `count` things done."""
        return [
            "  our places, with all that they call:",
            *_listed(self._ours, count),
            "  others' places, with all that they call:",
            *_listed(self._others, count),
            "  places themselves:",
            *_listed(self._leaves, count),
        ]


class _Event(ctypes.Structure):
    """The kernel's sigevent, 64 bytes; 0 as its kind of notice is a signal."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_char * 48),
    )


def _listed(places: Mapping[str, float], count: int) -> list[str]:
    dearest = sorted(places.items(), key=lambda item: -item[1])[:_SHOWN]
    return [f"  {s / count * 1e6:8.1f} µs  {place}" for place, s in dearest]


def _places(frame: FrameType | None) -> Iterator[tuple[bool, str]]:
    """Yield the functions of a stack, innermost first, and whether each is this project's."""
    # SQLAlchemy runs in a greenlet of its own: its stack ends where the awaiting one goes on.
    inner = greenlet.getcurrent()
    while frame is not None:
        code = frame.f_code
        path = Path(code.co_filename)
        inside = path.parts[len(ROOT.parts) :] if path.is_relative_to(ROOT) else (".",)
        ours = not inside[0].startswith(".")
        yield ours, f"{'/'.join(path.parts[-2:])} {code.co_qualname}"
        frame = frame.f_back
        if frame is None and inner.parent is not None:
            inner = inner.parent
            frame = inner.gr_frame
