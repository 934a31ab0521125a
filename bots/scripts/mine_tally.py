"""Deliveries sorted by what became of them, as people see it; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from core.words import DeliveryState
from storage.reports import Fate, PlaceRow, Rows, Subscribers
from storage.submissions import SOON_MS


class Told(Enum):
    """What a report is about."""

    SENT = auto()
    CORRECTED = auto()
    TAKEN_BACK = auto()


class How(Enum):
    """What became of deliveries, as people see it."""

    DONE = auto()
    FAILED = auto()
    UNKNOWN = auto()
    MOVING = auto()
    LATER = auto()
    SELECTED = auto()
    ASKING = auto()
    NOTHING = auto()  # nothing was there to change, or it was called off


@dataclass(slots=True)
class Tally:
    """Deliveries by what became of them: places one by one, subscribers as counts."""

    places: dict[How, list[PlaceRow]] = field(default_factory=dict)
    subscribers: dict[How, list[Subscribers]] = field(default_factory=dict)

    def many(self, *hows: How) -> int:
        """Count deliveries of all kinds."""
        return sum(len(self.places.get(how, ())) + self.people(how) for how in hows)

    def people(self, *hows: How) -> int:
        """Count the subscribers among them."""
        return sum(one.count for how in hows for one in self.subscribers.get(how, ()))


# What should be there by now.
COUNTED = (How.DONE, How.FAILED, How.UNKNOWN, How.MOVING)


def tally(rows: Rows, now: int) -> Tally:
    """Sort deliveries by what became of them."""
    result = Tally()
    for place in rows.places:
        result.places.setdefault(_how(place.fate, now), []).append(place)
    for one in rows.subscribers:
        result.subscribers.setdefault(_how(one.fate, now), []).append(one)
    return result


def _how(fate: Fate, now: int) -> How:
    match fate.state:
        case DeliveryState.SENT:
            return How.DONE
        case DeliveryState.REFUSED:
            return How.FAILED
        case DeliveryState.UNKNOWN:
            return How.UNKNOWN
        case DeliveryState.CANCELLED:
            return How.NOTHING
        case DeliveryState.ASKING:
            return How.ASKING
    if fate.due_at <= now + SOON_MS:
        return How.MOVING
    return How.SELECTED if fate.in_selection else How.LATER
