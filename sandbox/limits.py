"""The platforms' own limits on how fast one may call, by the sandbox's clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sandbox.api import ApiCall
from sandbox.networks import Wrong
from sandbox.values import whole
from sandbox.world import World

Limiter = Literal["sliding", "bucket"]
STAR_PER_MESSAGE = 0.1  # what a message above the free rate costs (core.telegram.org/bots/faq)
_SWEEP_EVERY = 20_000  # checks between two clean-ups of windows in which nothing happens any more


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages or calls (`count`) in any `per_s` seconds."""

    count: int
    per_s: float


def published() -> dict[str, dict[str, Rate]]:
    """Return the limits the platforms publish; a Telegram channel's is not published and a parameter."""
    return {
        "telegram": {
            "account": Rate(30, 1),
            "private": Rate(5, 5),  # about one a second, short bursts allowed
            "group": Rate(20, 60),  # edits count too
            "channel": Rate(20, 60),
            # With allow_paid_broadcast, while the bot has Stars for what is above the free rate.
            "paid": Rate(1000, 1),
        },
        "vk": {
            "community": Rate(20, 1),
            "user": Rate(3, 1),
            "person": Rate(1000, 3600),  # messages to one person; error 9 above it
            "wall": Rate(50, 86400),  # posts; error 214 above it
            "postponed": Rate(25, 86400),  # posts that wait for one day (Moscow's); error 214
            "postponed_all": Rate(150, 365 * 86400),  # posts that wait in all; error 214
            # calls of one method with one key on one day; error 29. VK publishes no numbers.
            "quota": Rate(1_000_000, 86400),
        },
    }


class _Window:
    """What went through lately under one key."""

    __slots__ = ("entries", "total")

    def __init__(self) -> None:
        self.entries: deque[tuple[float, int]] = deque()
        self.total = 0

    def forget_before(self, after: float, now: float) -> None:
        """Drop what is older; entries of the future are there when the clock was set back."""
        entries = self.entries
        while entries and not after < entries[0][0] <= now:
            self.total -= entries.popleft()[1]

    def add(self, at: float, load: int) -> None:
        self.entries.append((at, load))
        self.total += load


