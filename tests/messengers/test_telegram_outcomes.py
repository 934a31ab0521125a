"""Every refusal of the Bot API that is known, and what it means for a delivery."""

from __future__ import annotations

import pytest

from core.messenger import Later, Refused, Unknown
from core.words import ChatKind, Reason
from messengers.telegram.client import Reply
from messengers.telegram.outcomes import not_modified, refusal

BAD, FORBIDDEN = "Bad Request: ", "Forbidden: "

REFUSED = [
    (403, FORBIDDEN + "bot was blocked by the user", Reason.BLOCKED),
    (403, FORBIDDEN + "USER_IS_BLOCKED", Reason.BLOCKED),
    (403, FORBIDDEN + "user is deactivated", Reason.DEACTIVATED),
    (403, FORBIDDEN + "INPUT_USER_DEACTIVATED", Reason.DEACTIVATED),
    (403, FORBIDDEN + "bot can't initiate conversation with a user", Reason.NOT_STARTED),
    (403, FORBIDDEN + "bot can't send messages to bots", Reason.CHAT_NOT_FOUND),
    (403, FORBIDDEN + "the bot can't send messages to the bot", Reason.CHAT_NOT_FOUND),
    (403, FORBIDDEN + "bot was kicked from the group chat", Reason.KICKED),
    (403, FORBIDDEN + "bot was kicked from the supergroup chat", Reason.KICKED),
    (403, FORBIDDEN + "bot was kicked from the channel chat", Reason.KICKED),
    (403, FORBIDDEN + "bot is not a member of the supergroup chat", Reason.KICKED),
    (403, FORBIDDEN + "bot is not a member of the channel chat", Reason.KICKED),
    (403, FORBIDDEN + "the group chat was deleted", Reason.CHAT_NOT_FOUND),
    (400, BAD + "chat not found", Reason.CHAT_NOT_FOUND),
    (400, BAD + "private chat not found", Reason.CHAT_NOT_FOUND),
    (400, BAD + "chat_id is empty", Reason.CHAT_NOT_FOUND),
    (400, BAD + "PEER_ID_INVALID", Reason.CHAT_NOT_FOUND),
    (400, BAD + "not enough rights to send text messages to the chat", Reason.NO_RIGHTS),
    (400, BAD + "not enough rights to send photos to the chat", Reason.NO_RIGHTS),
    (400, BAD + "need administrator rights in the channel chat", Reason.NO_RIGHTS),
    (400, BAD + "have no write access to the chat", Reason.NO_RIGHTS),
    (400, BAD + "CHAT_WRITE_FORBIDDEN", Reason.NO_RIGHTS),
    (400, BAD + "CHAT_ADMIN_REQUIRED", Reason.NO_RIGHTS),
    (400, BAD + "CHAT_SEND_PHOTOS_FORBIDDEN", Reason.NO_RIGHTS),
    (400, BAD + "message thread not found", Reason.TOPIC_CLOSED),
    (400, BAD + "TOPIC_CLOSED", Reason.TOPIC_CLOSED),
    (400, BAD + "TOPIC_DELETED", Reason.TOPIC_CLOSED),
    (400, BAD + "message to edit not found", Reason.GONE),
    (400, BAD + "message to delete not found", Reason.GONE),
    (400, BAD + "message to be replied not found", Reason.GONE),
    (400, BAD + "MESSAGE_ID_INVALID", Reason.GONE),
    (400, BAD + "message can't be edited", Reason.TOO_OLD),
    (400, BAD + "message can't be deleted", Reason.TOO_OLD),
    (400, BAD + "message can't be deleted for everyone", Reason.TOO_OLD),
    (400, BAD + "message text is empty", Reason.BAD_CONTENT),
    (400, BAD + "message is too long", Reason.BAD_CONTENT),
    (400, BAD + "message caption is too long", Reason.BAD_CONTENT),
    (400, BAD + "text is too long", Reason.BAD_CONTENT),
    (400, BAD + "can't parse entities: unexpected end tag", Reason.BAD_CONTENT),
    (400, BAD + "reply markup is too long", Reason.BAD_CONTENT),
    (400, BAD + "message has protected content and can't be forwarded", Reason.BAD_CONTENT),
    (400, BAD + "there are no messages to send", Reason.BAD_CONTENT),
    (400, BAD + "too many messages to send as an album", Reason.BAD_CONTENT),
    (400, BAD + "too much messages to send as an album", Reason.BAD_CONTENT),
    (400, BAD + "there is no text in the message to edit", Reason.BAD_CONTENT),
    (400, BAD + "wrong file identifier/HTTP URL specified", Reason.BAD_MEDIA),
    (400, BAD + "wrong remote file identifier specified: wrong padding", Reason.BAD_MEDIA),
    (400, BAD + "failed to get HTTP URL content", Reason.BAD_MEDIA),
    (400, BAD + "PHOTO_INVALID_DIMENSIONS", Reason.BAD_MEDIA),
    (400, BAD + "IMAGE_PROCESS_FAILED", Reason.BAD_MEDIA),
    (400, BAD + "file is too big", Reason.BAD_MEDIA),
    (413, "Request Entity Too Large", Reason.BAD_MEDIA),
    (404, "Not Found: method not found", Reason.OTHER),
    (400, BAD + "something that nobody has seen yet", Reason.OTHER),
]


