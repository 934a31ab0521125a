"""The parameters of one method call, whatever form the client sent them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from sandbox import values
from sandbox.vk.errors import missing, refuse


class Params:
    """Reads parameters the way VK does: everything is text, lists are comma-separated.

    The readers raise Refusal (error 100) for a value of the wrong kind.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """Take what a query, a form, a JSON body or VKScript gave; None counts as not given."""
        self._texts = {name: as_text(value) for name, value in raw.items() if value is not None}

    def items(self) -> list[tuple[str, str]]:
        """Return all parameters as text, in the order of the request."""
        return list(self._texts.items())

    def given(self, name: str) -> bool:
        """Tell whether the parameter came and is not empty."""
        return bool(self._texts.get(name))

    def text(self, name: str) -> str:
        """Return the parameter, empty if it did not come."""
        return self._texts.get(name, "")

    def need_text(self, name: str) -> str:
        """Return the parameter, which must have come."""
        if not self.given(name):
            raise missing(name)
        return self._texts[name]

    def whole(self, name: str) -> int | None:
        """Return a whole number, None if it did not come."""
        return _whole(name, self._texts[name]) if self.given(name) else None

    def need_whole(self, name: str) -> int:
        """Return a whole number that must have come."""
        return _whole(name, self.need_text(name))

    def number(self, name: str, most: float) -> float:
        """Return a number between -`most` and `most` that must have come."""
        try:
            value = float(self.need_text(name))
        except ValueError:
            raise refuse(100, f"{name} not float") from None
        if not -most <= value <= most:  # nor «nan»
            raise refuse(100, f"{name} is invalid")
        return value

    def flag(self, name: str) -> bool:
        """Return a yes or no; not given is no."""
        return self._texts.get(name, "").lower() in ("1", "true", "yes")

    def words(self, name: str) -> list[str]:
        """Return a list of texts."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def wholes(self, name: str, most: int) -> list[int]:
        """Return a list of at most `most` whole numbers."""
        words = self.words(name)
        if len(words) > most:
            raise refuse(100, f"{name} should contain at most {most} elements")
        return [_whole(name, word) for word in words]

    def page(self, most: int, usual: int) -> tuple[int, int]:
        """Return `offset` and `count`, the count kept within VK's bounds."""
        count = self.whole("count")
        return max(0, self.whole("offset") or 0), max(
            0, min(most, usual if count is None else count)
        )


def as_text(value: Any) -> str:
    """Return a value as VK would read it from a form."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (list, tuple)) and not any(isinstance(v, (dict, list)) for v in value):
        return ",".join(as_text(v) for v in value)
    if isinstance(value, (list, tuple, dict)):
        return orjson.dumps(value).decode()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _whole(name: str, text: str) -> int:
    number = values.whole(text.strip())
    if number is None:
        raise refuse(100, f"{name} not integer")
    return number