class Limits:
    """Counts what goes through and tells how long to wait; a call that has to wait costs nothing."""

    def __init__(self, world: World) -> None:
        """Begin with the published limits, on, with sliding windows."""
        self._world = world
        self.reset()

    def reset(self) -> None:
        """Go back to the published limits and forget what went through."""
        self.limiter: Limiter = "sliding"
        self.on = {"telegram": True, "vk": True}
        # Whether the Bot API's pauses for hasty getUpdates are in force; they are in machine time.
        self.poll_pauses = False
        self.stars = 0.0  # what every bot has on its balance for paid broadcasts
        self.rates = published()
        self._forget()

    def describe(self) -> dict[str, Any]:
        """Return all parameters in the shape that `change` takes."""
        networks = {
            network: {
                "on": self.on[network],
                **{name: asdict(rate) for name, rate in rates.items()},
            }
            for network, rates in self.rates.items()
        }
        networks["telegram"] |= {"poll_pauses": self.poll_pauses, "stars": self.stars}
        return {"limiter": self.limiter, **networks}

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Set some parameters, e.g. {"limiter": "bucket", "telegram": {"on": false, "group": {"count": 5}}}.

        Raises Wrong for names or values that do not exist; then nothing is changed.
        """
        limiter, on = self.limiter, dict(self.on)
        pauses, stars = self.poll_pauses, self.stars
        rates = {network: dict(named) for network, named in self.rates.items()}
        for name, value in wanted.items():
            if name == "limiter":
                if value not in ("sliding", "bucket"):
                    raise Wrong(f"limiter is {value!r}; give sliding or bucket")
                limiter = value
            elif name in rates and isinstance(value, Mapping):
                on[name] = _switch(f"{name}.on", value.get("on", on[name]))
                if name == "telegram":
                    pauses = _switch("telegram.poll_pauses", value.get("poll_pauses", pauses))
                    stars = _balance(value.get("stars", stars))
                rates[name] |= _rates(name, value, rates[name])
            else:
                raise Wrong(
                    f"there is no limit {name!r}; give limiter, or an object under {', '.join(rates)}"
                )
        if limiter != self.limiter:
            self._forget()
        if stars != self.stars:
            self._spent.clear()
        self.limiter, self.on, self.rates = limiter, on, rates
        self.poll_pauses, self.stars = pauses, stars

    def check(self, call: ApiCall) -> float:
        """Let a call through and count it (0), or return the seconds it has to wait without counting it."""
        if not self.on.get(call.network, False):
            return 0
        if call.paid:
            return self._check_paid(call)
        return self._all(self._watched(call), call.weight)

    def allow(self, key: Hashable, limit: int, per_s: float, weight: int = 1) -> float:
        """Count `weight` under `key` and return 0, or return the seconds to wait and count nothing."""
        return self._all([(key, Rate(limit, per_s))], weight)

    def _check_paid(self, call: ApiCall) -> float:
        """Let a call through at the free rate, or for Stars at the paid one; a chat's own limits stay."""
        free = list(self._watched(call))
        wait = self._all(free, call.weight)
        price = STAR_PER_MESSAGE * call.weight
        spent = self._spent.get(call.account or "", 0.0)
        if wait <= 0 or spent + price > self.stars + 1e-9:
            return wait
        paid = (("telegram", call.account, "paid"), self.rates["telegram"]["paid"])
        wait = self._all([paid, *free[1:]], call.weight)
        if wait <= 0:
            self._spent[call.account or ""] = spent + price
        return wait

    def rate(self, network: str, name: str) -> Rate | None:
        """Return a limit in force, None while the network's limits are off."""
        return self.rates[network][name] if self.on[network] else None

    # counting

    def _watched(self, call: ApiCall) -> Iterable[tuple[Hashable, Rate]]:
        rates = self.rates[call.network]
        if call.network == "vk":
            return (
                [(("vk", call.account, call.lane), rates[call.lane])]
                if call.lane in ("community", "user")
                else ()
            )
        if call.lane != "send" or call.account is None:
            return ()
        watched: list[tuple[Hashable, Rate]] = [(("telegram", call.account), rates["account"])]
        for chat in call.chats:
            watched.append((("telegram", call.account, chat), rates[self._kind(chat)]))
        return watched

    def _kind(self, chat_id: str) -> str:
        if not chat_id.startswith("-"):
            return "private"
        chat = self._world.chat("telegram", whole(chat_id) or 0)
        return "channel" if chat is not None and chat.kind == "channel" else "group"

    def _all(self, watched: Iterable[tuple[Hashable, Rate]], weight: int) -> float:
        now = self._world.clock.now()
        wait = 0.0
        doors = []
        for key, rate in watched:
            # An album heavier than the whole window passes when the window is empty.
            load = min(weight, rate.count)
            doors.append((key, rate, load))
            wait = max(wait, self._wait(key, rate, load, now))
        if wait <= 0:
            for key, rate, load in doors:
                self._take(key, rate, load, now)
            self._sweep(now)
        return wait

    def _wait(self, key: Hashable, rate: Rate, load: int, now: float) -> float:
        if rate.count <= 0:
            return rate.per_s
        if self.limiter == "bucket":
            missing = load - self._level(key, rate, now)
            return missing * rate.per_s / rate.count if missing > 1e-9 else 0
        window = self._windows.get(key)
        if window is None:
            return 0
        window.forget_before(now - rate.per_s, now)
        over = window.total + load - rate.count
        if over <= 0:
            return 0
        for at, weight in window.entries:
            over -= weight
            if over <= 0:
                return at + rate.per_s - now
        return rate.per_s

    def _take(self, key: Hashable, rate: Rate, load: int, now: float) -> None:
        if self.limiter == "bucket":
            self._buckets[key] = (self._level(key, rate, now) - load, now)
        else:
            window = self._windows.get(key)
            if window is None:
                window = self._windows[key] = _Window()
            window.add(now, load)
        self._stale_at[key] = now + rate.per_s

    def _level(self, key: Hashable, rate: Rate, now: float) -> float:
        level, at = self._buckets.get(key, (0.0, None))
        if at is None or at > now:  # never used, or the clock was set back
            return float(rate.count)
        return min(float(rate.count), level + (now - at) * rate.count / rate.per_s)

    def _sweep(self, now: float) -> None:
        self._checks += 1
        if self._checks % _SWEEP_EVERY:
            return
        for key in [key for key, at in self._stale_at.items() if at < now]:
            del self._stale_at[key]
            self._windows.pop(key, None)
            self._buckets.pop(key, None)

    def _forget(self) -> None:
        self._windows: dict[Hashable, _Window] = {}
        self._buckets: dict[Hashable, tuple[float, float | None]] = {}
        self._stale_at: dict[Hashable, float] = {}
        self._checks = 0
        self._spent: dict[str, float] = {}  # Stars, by account


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{name} must be true or false; it is {value!r}")
    return value


def _balance(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise Wrong(f"telegram.stars is a number from 0; it is {value!r}")
    return float(value)


def _rates(network: str, wanted: Mapping[str, Any], current: Mapping[str, Rate]) -> dict[str, Rate]:
    changed = {}
    for name, value in wanted.items():
        if name == "on" or (network == "telegram" and name in ("poll_pauses", "stars")):
            continue
        if (
            name not in current
            or not isinstance(value, Mapping)
            or not set(value) <= {"count", "per_s"}
        ):
            raise Wrong(
                f"{network} has the limits {', '.join(current)}, each with count and per_s; not {name}: {value!r}"
            )
        count, per_s = (
            value.get("count", current[name].count),
            value.get("per_s", current[name].per_s),
        )
        if (
            not isinstance(count, int)
            or not isinstance(per_s, (int, float))
            or count < 0
            or per_s <= 0
        ):
            raise Wrong(f"{network}.{name}: count is a whole number from 0, per_s a number above 0")
        changed[name] = Rate(count, per_s)
    return changed
