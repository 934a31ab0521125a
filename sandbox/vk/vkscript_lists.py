"""What VKScript's lists and texts can do: the methods behind a dot, `@.`, and the few functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sandbox.values import whole
from sandbox.vk.errors import refuse
from sandbox.vk.vkscript_run import MAX_TEXT, Run, Value, bounded, sized

Given = Sequence[Any]


def _push(thing: list[Any], given: Given) -> int:
    thing.extend(given)
    return len(bounded(thing))


def _unshift(thing: list[Any], given: Given) -> int:
    thing[:0] = given
    return len(bounded(thing))


def _pop(thing: list[Any], given: Given) -> Any:
    return thing.pop() if thing else None


def _shift(thing: list[Any], given: Given) -> Any:
    return thing.pop(0) if thing else None


def _slice(thing: Any, given: Given) -> Any:
    """From the first place to before the second; negative places count from the end."""
    first, last = (*given, None, None)[:2]
    return thing[first:last]


def _splice(thing: list[Any], given: Given) -> list[Any]:
    """Take so many out from a place, put the rest of what is given there, return what was taken."""
    at = given[0]
    many = given[1] if len(given) > 1 else len(thing)
    taken = thing[at : at + many]
    thing[at : at + many] = given[2:]
    return taken


def _index_of(thing: Any, given: Given) -> int:
    if isinstance(thing, str):
        return thing.find(str(sized(given[0], MAX_TEXT)))
    sized(thing, MAX_TEXT)
    return thing.index(given[0]) if given[0] in thing else -1


def _join(thing: list[Any], given: Given) -> str:
    between = str(given[0] if given else ",")
    left = MAX_TEXT - len(between) * len(thing)
    sized(thing, max(left, 0))
    return between.join(str(item) for item in thing)


def _split(thing: str, given: Given) -> list[str]:
    return thing.split(given[0])


def _substr(thing: str, given: Given) -> str:
    """From a place, so many characters."""
    first = given[0]
    return thing[first : first + given[1]] if len(given) > 1 else thing[first:]


_Method = Callable[[Any, Given], Any]
METHODS: Mapping[str, tuple[tuple[type, ...], int, _Method]] = MappingProxyType(
    {  # what it is of, how many values it needs, what it does
        "push": ((list,), 1, _push),
        "unshift": ((list,), 1, _unshift),
        "pop": ((list,), 0, _pop),
        "shift": ((list,), 0, _shift),
        "slice": ((list, str), 1, _slice),
        "splice": ((list,), 1, _splice),
        "indexOf": ((list, str), 1, _index_of),
        "join": ((list,), 0, _join),
        "split": ((str,), 1, _split),
        "substr": ((str,), 1, _substr),
    }
)


def _parse_int(given: Given) -> int:
    number = re.match(r"\s*([-+]?[0-9]+)", str(sized(given[0], MAX_TEXT)))
    return (whole(number[1]) or 0) if number else 0


def _parse_double(given: Given) -> float:
    number = re.match(r"\s*[-+]?[0-9]+(\.[0-9]+)?", str(sized(given[0], MAX_TEXT)))
    return float(number[0]) if number else 0.0


FUNCTIONS: Mapping[str, Callable[[Given], Any]] = MappingProxyType(
    {"parseInt": _parse_int, "parseDouble": _parse_double}
)


def method(name: str, owner: Value, given: Sequence[Value]) -> Value:
    """Call a method; raises Refusal 13 for a thing or values that it does not fit."""
    kinds, needs, run = METHODS[name]

    def value(state: Run) -> Any:
        thing = owner(state)
        values = [one(state) for one in given]
        try:
            if not isinstance(thing, kinds) or len(values) < needs:
                raise TypeError
            return run(thing, values)
        except (TypeError, ValueError):
            raise refuse(13, f"'{name}' of what it does not fit") from None

    return value


def function(name: str, given: Sequence[Value]) -> Value:
    """Call a function; raises Refusal 13 without a value."""

    def value(state: Run) -> Any:
        values = [one(state) for one in given]
        if not values:
            raise refuse(13, f"'{name}' of nothing")
        return FUNCTIONS[name](values)

    return value


def fields(owner: Value, name: str) -> Value:
    """`list@.name`: that field of every element."""

    def value(state: Run) -> list[Any]:
        thing = owner(state)
        if not isinstance(thing, list):
            return []
        return [one.get(name) if isinstance(one, dict) else None for one in thing]

    return value
