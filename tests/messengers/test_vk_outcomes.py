"""Every error of VK that is known, and what it means for a delivery to a dialog and to a wall."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.messenger import Later, Outcome, Refused, Unknown
from core.words import ChatKind, Reason
from messengers.vk.client import Refusal
from messengers.vk.outcomes import is_personal, refusal, until_tomorrow

NOON = int(datetime(2026, 11, 22, 9, 0, tzinfo=UTC).timestamp() * 1000)  # in Moscow


def outcome(
    code: int, text: str = "text", kind: ChatKind = ChatKind.PRIVATE, *, create: bool = True
) -> Outcome:
    return refusal(Refusal(code, text), kind, NOON, create=create)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (7, Reason.NO_RIGHTS),
        (15, Reason.NO_RIGHTS),
        (18, Reason.DEACTIVATED),
        (100, Reason.BAD_CONTENT),
        (104, Reason.GONE),
        (113, Reason.CHAT_NOT_FOUND),
        (118, Reason.BAD_MEDIA),
        (121, Reason.BAD_MEDIA),
        (125, Reason.CHAT_NOT_FOUND),
        (129, Reason.BAD_MEDIA),
        (203, Reason.NO_RIGHTS),
        (900, Reason.BLOCKED),
        (901, Reason.NOT_STARTED),
        (902, Reason.BLOCKED),
        (909, Reason.TOO_OLD),
        (910, Reason.BAD_CONTENT),
        (911, Reason.BAD_CONTENT),
        (912, Reason.NO_RIGHTS),
        (913, Reason.BAD_CONTENT),
        (914, Reason.BAD_CONTENT),
        (917, Reason.KICKED),
        (920, Reason.TOO_OLD),
        (924, Reason.TOO_OLD),
        (925, Reason.NO_RIGHTS),
        (932, Reason.CHAT_NOT_FOUND),
        (936, Reason.CHAT_NOT_FOUND),
        (940, Reason.BAD_CONTENT),
        (943, Reason.NO_RIGHTS),
        (945, Reason.CHAT_NOT_FOUND),
        (946, Reason.CHAT_NOT_FOUND),
        (950, Reason.BLOCKED),
        (969, Reason.BAD_CONTENT),
        (31337, Reason.OTHER),
    ],
)
def test_a_refusal_has_its_reason_and_keeps_code_and_words(code: int, reason: Reason) -> None:
    assert outcome(code) == Refused(reason, f"{code} text")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (6, Later(Reason.THROTTLED, "6 text", 1, whole_account=True, throttled=True)),
        (9, Later(Reason.THROTTLED, "9 text", 300, throttled=True)),
        (29, Later(Reason.THROTTLED, "29 text", 3600, whole_account=True, throttled=True)),
        (14, Later(Reason.CAPTCHA, "14 text", 3600, whole_account=True)),
        (17, Later(Reason.CAPTCHA, "17 text", 3600, whole_account=True)),
        (5, Later(Reason.TOKEN_DEAD, "5 text", 60, whole_account=True)),
        (27, Later(Reason.TOKEN_DEAD, "27 text", 60, whole_account=True)),
        (28, Later(Reason.TOKEN_DEAD, "28 text", 60, whole_account=True)),
    ],
)
def test_a_pause_has_its_length_and_its_owner(code: int, expected: Later) -> None:
    assert outcome(code) == expected


@pytest.mark.parametrize("code", [1, 10])
def test_a_broken_server_leaves_a_create_unknown_and_an_edit_for_later(code: int) -> None:
    assert outcome(code) == Unknown(f"{code} text")
    assert outcome(code, create=False) == Later(Reason.SERVER_ERROR, f"{code} text")


@pytest.mark.parametrize("code", [15, 20, 21, 27, 28])
def test_a_key_that_walls_do_not_take_refuses_the_wall(code: int) -> None:
    assert outcome(code, kind=ChatKind.WALL) == Refused(Reason.NO_WALL_KEY, f"{code} text")


@pytest.mark.parametrize("code", [5, 6, 14, 29])
def test_trouble_with_the_walls_key_never_holds_the_dialogs(code: int) -> None:
    made = outcome(code, kind=ChatKind.WALL)
    assert isinstance(made, Later)
    assert not made.whole_account


def test_the_days_limit_of_a_wall_ends_tomorrow() -> None:
    text = "Access to adding post denied: you can only add 50 posts a day"
    assert outcome(214, text, ChatKind.WALL) == Later(
        Reason.DAILY_LIMIT, f"214 {text}", after_s=12 * 3600 + 60
    )
    denied = "Access to adding post denied"
    assert outcome(214, denied, ChatKind.WALL) == Refused(Reason.NO_RIGHTS, f"214 {denied}")


def test_tomorrow_is_moscows() -> None:
    last_minute = int(datetime(2026, 11, 22, 20, 59, tzinfo=UTC).timestamp() * 1000)
    assert until_tomorrow(last_minute) == 120
    assert until_tomorrow(last_minute + 60_000) == 24 * 3600 + 60


def test_a_key_without_the_right_gives_up_no_recipient() -> None:
    text = "Access denied: no access to call this method. It cannot be called with current scopes."
    made = outcome(15, text)
    assert made == Later(Reason.TOKEN_DEAD, f"15 {text}", 60, whole_account=True)


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        (ChatKind.PRIVATE, 104, "Not found"),
        (ChatKind.PRIVATE, 100, "One of the parameters: cmid is invalid"),
        (ChatKind.WALL, 210, "Access to wall's post denied"),
    ],
)
def test_a_message_that_is_not_there_is_gone_to_edits_only(
    kind: ChatKind, code: int, text: str
) -> None:
    assert outcome(code, text, kind, create=False) == Refused(Reason.GONE, f"{code} {text}")
    if code != 104:
        assert outcome(code, text, kind) != Refused(Reason.GONE, f"{code} {text}")


@pytest.mark.parametrize(
    ("code", "personal"), [(901, True), (936, True), (113, True), (911, False), (9, False)]
)
def test_what_speaks_of_one_recipient_is_told_from_what_speaks_of_the_call(
    code: int, personal: bool
) -> None:
    assert is_personal(outcome(code)) is personal
