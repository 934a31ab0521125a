"""A planted bug: what is changed in the source, and which tests have to notice.

An edit replaces a text that stands in its file exactly once. When the source changes so that it
stands there no longer, the run fails: mend the edit so that it plants the same bug again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """In a file, by its path in the checkout: a text that stands there once, and what takes its place."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug in a few words, the edits that make it, and the tests one of which at least has to fail."""

    name: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
