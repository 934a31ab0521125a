"""Why the desk does not do what it was asked, in a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping

from bots.screens import shorten
from bots.turn import Turn
from newsroom.objection import Objection, Why

_KEYS: Mapping[Why, str] = {
    Why.NOT_YOURS: "objection-not-yours",
    Why.GONE: "objection-gone",
    Why.EMPTY: "objection-empty",
    Why.TOO_LONG: "objection-too-long",
    Why.NOT_READY: "objection-not-ready",
    Why.PICTURED: "objection-pictured",
    Why.CONSENT: "objection-consent",
    Why.CHANGED: "objection-changed",
    Why.TOO_LATE: "objection-too-late",
    Why.PASSED: "objection-passed",
}


def sentence(turn: Turn, objection: Objection, who: str = "") -> str:
    """Return what is wrong and how to mend it, at most 90 code points without a name.

    `who` is the name of the person who decided, where somebody did; it is shortened.
    """
    if objection.why is not Why.DECIDED:
        return turn.say(_KEYS[objection.why])
    if not who:
        return turn.say("objection-decided-somehow")
    return turn.say("objection-decided", who=shorten(who, 40))
