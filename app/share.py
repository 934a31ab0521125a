"""Which worker does what: as evenly as can be, with as little moved as can be."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from storage.leases import Standing

ACCOUNT = "account:"
CONVERSATIONS, SOURCES, CLOCK = "conversations", "sources", "clock"  # one of each in a network
ROLES = (CONVERSATIONS, SOURCES, CLOCK)


def account_lease(account_id: int) -> str:
    """Return the name of an account's lease."""
    return f"{ACCOUNT}{account_id}"


def lease_of(topic: Hashable) -> str:
    """Return whose holder hears a topic of the bell; a name that nobody holds for what all hear."""
    match topic:
        case ("courier", int(account_id)):
            return account_lease(account_id)
        case "poller":
            return SOURCES
        case "publisher" | "planner":
            return CLOCK
        case "engine" | "downloads" | "drafts" | "plans" | "reports" | "asking" | "alarms":
            return CONVERSATIONS
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Share:
    """What a worker takes, and what it gives back to others."""

    take: tuple[str, ...]
    give: tuple[str, ...]


def share(me: int, names: Sequence[str], standing: Standing) -> Share:
    """Return what worker `me` takes and gives back, of all the names that are to be done.

    Accounts and roles are shared out apart. The older workers have the one more that a remainder
    makes, so that a newcomer takes away as little as can be.
    """
    at_work = [one.id for one in standing.workers if one.ready and one.lives]
    if me not in at_work:
        return Share((), ())
    take: list[str] = []
    give = [name for name, holder in standing.holders.items() if holder == me and name not in names]
    accounts = [name for name in names if name.startswith(ACCOUNT)]
    roles = [name for name in names if not name.startswith(ACCOUNT)]
    for kind in (accounts, roles):
        each, more = divmod(len(kind), len(at_work))
        due = each + (at_work.index(me) < more)
        mine = [name for name in kind if standing.holders.get(name) == me]
        free = [name for name in kind if standing.holders.get(name) is None]
        take += free[: max(0, due - len(mine))]
        give += mine[due:]
    return Share(tuple(take), tuple(give))
