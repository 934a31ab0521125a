"""Why the desk does not do what it was asked: a word that the conversations have a sentence for."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """The reasons; each is the end of a key in the texts, `objection-…`."""

    NOT_YOURS = "not-yours"  # outside the person's role, as it stands now
    GONE = "gone"  # withdrawn, discarded or retracted
    EMPTY = "empty"
    TOO_LONG = "too-long"
    NOT_READY = "not-ready"  # files are still on their way
    PICTURED = "pictured"  # it was not said who is in the pictures
    CONSENT = "consent"  # children, and it was not said where their parents' consent is kept
    CHANGED = "changed"  # another revision than the one that was seen
    DECIDED = "decided"  # somebody was faster
    TOO_LATE = "too-late"  # it has gone out already
    PASSED = "passed"  # the moment lies in the past


class Objection(Exception):
    """The desk does not do it; nothing was changed. `person_id` is who decided, where somebody did."""

    def __init__(self, why: Why, person_id: int | None = None) -> None:
        """Keep the reason."""
        super().__init__(why.value)
        self.why = why
        self.person_id = person_id
