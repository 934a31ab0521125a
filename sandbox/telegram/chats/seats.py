"""What is known of somebody's place in a chat beyond status and rights, and places that end by themselves.

It lies in the chat's `extra["seats"]` by user id as text: `until` (seconds since 1970, UTC), an
administrator's custom `title`, `by` (who appointed them), and the invite `link` they came by. When the
first of them ends stands in `extra["next_end"]`.
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.chats.rights import everything_allowed
from sandbox.world import Chat, Member, World

FOREVER_AFTER_S = 366 * 86400
FOREVER_BEFORE_S = 30


def seat_of(chat: Chat, user_id: int) -> dict[str, Any]:
    """Return the details of a member's place, {} if there are none."""
    found: dict[str, Any] = chat.extra.get("seats", {}).get(str(user_id), {})
    return found


def keep_seat(chat: Chat, user_id: int, details: dict[str, Any]) -> None:
    """Put details in the place of the earlier ones; empty values are left out."""
    seats = chat.extra.setdefault("seats", {})
    seats.pop(str(user_id), None)
    if kept := {name: value for name, value in details.items() if value}:
        seats[str(user_id)] = kept
    if until := details.get("until"):
        chat.extra["next_end"] = min(until, chat.extra.get("next_end") or until)


def end_of(now: float, until_date: int) -> int:
    """Return when a ban or restriction ends, 0 for never: under 30 seconds and over 366 days mean for ever."""
    ends = FOREVER_BEFORE_S <= until_date - now <= FOREVER_AFTER_S
    return until_date if ends else 0


def lift_expired(world: World, chat: Chat) -> None:
    """End the bans and restrictions whose time is over; nobody is told, as on the real network."""
    now = world.clock.now()
    # Every call asks this, and many who came by a link have a seat: mostly nothing is due.
    if not 0 < chat.extra.get("next_end", 0) <= now:
        return
    chat.extra["next_end"] = 0
    for key, details in list(chat.extra["seats"].items()):
        if details.get("until", 0) > now:
            keep_seat(chat, int(key), details)
        if not 0 < details.get("until", 0) <= now:
            continue
        member = chat.members.get(int(key))
        if member is not None and member.status in ("restricted", "kicked", "left"):
            chat.members[int(key)] = Member("member" if member.status == "restricted" else "left")
        keep_seat(chat, int(key), {**details, "until": 0})
        world.touch(chat)


def permissions_of(chat: Chat) -> dict[str, bool]:
    """Return what the members of a group may do unless they are administrators or restricted further."""
    return {**everything_allowed(), **chat.extra.get("permissions", {})}


def slow_mode_left(chat: Chat, user_id: int, now: float) -> float:
    """Return the seconds a member has to wait before the next message, 0 if none; administrators never wait."""
    pause, member = chat.extra.get("slow_mode", 0), chat.members.get(user_id)
    if not pause or (member is not None and member.status in ("creator", "administrator")):
        return 0
    said = (
        m.at for m in reversed(chat.messages) if m.sender == user_id and "service" not in m.extra
    )
    last = next(said, None)
    return 0 if last is None else max(0.0, last + pause - now)


def allowed(chat: Chat, user_id: int, permission: str) -> bool:
    """Tell whether somebody in a group may do a thing that needs this permission."""
    member = chat.members.get(user_id)
    if member is None:
        return False
    if member.status in ("creator", "administrator"):
        return True
    own = member.status != "restricted" or member.rights.get(permission, False)
    return own and permissions_of(chat)[permission]
