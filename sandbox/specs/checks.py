"""What the two checkers are built of: functions that tell what is wrong with a value.

A fault begins with the place inside the value and is only worded when there is one, so that checking
what is right costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Check = Callable[[Any], Sequence[str]]
FINE: tuple[str, ...] = ()


def anything(value: Any) -> Sequence[str]:
    """Let everything pass."""
    return FINE


def instance(kind: str, *types: type) -> Check:
    """Ask for one of Python's types exactly: True is no number."""

    def check(value: Any) -> Sequence[str]:
        if type(value) in types or (type(value) is not bool and isinstance(value, types)):
            return FINE
        return (f": {value!r} is no {kind}",)

    return check


def constant(expected: str) -> Check:
    """Ask for one text."""
    return lambda value: FINE if value == expected else (f": {value!r} is not {expected!r}",)


def array(item: Check) -> Check:
    """Ask for a list of alike members."""

    def check(value: Any) -> Sequence[str]:
        if not isinstance(value, (list, tuple)):
            return (f": {value!r} is no array",)
        found: list[str] = []
        for number, member in enumerate(value):
            if faults := item(member):
                found += [f"[{number}]{fault}" for fault in faults]
        return found

    return check


def either(checks: Sequence[Check]) -> Check:
    """Ask for what fits one of several; of several misfits the nearest is told."""
    if len(checks) == 1:
        return checks[0]

    def check(value: Any) -> Sequence[str]:
        nearest: Sequence[str] | None = None
        for one in checks:
            faults = one(value)
            if not faults:
                return FINE
            if nearest is None or len(faults) < len(nearest):
                nearest = faults
        return nearest or FINE

    return check


def chosen(field: str, by_value: Mapping[Any, Check]) -> Check:
    """Ask for the object that the value of a field names."""

    def check(value: Any) -> Sequence[str]:
        if not isinstance(value, dict):
            return (f": {value!r} is no object",)
        one = by_value.get(value.get(field))
        if one is None:
            return (f".{field}: {value.get(field)!r} is none of {sorted(map(str, by_value))}",)
        return one(value)

    return check


def fields_of(
    kind: str, value: dict[str, Any], fields: Mapping[str, Check], required: Sequence[str]
) -> list[str]:
    """Return the faults of an object's fields; names that are not in `fields` are faults."""
    found: list[str] = []
    for name, inner in value.items():
        check = fields.get(name)
        if check is None:
            found.append(f".{name}: {kind} has no such field")
        elif faults := check(inner):
            found += [f".{name}{fault}" for fault in faults]
    found += [f".{name}: {kind} lacks it" for name in required if name not in value]
    return found
