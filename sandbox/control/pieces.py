"""JSON that is written piece by piece, so that a large answer holds up nobody else on the event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from time import perf_counter
from typing import Any

from starlette.responses import StreamingResponse

SLICE_S = 0.004  # of work without a pause; the others on the loop wait so long at most


def written(value: Any) -> str:
    """Return a value as JSON in one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def written_object(
    known: Mapping[str, Any], lists: Mapping[str, Iterable[str | Iterator[str]]]
) -> Iterator[str]:
    """Yield an object: what is known at once, then lists whose items are JSON already, or pieces of it, made on the way."""
    yield written(known)[:-1]
    for number, (name, items) in enumerate(lists.items()):
        yield f'{"," if known or number else ""}"{name}":['
        comma = ""
        for item in items:
            yield comma
            if isinstance(item, str):
                yield item
            else:
                yield from item
            comma = ","
        yield "]"
    yield "}"


class Sliced:
    """Pieces of text as larger ones, with a pause for everybody else after each; `spent_s` is the work so far."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """Tell these pieces; they are asked for only as fast as they are read."""
        self._pieces = pieces
        self.spent_s = 0.0

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield texts of a few milliseconds' work each."""
        held: list[str] = []
        began = perf_counter()
        for piece in self._pieces:
            held.append(piece)
            if perf_counter() - began > SLICE_S:
                self.spent_s += perf_counter() - began
                yield "".join(held)
                held.clear()
                await asyncio.sleep(0)
                began = perf_counter()
        self.spent_s += perf_counter() - began
        yield "".join(held)


def answered(pieces: Iterable[str]) -> StreamingResponse:
    """Return pieces of JSON as an answer."""
    headers = {"cache-control": "no-store"}
    return StreamingResponse(Sliced(pieces), media_type="application/json", headers=headers)
