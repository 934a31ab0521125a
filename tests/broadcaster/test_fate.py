"""What an outcome means for a delivery, as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadcaster.fate import GIVE_UP_MS, Doubt, backoff_ms, fate_of, is_failing, resolve_doubt
from core.messenger import Capabilities, Later, Outcome, Refused, Sent, Unknown
from core.words import ChatKind, ChatState, DeliveryState, Reason

MINUTE = 60_000
PLAIN = Capabilities(frozenset(), 4096, 1024, 10)
KEYED = Capabilities(
    frozenset(), 4096, 4096, 10, pack=100, idempotent=True, window_ms=55 * MINUTE, look_up=True
)
COUNTED = replace(KEYED, window_messages=100)


@pytest.mark.parametrize(
    ("capabilities", "kind", "age_ms", "repeated", "looked_up", "verdict"),
    [
        (PLAIN, ChatKind.PRIVATE, 0, False, False, Doubt.SEND_ONCE_MORE),
        (PLAIN, ChatKind.PRIVATE, 0, True, False, Doubt.ASK),
        (PLAIN, ChatKind.CHANNEL, 0, False, False, Doubt.ASK),
        (PLAIN, ChatKind.GROUP, 0, False, False, Doubt.ASK),
        (KEYED, ChatKind.PRIVATE, 54 * MINUTE, True, False, Doubt.REPEAT),
        (KEYED, ChatKind.PRIVATE, 56 * MINUTE, False, False, Doubt.LOOK_UP),
        (KEYED, ChatKind.PRIVATE, 56 * MINUTE, False, True, Doubt.SEND_ONCE_MORE),
        # By then others may have pushed the key out: looked for first, and repeated all the same.
        (COUNTED, ChatKind.PRIVATE, MINUTE // 2, False, False, Doubt.REPEAT),
        (COUNTED, ChatKind.PRIVATE, MINUTE, False, False, Doubt.LOOK_UP),
        (COUNTED, ChatKind.PRIVATE, MINUTE, True, True, Doubt.REPEAT),
        (COUNTED, ChatKind.GROUP, MINUTE, False, True, Doubt.REPEAT),
        (COUNTED, ChatKind.GROUP, 56 * MINUTE, False, True, Doubt.ASK),
        (KEYED, ChatKind.WALL, 54 * MINUTE, True, False, Doubt.REPEAT),
        (KEYED, ChatKind.WALL, 56 * MINUTE, False, False, Doubt.LOOK_UP),
        (KEYED, ChatKind.WALL, 56 * MINUTE, False, True, Doubt.ASK),
    ],
)
def test_doubt_is_settled_by_key_then_look_up_then_person(
    capabilities: Capabilities,
    kind: ChatKind,
    age_ms: int,
    repeated: bool,
    looked_up: bool,
    verdict: Doubt,
) -> None:
    found = resolve_doubt(
        capabilities, kind, first_tried_at=0, now=age_ms, repeated=repeated, looked_up=looked_up
    )
    assert found is verdict


def fate(outcome: Outcome, kind: ChatKind = ChatKind.PRIVATE, **changes: object) -> object:
    """Return the fate of a first try at moment 0 with a messenger that has no keys."""
    values: dict[str, object] = {"attempts": 0, "doubt": False, "first_tried_at": 0, "now": 0}
    return fate_of(outcome, PLAIN, kind, **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "kind", "state", "chat"),
    [
        (Sent(("1",)), ChatKind.PRIVATE, DeliveryState.SENT, None),
        (Refused(Reason.BLOCKED), ChatKind.PRIVATE, DeliveryState.REFUSED, ChatState.BLOCKED),
        (Refused(Reason.KICKED), ChatKind.CHANNEL, DeliveryState.REFUSED, ChatState.GONE),
        (Refused(Reason.BAD_CONTENT), ChatKind.CHANNEL, DeliveryState.REFUSED, None),
        (Refused(Reason.NO_RIGHTS), ChatKind.CHANNEL, DeliveryState.REFUSED, None),
        (Unknown(), ChatKind.CHANNEL, DeliveryState.UNKNOWN, None),
        (Unknown(), ChatKind.PRIVATE, DeliveryState.PENDING, None),
        (Later(Reason.THROTTLED), ChatKind.PRIVATE, DeliveryState.PENDING, None),
    ],
)
def test_every_outcome_has_its_state(
    outcome: Outcome, kind: ChatKind, state: DeliveryState, chat: ChatState | None
) -> None:
    found = fate(outcome, kind)
    assert (found.state, found.chat) == (state, chat)  # type: ignore[attr-defined]


def test_throttling_is_not_an_attempt_and_holds_whom_the_platform_named() -> None:
    whole = fate(Later(Reason.THROTTLED, after_s=7, whole_account=True, throttled=True), now=1000)
    assert (whole.attempts, whole.hold_account_until, whole.not_before) == (0, 8000, None)  # type: ignore[attr-defined]
    chat = fate(Later(Reason.THROTTLED, after_s=7, throttled=True), now=1000)
    assert (chat.attempts, chat.hold_account_until, chat.hold_chat_until) == (0, None, 8000)  # type: ignore[attr-defined]


def test_a_second_doubt_in_a_private_chat_is_not_sent_a_third_time() -> None:
    first = fate(Unknown())
    assert (first.state, first.doubt) == (DeliveryState.PENDING, True)  # type: ignore[attr-defined]
    assert fate(Unknown(), doubt=True).state is DeliveryState.UNKNOWN  # type: ignore[attr-defined]


def test_edits_are_never_in_doubt() -> None:
    assert fate(Unknown(), ChatKind.CHANNEL, creates=False).state is DeliveryState.PENDING  # type: ignore[attr-defined]
    gone = fate(Refused(Reason.GONE), ChatKind.CHANNEL, creates=False)
    assert (gone.state, gone.reason) == (DeliveryState.SENT, Reason.GONE)  # type: ignore[attr-defined]


def test_trying_again_outlives_a_day_and_then_ends() -> None:
    assert [backoff_ms(n) // 1000 for n in range(9)] == [0, 5, 10, 20, 40, 80, 160, 300, 300]
    day = 24 * 60 * MINUTE
    assert fate(Later(Reason.UNREACHABLE), now=day).state is DeliveryState.PENDING  # type: ignore[attr-defined]
    late = fate(Later(Reason.UNREACHABLE), now=GIVE_UP_MS + 1)
    assert (late.state, late.reason) == (DeliveryState.REFUSED, Reason.GAVE_UP)  # type: ignore[attr-defined]


def test_a_moved_group_is_tried_again_at_its_new_id() -> None:
    moved = fate(Refused(Reason.MIGRATED, moved_to="-1007"), ChatKind.GROUP)
    assert (moved.state, moved.moved_to, moved.chat) == (DeliveryState.PENDING, "-1007", None)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("outcome", "kind", "counts"),
    [
        (Refused(Reason.NO_RIGHTS), ChatKind.CHANNEL, True),
        (Refused(Reason.NO_RIGHTS), ChatKind.WALL, True),
        (Refused(Reason.TOPIC_CLOSED), ChatKind.GROUP, True),
        (Refused(Reason.CHAT_NOT_FOUND), ChatKind.CHANNEL, True),
        (Refused(Reason.OTHER), ChatKind.GROUP, True),
        (Later(Reason.SERVER_ERROR), ChatKind.GROUP, True),
        (Unknown(), ChatKind.CHANNEL, True),
        (Refused(Reason.KICKED), ChatKind.CHANNEL, False),  # the chat is lost at once
        (Refused(Reason.MIGRATED, moved_to="-2"), ChatKind.GROUP, False),
        (Refused(Reason.BAD_CONTENT), ChatKind.CHANNEL, False),
        (Refused(Reason.NO_WALL_KEY), ChatKind.WALL, False),  # the account's trouble
        (Later(Reason.THROTTLED, after_s=1, throttled=True), ChatKind.CHANNEL, False),
        (Later(Reason.UNREACHABLE), ChatKind.CHANNEL, False),
        (Sent(("1",)), ChatKind.CHANNEL, False),
        (Refused(Reason.NO_RIGHTS), ChatKind.PRIVATE, False),
    ],
)
def test_what_counts_against_a_place(outcome: Outcome, kind: ChatKind, counts: bool) -> None:
    fate = fate_of(outcome, PLAIN, kind, attempts=0, doubt=False, first_tried_at=0, now=0)
    assert is_failing(fate, kind) is counts
