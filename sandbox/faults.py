"""The weather between a client and a messenger: faults that somebody ordered, and when they strike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from sandbox.api import ApiCall
from sandbox.clock import SandboxClock
from sandbox.networks import Wrong

BEFORE = ("offline", "reset_before", "throttle", "error", "html502", "hang", "slow")
AFTER = ("reset_after", "cut", "empty", "wrong")
_NUMBERS = ("times", "after", "share", "retry_after", "for_s", "ms", "code", "item")
_Shown = list[dict[str, Any]]  # below, `list` is the name of a method
_COUNTERS = ("struck", "passed")
_TEXTS = ("network", "account", "method", "chat", "text")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: whom it hits (None is everyone), what it does, how often and how long."""

    id: int
    do: str
    network: str | None = None
    account: str | None = None
    method: str | None = None  # compared without regard to case
    chat: str | None = None
    times: int | None = None  # None: as often as it can
    after: int = 0  # so many calls that it could hit pass first
    share: float | None = None  # of the calls it could hit, 0..1
    retry_after: float | None = None  # seconds; throttle only
    until: float | None = None  # seconds since 1970 by the sandbox's clock
    ms: float = 0  # slow only
    code: int | None = None  # error only
    text: str | None = None
    item: int | None = (
        None  # error and throttle: of an album, which one fails; those before it stay
    )

    def matches(self, call: ApiCall) -> bool:
        """Tell whether the call is one that this fault is meant for."""
        return (
            (self.network is None or self.network == call.network)
            and (self.account is None or self.account == call.account)
            and (self.method is None or self.method.lower() == call.method.lower())
            and (self.chat is None or self.chat in call.chats)
            and not (self.do == "error" and self.code in call.met)
            and (self.item is None or self.item <= call.weight > 1)
        )


_Faults = list[Fault]


class Faults:
    """The faults in force, with their counters."""

    def __init__(self, clock: SandboxClock, seed: int = 1) -> None:
        """Begin with fair weather; `seed` decides which calls a `share` hits."""
        self._clock = clock
        self._random = Random(seed)
        self._faults: dict[int, Fault] = {}
        self._struck: dict[int, int] = {}
        self._passed: dict[int, int] = {}
        self._last = 0

    def add(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Put a fault in force and return it as `list` shows it; raises Wrong for an order that makes no sense."""
        self._last += 1
        fault = _fault(self._last, order, self._clock.now())
        self._faults[fault.id] = fault
        self._struck[fault.id] = self._passed[fault.id] = 0
        return self._show(fault)

    def list(self) -> _Shown:
        """Return the faults in force, oldest first, with how often each has struck."""
        self._forget_spent()
        return [self._show(fault) for fault in self._faults.values()]

    def clear(self) -> None:
        """Lift all faults."""
        self._faults.clear()
        self._struck.clear()
        self._passed.clear()

    def snapshot(self) -> _Shown:
        """Return everything about the faults in force, for `restore`."""
        return [
            {**asdict(fault), "struck": self._struck[fault.id], "passed": self._passed[fault.id]}
            for fault in self._faults.values()
        ]

    def restore(self, saved: Iterable[Mapping[str, Any]]) -> None:
        """Put the faults of a snapshot in force."""
        for item in saved:
            fault = Fault(**{name: item[name] for name in item if name not in _COUNTERS})
            self._faults[fault.id], self._struck[fault.id] = fault, item["struck"]
            self._passed[fault.id] = item.get("passed", 0)
            self._last = max(self._last, fault.id)

    def strike(self, call: ApiCall) -> _Faults:
        """Return the faults that hit this call, and count them: every `slow` and at most one of the others."""
        if not self._faults:
            return []
        self._forget_spent()
        hits: _Faults = []
        for fault in self._faults.values():
            taken = fault.do != "slow" and any(hit.do != "slow" for hit in hits)
            if taken or not fault.matches(call):
                continue
            if self._passed[fault.id] < fault.after:
                self._passed[fault.id] += 1
                continue
            if fault.share is None or self._random.random() < fault.share:
                hits.append(fault)
                self._struck[fault.id] += 1
        return hits

    def _forget_spent(self) -> None:
        now = self._clock.now()
        for fault in tuple(self._faults.values()):
            over = fault.until is not None and now >= fault.until
            if over or (fault.times is not None and self._struck[fault.id] >= fault.times):
                del self._faults[fault.id], self._struck[fault.id], self._passed[fault.id]

    def _show(self, fault: Fault) -> dict[str, Any]:
        shown = {name: value for name, value in asdict(fault).items() if value is not None}
        return {**shown, "struck": self._struck[fault.id]}


def _fault(number: int, order: Mapping[str, Any], now: float) -> Fault:
    do = order.get("do")
    if do not in (*BEFORE, *AFTER):
        raise Wrong(f"do is {do!r}; give one of: {', '.join((*BEFORE, *AFTER))}")
    unknown = set(order) - {"do", *_NUMBERS, *_TEXTS}
    if unknown:
        raise Wrong(
            f"a fault has no {', '.join(sorted(unknown))}; it has do, {', '.join((*_TEXTS, *_NUMBERS))}"
        )
    given: dict[str, Any] = {
        name: _number(name, order[name]) for name in _NUMBERS if order.get(name) is not None
    }
    given |= {name: str(order[name]) for name in _TEXTS if order.get(name) is not None}
    if do == "error" and not {"code", "text"} <= set(given):
        raise Wrong("an error fault needs code (a whole number) and text")
    if do == "slow" and "ms" not in given:
        raise Wrong("a slow fault needs ms, the milliseconds to wait")
    if "item" in given and (do not in ("error", "throttle") or given["item"] < 1):
        raise Wrong("item is the number, from 1, of an album's item that an error or throttle hits")
    if not 0 <= given.get("share", 1) <= 1:
        raise Wrong("share is a part of the calls, from 0 to 1")
    if "for_s" in given:
        given["until"] = now + given.pop("for_s")
    return Fault(number, do, **given)


def _number(name: str, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        if name == "code" and isinstance(value, int):
            return value
        raise Wrong(f"{name} must be a number, not negative; it is {value!r}")
    return int(value) if name in ("times", "after", "code", "item") else value
