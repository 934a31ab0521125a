"""Writes the tables of docs/sandbox.md from the code: every method, what it reads, what of it is not emulated.

`python -m sandbox.manual docs/sandbox.md` puts them between the marks of that file; a test tells when they are stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sandbox.faults import AFTER, BEFORE
from sandbox.limits import published
from sandbox.telegram.doings import DOINGS
from sandbox.telegram.methods import METHODS as TELEGRAM
from sandbox.vk.chat_deeds import CHAT_DEEDS
from sandbox.vk.deeds import DEEDS
from sandbox.vk.methods import METHODS as VK
from sandbox.vk.spec import COMMON
from sandbox.vk.spec import PASSED as VK_PASSED

_BEGIN, _END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"


class Stale(Exception):
    """The file has no place for the tables."""


def tables() -> str:
    """Return all tables as Markdown."""
    return "\n".join((_telegram(), _vk(), _doings(), _weather()))


def renewed(page: str) -> str:
    """Return a page with today's tables between its marks; raises Stale where it has none."""
    head, begin, rest = page.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not (begin and end):
        raise Stale(f"the page has no lines {_BEGIN.strip()} and {_END.strip()}")
    return f"{head}{_BEGIN}\n{tables()}\n{_END}{tail}"


def _telegram() -> str:
    rows = [
        (_code(m.name), _codes(m.reads), _codes(m.known - m.reads), m.missing)
        for m in TELEGRAM.values()
    ]
    return _section(
        f"### Telegram: {len(rows)} methods",
        "A method that is not in the table is answered 404, as by the real server for one it does not know.",
        ("method", "reads", "takes without effect", "not emulated"),
        sorted(rows),
    )


def _vk() -> str:
    rows = [
        (
            _code(name),
            "both" if len(m.keys) > 1 else next(iter(m.keys)),
            _codes(m.reads),
            _codes(VK_PASSED.get(name, "").split()),
            m.missing,
        )
        for name, m in VK.items()
    ]
    return _section(
        f"### VK: {len(rows)} methods",
        "A method that is not in the table is answered with error 3. The key is the community's own or that of a "
        f"user who manages it. Every call may bring {_codes(COMMON)}.",
        ("method", "key", "reads", "takes without effect", "not emulated"),
        sorted(rows),
    )


def _doings() -> str:
    rows = [
        ("Telegram", DOINGS),
        ("VK: dialogs and walls", DEEDS),
        ("VK: conversations", CHAT_DEEDS),
    ]
    return _section(
        "### What people can do by `POST /control/do`",
        "",
        ("where", "`what`"),
        [(where, _codes(deeds)) for where, deeds in rows],
    )


def _weather() -> str:
    limits = [
        (network, _code(name), f"{rate.count:,} in {rate.per_s:,.0f} s")
        for network, rates in published().items()
        for name, rate in rates.items()
    ]
    faults = (
        f"Faults that strike before a method runs: {_codes(BEFORE)}; after it: {_codes(AFTER)}."
    )
    return _section(
        "### Faults, and limits in numbers", faults, ("network", "limit", "default"), limits
    )


def _section(title: str, words: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [title, "", *([words, ""] if words else [])]
    lines += [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _code(name: str) -> str:
    return f"`{name}`"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(_code(name) for name in sorted(names))


def main(path: Path) -> None:
    """Renew the tables of a page in place."""
    path.write_text(renewed(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
