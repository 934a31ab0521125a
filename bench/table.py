"""The table of what is required and what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line: figures as they are shown; what a reader has to know beside them."""

    what: str
    required: str
    goal: str
    peers: str
    measured: str
    note: str = ""


_HEADINGS = Row("what", "required", "goal", "peers", "measured")


def show(rows: Sequence[Row]) -> None:
    """Print the table, then the notes."""
    lines = [_cells(row) for row in (_HEADINGS, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
        if number == 0:
            print("  ".join("-" * width for width in widths))
    for row in rows:
        if row.note:
            print(f"* {row.what}: {row.note}")


def _cells(row: Row) -> tuple[str, ...]:
    return row.what, row.required, row.goal, row.peers, row.measured


def spread(values: Sequence[float], form: str = ".3f") -> str:
    """Return the median with the least and the most: «0.85 (0.81..0.99)»."""
    middle = format(statistics.median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):{form}}..{max(values):{form}})"