@pytest.mark.parametrize(("code", "text", "reason"), REFUSED)
def test_a_refusal_has_its_reason_and_keeps_the_words(code: int, text: str, reason: Reason) -> None:
    for create in (True, False):
        outcome = refusal(Reply(False, code=code, text=text), ChatKind.PRIVATE, create=create)
        assert outcome == Refused(reason, text)


def test_a_moved_group_says_where() -> None:
    text = BAD + "group chat was upgraded to a supergroup chat"
    reply = Reply(False, code=400, text=text, moved_to="-1002")
    outcome = refusal(reply, ChatKind.GROUP, create=True)
    assert outcome == Refused(Reason.MIGRATED, text, moved_to="-1002")


@pytest.mark.parametrize(
    ("kind", "account"),
    [(ChatKind.PRIVATE, True), (ChatKind.GROUP, False), (ChatKind.CHANNEL, False)],
)
def test_too_many_requests_hold_the_account_or_the_chat(kind: ChatKind, account: bool) -> None:
    text = "Too Many Requests: retry after 17"
    for retry_after in (17, None):
        reply = Reply(False, code=429, text=text, retry_after=retry_after)
        assert refusal(reply, kind, create=True) == Later(
            Reason.THROTTLED,
            text,
            after_s=17,
            whole_account=account,
            throttled=True,
            unsure=account,  # a private chat's refusal may be the account's or its own
        )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (401, "Unauthorized"),
        (401, "Unauthorized: invalid token specified"),
        (404, "Not Found"),
    ],
)
def test_a_dead_token_gives_up_no_recipient(code: int, text: str) -> None:
    outcome = refusal(Reply(False, code=code, text=text), ChatKind.CHANNEL, create=True)
    assert outcome == Later(Reason.TOKEN_DEAD, text, after_s=60, whole_account=True)


@pytest.mark.parametrize("code", [500, 502, 504])
def test_a_broken_server_leaves_a_create_unknown_and_an_edit_for_later(code: int) -> None:
    reply = Reply(False, code=code, text="Internal Server Error: restart")
    assert refusal(reply, ChatKind.CHANNEL, create=True) == Unknown(reply.text)
    assert refusal(reply, ChatKind.CHANNEL, create=False) == Later(Reason.SERVER_ERROR, reply.text)


HALF = BAD + 'failed to send message #2 with the error message "{}"'


@pytest.mark.parametrize(
    "inner",
    ["Too Many Requests: retry after 5", "WEBPAGE_CURL_FAILED", "PHOTO_INVALID_DIMENSIONS"],
)
def test_an_album_that_failed_half_way_is_unknown(inner: str) -> None:
    reply = Reply(False, code=400, text=HALF.format(inner))
    assert refusal(reply, ChatKind.CHANNEL, create=True) == Unknown(reply.text)


def test_an_album_that_none_of_the_pictures_could_enter_is_refused() -> None:
    text = HALF.format("not enough rights to send photos to the chat")
    outcome = refusal(Reply(False, code=400, text=text), ChatKind.GROUP, create=True)
    assert outcome == Refused(Reason.NO_RIGHTS, text)


def test_nothing_to_change_is_told_from_refusals() -> None:
    said = (
        "Bad Request: message is not modified: specified new message content and reply markup are"
        " exactly the same as a current content and reply markup of the message"
    )
    assert not_modified(Reply(False, code=400, text=said))
    assert not not_modified(Reply(False, code=400, text=BAD + "message can't be edited"))
