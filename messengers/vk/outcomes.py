"""VK's error codes as outcomes (errors.json of VKCOM/vk-api-schema 5.199).

A wall has a key of its own: what is wrong with that key pauses or refuses the wall alone, never the
community's dialogs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

from core.messenger import Later, Outcome, Refused, Sent, Unknown
from core.words import ChatKind, Reason
from messengers.transport import Lost, NotLeft
from messengers.vk.client import Refusal

# What a delivery may run into: VK, the network, a picture's file.
FAILURES = (Refusal, NotLeft, Lost, OSError)

NO_KEY = "the community has no user key, and walls are written with one only"

_HOUR_S = 3600.0
_MOSCOW = timezone(timedelta(hours=3))  # VK's day is taken for Moscow's, VK does not say
_DAILY = "you can only add"

_REFUSED: Mapping[int, Reason] = MappingProxyType(
    {
        7: Reason.NO_RIGHTS,
        15: Reason.NO_RIGHTS,
        18: Reason.DEACTIVATED,
        19: Reason.BAD_CONTENT,
        22: Reason.BAD_MEDIA,
        30: Reason.BLOCKED,
        37: Reason.DEACTIVATED,
        100: Reason.BAD_CONTENT,
        104: Reason.GONE,
        105: Reason.BAD_MEDIA,
        113: Reason.CHAT_NOT_FOUND,
        114: Reason.BAD_MEDIA,
        118: Reason.BAD_MEDIA,
        121: Reason.BAD_MEDIA,
        125: Reason.CHAT_NOT_FOUND,
        129: Reason.BAD_MEDIA,
        203: Reason.NO_RIGHTS,
        210: Reason.NO_RIGHTS,
        214: Reason.NO_RIGHTS,
        220: Reason.BAD_CONTENT,
        222: Reason.BAD_CONTENT,
        703: Reason.NO_RIGHTS,
        704: Reason.NO_RIGHTS,
        900: Reason.BLOCKED,
        901: Reason.NOT_STARTED,
        902: Reason.BLOCKED,
        909: Reason.TOO_OLD,
        910: Reason.BAD_CONTENT,
        911: Reason.BAD_CONTENT,
        912: Reason.NO_RIGHTS,
        913: Reason.BAD_CONTENT,
        914: Reason.BAD_CONTENT,
        917: Reason.KICKED,
        920: Reason.TOO_OLD,
        921: Reason.BAD_CONTENT,
        922: Reason.KICKED,
        924: Reason.TOO_OLD,
        925: Reason.NO_RIGHTS,
        927: Reason.CHAT_NOT_FOUND,
        932: Reason.CHAT_NOT_FOUND,
        936: Reason.CHAT_NOT_FOUND,
        940: Reason.BAD_CONTENT,
        943: Reason.NO_RIGHTS,
        945: Reason.CHAT_NOT_FOUND,
        946: Reason.CHAT_NOT_FOUND,
        950: Reason.BLOCKED,
        969: Reason.BAD_CONTENT,
        983: Reason.NO_RIGHTS,
        985: Reason.CHAT_NOT_FOUND,
        1012: Reason.NO_RIGHTS,
    }
)
# code: reason, pause in seconds, whether it is the whole account's; throttled ones are no attempts
_LATER: Mapping[int, tuple[Reason, float, bool]] = MappingProxyType(
    {
        6: (Reason.THROTTLED, 1.0, True),
        9: (Reason.THROTTLED, 300.0, False),
        14: (Reason.CAPTCHA, _HOUR_S, True),
        17: (Reason.CAPTCHA, _HOUR_S, True),
        24: (Reason.CAPTCHA, _HOUR_S, True),
        29: (Reason.THROTTLED, _HOUR_S, True),
        219: (Reason.THROTTLED, _HOUR_S, False),
        224: (Reason.DAILY_LIMIT, 6 * _HOUR_S, False),
        944: (Reason.DAILY_LIMIT, 6 * _HOUR_S, False),
    }
)
_BAD_KEY = frozenset({2, 4, 5, 16, 27, 28, 38})
_WRONG_KIND_OF_KEY = frozenset({15, 20, 21, 27, 28})
_KEY_PAUSE_S = 60.0
_OPEN = frozenset({1, 10})  # VK's own failure: nobody knows what became of the call
_PERSONAL = frozenset(
    {
        Reason.BLOCKED,
        Reason.NOT_STARTED,
        Reason.DEACTIVATED,
        Reason.CHAT_NOT_FOUND,
        Reason.KICKED,
        Reason.NO_RIGHTS,
        Reason.OTHER,
    }
)
_KEY_WITHOUT_RIGHT = "no access to call this method"
_NO_MESSAGE = ("cmid is invalid", "message_id is invalid", "post_id is invalid")


def explained(error: Exception, kind: ChatKind, now: int, *, create: bool) -> Outcome:
    """Return what one of FAILURES means; without `create` nothing was made, whatever happened."""
    if isinstance(error, Refusal):
        return refusal(error, kind, now, create=create)
    if isinstance(error, NotLeft):
        return Later(Reason.UNREACHABLE, str(error), whole_account=True)
    if isinstance(error, OSError):
        return Later(Reason.BAD_MEDIA, f"the picture cannot be read: {error.strerror}")
    return Unknown(str(error)) if create else Later(Reason.UNREACHABLE, str(error))


def refusal(error: Refusal, kind: ChatKind, now: int, *, create: bool) -> Outcome:
    """Return what an error means for a chat of this kind; `now` is ms UTC, for limits of a day."""
    code, text = error.code, f"{error.code} {error.text}"
    if code in _OPEN:
        return Unknown(text) if create else Later(Reason.SERVER_ERROR, text)
    if kind is ChatKind.WALL and (special := _on_wall(code, text, create=create)):
        return special
    if code in _BAD_KEY or (code == 15 and _KEY_WITHOUT_RIGHT in error.text):
        account = kind is not ChatKind.WALL
        return Later(Reason.TOKEN_DEAD, text, after_s=_KEY_PAUSE_S, whole_account=account)
    if code == 214 and _DAILY in error.text:
        return Later(Reason.DAILY_LIMIT, text, after_s=until_tomorrow(now))
    if code in _LATER:
        reason, pause, whole = _LATER[code]
        return Later(
            reason,
            text,
            after_s=pause,
            whole_account=whole and kind is not ChatKind.WALL,
            throttled=reason is Reason.THROTTLED,
        )
    if code == 100 and not create and any(said in error.text for said in _NO_MESSAGE):
        return Refused(Reason.GONE, text)
    return Refused(_REFUSED.get(code, Reason.OTHER), text)


def _on_wall(code: int, text: str, *, create: bool) -> Outcome | None:
    if code in _WRONG_KIND_OF_KEY:
        return Refused(Reason.NO_WALL_KEY, text)
    if code == 210 and not create:
        return Refused(Reason.GONE, text)  # also VK's answer about a post that is not there
    return None


def is_personal(outcome: Outcome) -> bool:
    """Tell whether this speaks of one recipient: as a packed call's answer it is not everybody's."""
    return isinstance(outcome, Refused) and outcome.reason in _PERSONAL


def gone_is_deleted(outcome: Outcome, messages: Sequence[str]) -> Outcome:
    """Return Sent when what should be deleted is not there, else the outcome as it is."""
    gone = isinstance(outcome, Refused) and outcome.reason is Reason.GONE
    return Sent(tuple(messages)) if gone else outcome


def until_tomorrow(now: int) -> float:
    """Return the seconds from `now` (ms UTC) to the first minute of the next day in Moscow."""
    here = datetime.fromtimestamp(now / 1000, UTC).astimezone(_MOSCOW)
    tomorrow = (here + timedelta(days=1)).replace(hour=0, minute=1, second=0, microsecond=0)
    return (tomorrow - here).total_seconds()
