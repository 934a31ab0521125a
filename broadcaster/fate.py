"""What an outcome means for a delivery: pure rules, no I/O.

Four outcomes come from a messenger; a delivery ends sent, refused or unknown, or waits to be tried
again. «Unknown» exists for creates only: edits and deletes may be repeated freely.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from core.messenger import Capabilities, Later, Outcome, Refused, Sent, Unknown
from core.words import ChatKind, ChatState, DeliveryState, Reason

SECOND = 1000
SHORTEST_MS = 5 * SECOND
LONGEST_MS = 300 * SECOND
GIVE_UP_MS = 48 * 3_600 * SECOND  # must outlive an outage of a whole day
WINDOW_PAUSE_MS = 2 * SECOND
A_MESSAGE_MS = 500  # no dialog gets messages faster than that for long, whoever writes them


class Doubt(Enum):
    """What to do with a create that may have arrived."""

    REPEAT = auto()  # the same key inside the window: the platform sends nothing twice
    LOOK_UP = auto()
    SEND_ONCE_MORE = auto()  # a private chat, once and marked
    ASK = auto()  # «дошло / отправить ещё раз»


def resolve_doubt(
    capabilities: Capabilities,
    kind: ChatKind,
    *,
    first_tried_at: int,
    now: int,
    repeated: bool,
    looked_up: bool = False,
) -> Doubt:
    """Decide what to do about a create of unknown fate first tried at that moment (ms).

    Where others may have pushed the key out of the platform's memory it is looked for first, and then
    repeated under its key all the same.
    """
    if is_remembered(capabilities, first_tried_at, now):
        return Doubt.REPEAT
    if capabilities.look_up and not looked_up:
        return Doubt.LOOK_UP
    if capabilities.idempotent and now - first_tried_at < capabilities.window_ms:
        return Doubt.REPEAT
    if kind is ChatKind.PRIVATE and not (repeated and not capabilities.idempotent):
        return Doubt.SEND_ONCE_MORE
    return Doubt.ASK


def is_remembered(capabilities: Capabilities, first_tried_at: int, now: int) -> bool:
    """Tell whether the platform surely knows the key of a create first tried at that moment (ms)."""
    age = now - first_tried_at
    if not capabilities.idempotent or age >= capabilities.window_ms:
        return False
    return not capabilities.window_messages or age < capabilities.window_messages * A_MESSAGE_MS


@dataclass(frozen=True, slots=True)
class Fate:
    """What to write: the state, whether it is in doubt, when to try again, what becomes of the chat and account."""

    state: DeliveryState
    reason: Reason | None = None
    detail: str | None = None
    attempts: int = 0
    doubt: bool = False
    not_before: int | None = None
    chat: ChatState | None = None
    moved_to: str | None = None
    doubt_since: int | None = None  # newly in doubt: the moment of the call that may have arrived
    hold_account_until: int | None = None
    hold_chat_until: int | None = None


_CHAT_AFTER = {
    Reason.BLOCKED: ChatState.BLOCKED,
    Reason.NOT_STARTED: ChatState.BLOCKED,
    Reason.DEACTIVATED: ChatState.GONE,
    Reason.KICKED: ChatState.GONE,
    Reason.CHAT_NOT_FOUND: ChatState.GONE,
}


def _chat_after(reason: Reason, kind: ChatKind) -> ChatState | None:
    # A channel that cannot be found may be found again tomorrow: its failing days are counted.
    if reason is Reason.CHAT_NOT_FOUND and kind is not ChatKind.PRIVATE:
        return None
    return _CHAT_AFTER.get(reason)


# What a place may be rid of by itself or by its owner; the days on which it lasts are counted.
_SOFT = frozenset(
    {
        Reason.NO_RIGHTS,
        Reason.CHAT_NOT_FOUND,
        Reason.TOPIC_CLOSED,
        Reason.SERVER_ERROR,
        Reason.OTHER,
    }
)


def is_failing(fate: Fate, kind: ChatKind) -> bool:
    """Tell whether a fate counts against a group, channel or wall; in dialogs nothing is set aside."""
    if kind is ChatKind.PRIVATE or fate.chat is not None:
        return False
    if fate.state is DeliveryState.SENT or fate.moved_to is not None:
        return False
    unheard = fate.doubt and fate.reason is Reason.UNREACHABLE
    return fate.reason in _SOFT or unheard


@lru_cache(256)  # nearly all are alike
def _sent(attempts: int, doubt: bool) -> Fate:
    return Fate(DeliveryState.SENT, attempts=attempts, doubt=doubt)


def fate_of(
    outcome: Outcome,
    capabilities: Capabilities,
    kind: ChatKind,
    *,
    attempts: int,
    doubt: bool,
    first_tried_at: int,
    now: int,
    called_at: int | None = None,
    creates: bool = True,
    looked_up: bool = False,
) -> Fate:
    """Turn a messenger's outcome into what is written; `attempts` and `doubt` are those before this try.

    Moments are ms: `first_tried_at` of the first try, or of the one that may have arrived; `called_at`
    of this one. `looked_up` says that the messenger was asked and could not tell.
    """
    match outcome:
        case Sent():
            return _sent(attempts + 1, doubt)
        case Refused(reason=Reason.MIGRATED, moved_to=str(moved_to)):
            return Fate(DeliveryState.PENDING, attempts=attempts + 1, moved_to=moved_to)
        case Refused(reason=Reason.GONE) if not creates:
            return Fate(DeliveryState.SENT, Reason.GONE, outcome.text, attempts + 1)
        case Refused():
            return Fate(
                DeliveryState.REFUSED,
                outcome.reason,
                outcome.text,
                attempts + 1,
                chat=_chat_after(outcome.reason, kind),
            )
        case Unknown():
            if not creates:
                return _again(
                    Later(Reason.UNREACHABLE, outcome.text), attempts, doubt, first_tried_at, now
                )
            since = first_tried_at if doubt or called_at is None else called_at
            return _unknown(outcome, capabilities, kind, attempts, doubt, since, now, looked_up)
        case Later():
            return _again(outcome, attempts, doubt, first_tried_at, now)


def _unknown(
    outcome: Unknown,
    capabilities: Capabilities,
    kind: ChatKind,
    attempts: int,
    doubt: bool,
    since: int,
    now: int,
    looked_up: bool,
) -> Fate:
    verdict = resolve_doubt(
        capabilities, kind, first_tried_at=since, now=now, repeated=doubt, looked_up=looked_up
    )
    if verdict is Doubt.ASK or (doubt and now - since > GIVE_UP_MS):
        return Fate(
            DeliveryState.UNKNOWN, Reason.UNREACHABLE, outcome.text, attempts + 1, doubt=True
        )
    return Fate(
        DeliveryState.PENDING,
        Reason.UNREACHABLE,
        outcome.text,
        attempts + 1,
        doubt=True,
        doubt_since=None if doubt else since,
        not_before=now + max(WINDOW_PAUSE_MS, backoff_ms(attempts) if attempts else 0),
    )


def _again(outcome: Later, attempts: int, doubt: bool, first_tried_at: int, now: int) -> Fate:
    if now - first_tried_at > GIVE_UP_MS:
        ended = DeliveryState.UNKNOWN if doubt else DeliveryState.REFUSED
        return Fate(ended, Reason.GAVE_UP, outcome.text, attempts, doubt=doubt)
    counted = attempts if outcome.throttled else attempts + 1
    pause = backoff_ms(counted) if outcome.after_s is None else int(outcome.after_s * SECOND)
    until = now + pause
    return Fate(
        DeliveryState.PENDING,
        outcome.reason,
        outcome.text,
        counted,
        doubt=doubt,
        not_before=None if outcome.whole_account else until,
        hold_account_until=until if outcome.whole_account else None,
        # Only a pause the platform asked for is the chat's; else this one waits, with what is behind it.
        hold_chat_until=until if outcome.throttled and not outcome.whole_account else None,
    )


def backoff_ms(attempts: int) -> int:
    """Return the pause after so many counted attempts: doubled each time, five minutes at most."""
    return int(min(LONGEST_MS, SHORTEST_MS * 2 ** min(attempts - 1, 10))) if attempts > 0 else 0
