"""What a VKScript is compiled to: closures over the state of one run."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.values import MAX_DEPTH
from sandbox.vk.errors import refuse

MAX_CALLS = 25  # API calls of one execute (dev.vk.com, execute)
MAX_STEPS = 10_000  # statements run; VK's own bound is not published
MAX_SIZE = (
    20_000_000  # characters of a value with all that is in it: of what a script returns or sends
)
MAX_TEXT = 1_000_000  # characters of one text; keeps `a = a + a` in a loop harmless
MAX_ITEMS = 100_000  # elements of one list, for the same reason

_WHOLE_BELOW = 2**63
_WEIGHT = 20  # of each number, list and so on beside the characters of texts

Api = Callable[[str, dict[str, Any]], Any]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
EQUAL = ("==", "===", "!=", "!==")
_COUNT: Mapping[str, Callable[[Any, Any], Any]] = {
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}


@dataclass(slots=True)
class Run:
    """One run of a script: its variables, what it returned, what it has used up."""

    api: Api
    names: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    calls: int = 0
    steps: int = 0

    def step(self) -> None:
        """Count a statement; raises Refusal 13 when a script does not come to an end."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise refuse(13, "too many operations")


Value = Callable[[Run], Any]
Step = Callable[[Run], bool]  # True: the script has returned


def constant(value: Any) -> Value:
    """Always the same value."""
    return lambda state: value


def in_order(steps: list[Step]) -> Step:
    """Run steps one after the other until one returns."""

    def step(state: Run) -> bool:
        for one in steps:
            state.step()
            if one(state):
                return True
        return False

    return step


def loop(condition: Value, body: Step) -> Step:
    """`while`."""

    def step(state: Run) -> bool:
        while condition(state):
            state.step()
            if body(state):
                return True
        return False

    return step


def branch(condition: Value, then: Step, otherwise: Step) -> Step:
    """`if`."""
    return lambda state: then(state) if condition(state) else otherwise(state)


def evaluate(value: Value) -> Step:
    """A value taken for its effect."""

    def step(state: Run) -> bool:
        value(state)
        return False

    return step


def give_back(value: Value) -> Step:
    """`return`."""

    def step(state: Run) -> bool:
        state.result = value(state)
        return True

    return step


def set_name(name: str, value: Value) -> Step:
    """Give a variable its value."""

    def step(state: Run) -> bool:
        state.names[name] = value(state)
        return False

    return step


def set_item(name: str, key: Value, value: Value) -> Step:
    """Give a field of an object, or an element of a list up to one past its end, its value."""

    def step(state: Run) -> bool:
        owner, place = state.names.get(name), key(state)
        if isinstance(owner, dict):
            owner[str(place)] = value(state)
        elif isinstance(owner, list) and type(place) is int and 0 <= place <= len(owner):
            owner[place : place + 1] = [value(state)]
        else:
            raise refuse(13, f"'{name}' has no place for '{place}'")
        return False

    return step


def chosen(condition: Value, then: Value, otherwise: Value) -> Value:
    """`?:`."""
    return lambda state: then(state) if condition(state) else otherwise(state)


def either(left: Value, right: Value) -> Value:
    """`||`: the first value unless it is false."""
    return lambda state: left(state) or right(state)


def both(left: Value, right: Value) -> Value:
    """`&&`: the second value unless the first is false."""
    return lambda state: left(state) and right(state)


def compared(sign: str, left: Value, right: Value) -> Value:
    """A comparison; raises Refusal 13 for values that have no order."""

    def value(state: Run) -> bool:
        one, other = (sized(side(state), MAX_TEXT) for side in (left, right))
        if sign in EQUAL:
            return (one == other) is (sign[0] == "=")
        try:
            return COMPARE[sign](one, other)
        except TypeError:
            raise refuse(13, "Comparing values of different or unsupported types") from None

    return value


def counted(sign: str, left: Value, right: Value) -> Value:
    """Arithmetic, where null is 0; `+` also joins texts and lists."""

    def value(state: Run) -> Any:
        one, other = left(state), right(state)
        if sign == "+" and (isinstance(one, str) or isinstance(other, str)):
            text = f"{sized(one, MAX_TEXT)}{sized(other, MAX_TEXT)}"
            if len(text) > MAX_TEXT:
                raise refuse(13, "response size is too big")
            return text
        one, other = (0 if side is None else side for side in (one, other))
        if sign == "+" and isinstance(one, list) and isinstance(other, list):
            return bounded(one + other)
        try:
            if isinstance(one, (list, dict, str)) or isinstance(other, (list, dict, str)):
                raise TypeError
            return _in_range(one + other if sign == "+" else _COUNT[sign](one, other))
        except (TypeError, ZeroDivisionError, OverflowError):
            raise refuse(13, f"wrong operands of '{sign}'") from None

    return value


def item(owner: Value, key: Value) -> Value:
    """A field, an element, or `length`; null where there is none."""

    def value(state: Run) -> Any:
        thing, name = owner(state), key(state)
        if name == "length" and isinstance(thing, (list, str)):
            return len(thing)
        if isinstance(thing, dict):
            return thing.get(str(name))
        if isinstance(thing, list) and isinstance(name, int) and 0 <= name < len(thing):
            return thing[name]
        return None

    return value


def bounded(items: list[Any]) -> list[Any]:
    """Return the list; raises Refusal 13 for one that outgrows what VK would answer with."""
    if len(items) > MAX_ITEMS:
        raise refuse(13, "response size is too big")
    return items


def sized(value: Any, most: int = MAX_SIZE) -> Any:
    """Return a value that can be written out; raises Refusal 13 for one that is too big or inside itself."""
    left, waiting = most, [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        left -= _WEIGHT + (len(one) if isinstance(one, str) else 0)
        if left < 0 or depth > MAX_DEPTH:
            raise refuse(13, "response size is too big")
        if isinstance(one, (list, dict)):
            inside = one.values() if isinstance(one, dict) else one
            waiting += [(inner, depth + 1) for inner in inside]
    return value


def _in_range(number: int | float) -> int | float:
    """Let a whole number of more than 64 bits become a broken one."""
    return float(number) if abs(number) >= _WHOLE_BELOW else number


def called(method: str, params: Value) -> Value:
    """An API call with its own copy of the parameters."""

    def value(state: Run) -> Any:
        given = params(state)
        if not isinstance(given, dict):
            raise refuse(13, f"the parameters of {method} are not an object")
        state.calls += 1
        if state.calls > MAX_CALLS:
            raise refuse(13, "too many api calls")
        # A copy: the loop of vk_api changes one object from call to call.
        return state.api(method, dict(sized(given)))

    return value
